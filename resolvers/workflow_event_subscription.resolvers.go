package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *mutationResolver) WorkflowEventSubscriptionCancel(ctx context.Context, input model.ChangeInput) (*model.WorkflowEventSubscriptionPayload, error) {
	row, userErrors, err := change(ctx, repository.WorkflowEventSubscriptions, input.ID, func(id uuid.UUID) (*model.WorkflowEventSubscription, error) {
		return r.Operations.CancelWait(ctx, asked(id, input))
	})
	return &model.WorkflowEventSubscriptionPayload{WorkflowEventSubscription: row, UserErrors: userErrors}, err
}

func (r *queryResolver) WorkflowEventSubscription(ctx context.Context, id *string, subscriptionID *string) (*model.WorkflowEventSubscription, error) {
	return find(ctx, repository.WorkflowEventSubscriptions, id, subscriptionID, nil)
}

func (r *queryResolver) WorkflowEventSubscriptions(ctx context.Context, where *model.WorkflowEventSubscriptionWhere, orderBy model.WorkflowEventSubscriptionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventSubscription], error) {
	return list(ctx, repository.WorkflowEventSubscriptions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowEventSubscriptionResolver) AllowedActions(ctx context.Context, obj *model.WorkflowEventSubscription) ([]*model.AllowedAction, error) {
	return allowed(ctx, instance.WaitActions(auth.From(ctx), obj), nil)
}

func (r *workflowEventSubscriptionResolver) WorkflowInstance(ctx context.Context, obj *model.WorkflowEventSubscription) (*model.WorkflowInstance, error) {
	return one(ctx, repository.WorkflowInstances, obj)
}

func (r *workflowEventSubscriptionResolver) FulfilledBy(ctx context.Context, obj *model.WorkflowEventSubscription) (*model.EventInstance, error) {
	return one(ctx, repository.EventInstances, obj)
}

func (r *workflowEventSubscriptionResolver) History(ctx context.Context, obj *model.WorkflowEventSubscription, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *Resolver) WorkflowEventSubscription() generated.WorkflowEventSubscriptionResolver {
	return &workflowEventSubscriptionResolver{r}
}

type workflowEventSubscriptionResolver struct{ *Resolver }
