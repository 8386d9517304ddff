package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
)

func (r *queryResolver) StatusChanges(ctx context.Context, filter *model.StatusFilter, after *page.Cursor, batches int) ([]*model.StatusChange, error) {
	return statusChanges(ctx, r.Feed, filter, after, batches)
}

func (r *statusChangeResolver) Node(ctx context.Context, obj *model.StatusChange) (model.Node, error) {
	return changedNode(ctx, obj)
}

func (r *subscriptionResolver) StatusFeed(ctx context.Context, filter *model.StatusFilter, after *page.Cursor, heartbeatSeconds int) (<-chan model.FeedEvent, error) {
	return statusFeed(ctx, r.Feed, filter, after, heartbeatSeconds)
}

func (r *Resolver) StatusChange() generated.StatusChangeResolver { return &statusChangeResolver{r} }

func (r *Resolver) Subscription() generated.SubscriptionResolver { return &subscriptionResolver{r} }

type (
	statusChangeResolver struct{ *Resolver }
	subscriptionResolver struct{ *Resolver }
)
