package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *feedObjectResolver) Node(ctx context.Context, obj *model.FeedObject) (model.Node, error) {
	return node(ctx, obj.ID)
}

func (r *queryResolver) StatusChanges(ctx context.Context, filter *model.StatusFilter, after *page.Cursor, batches int) ([]*model.StatusChange, error) {
	return statusChanges(ctx, r.Live, filter, after, batches)
}

func (r *statusChangeResolver) Node(ctx context.Context, obj *model.StatusChange) (model.Node, error) {
	return changedNode(ctx, obj)
}

func (r *subscriptionResolver) StatusFeed(ctx context.Context, filter *model.StatusFilter, after *page.Cursor, mode model.FeedMode, snapshot bool, heartbeatSeconds int) (<-chan model.FeedEvent, error) {
	return statusFeed(ctx, r.Live, filter, after, mode, snapshot, heartbeatSeconds)
}

func (r *subscriptionResolver) WorkflowRun(ctx context.Context, id string, after *page.Cursor) (<-chan *model.WorkflowRunEvent, error) {
	return workflowRun(ctx, r.Live, id, after)
}

func (r *subscriptionResolver) TaskInbox(ctx context.Context, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first int) (<-chan *model.LiveList[model.TaskInstance], error) {
	return liveList(ctx, r.Live, repository.TaskInstances, where, orderBy, first)
}

func (r *subscriptionResolver) WorkflowInstancesLive(ctx context.Context, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first int) (<-chan *model.LiveList[model.WorkflowInstance], error) {
	return liveList(ctx, r.Live, repository.WorkflowInstances, where, orderBy, first)
}

func (r *subscriptionResolver) StatsLive(ctx context.Context, everyMs int) (<-chan *model.StatsLive, error) {
	return statsLive(ctx, r.Live, everyMs)
}

func (r *workflowRunEventResolver) Run(ctx context.Context, obj *model.WorkflowRunEvent) (*model.WorkflowInstance, error) {
	return eventRun(ctx, obj)
}

func (r *Resolver) FeedObject() generated.FeedObjectResolver { return &feedObjectResolver{r} }

func (r *Resolver) StatusChange() generated.StatusChangeResolver { return &statusChangeResolver{r} }

func (r *Resolver) Subscription() generated.SubscriptionResolver { return &subscriptionResolver{r} }

func (r *Resolver) WorkflowRunEvent() generated.WorkflowRunEventResolver {
	return &workflowRunEventResolver{r}
}

type (
	feedObjectResolver       struct{ *Resolver }
	statusChangeResolver     struct{ *Resolver }
	subscriptionResolver     struct{ *Resolver }
	workflowRunEventResolver struct{ *Resolver }
)
