package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *eventInstanceResolver) Definition(ctx context.Context, obj *model.EventInstance) (*model.EventDefinition, error) {
	return one(ctx, repository.EventDefinitions, obj)
}

func (r *eventInstanceResolver) CausedBy(ctx context.Context, obj *model.EventInstance) (*model.EventInstance, error) {
	return one(ctx, repository.EventInstances, obj)
}

func (r *eventInstanceResolver) Effects(ctx context.Context, obj *model.EventInstance, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return many(ctx, repository.EventInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventInstanceResolver) Sequences(ctx context.Context, obj *model.EventInstance) ([]*model.EventSequenceItem, error) {
	return parts(ctx, repository.EventSequenceItems, repository.ItemsOfEvent, "IN_ORDER", obj.EventID)
}

func (r *eventInstanceResolver) Queue(ctx context.Context, obj *model.EventInstance) (*model.EventQueue, error) {
	return one(ctx, repository.EventQueues, obj)
}

func (r *eventInstanceResolver) DeadLetters(ctx context.Context, obj *model.EventInstance, where *model.DeadLetterWhere, orderBy model.DeadLetterOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.DeadLetter], error) {
	return many(ctx, repository.DeadLetters, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventInstanceResolver) StartedInstances(ctx context.Context, obj *model.EventInstance, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventInstanceResolver) FulfilledSubscriptions(ctx context.Context, obj *model.EventInstance, where *model.WorkflowEventSubscriptionWhere, orderBy model.WorkflowEventSubscriptionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventSubscription], error) {
	return many(ctx, repository.WorkflowEventSubscriptions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventOriginResolver) Instance(ctx context.Context, obj *model.EventOrigin) (model.EventSource, error) {
	return eventSource(ctx, obj)
}

func (r *mutationResolver) EventPublish(ctx context.Context, input model.EventPublishInput) (*model.EventPublishPayload, error) {
	return publish(ctx, r.Publisher, input)
}

func (r *queryResolver) EventInstance(ctx context.Context, id *string, eventID *string) (*model.EventInstance, error) {
	return find(ctx, repository.EventInstances, id, eventID, nil)
}

func (r *queryResolver) EventInstances(ctx context.Context, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return list(ctx, repository.EventInstances, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) EventInstance() generated.EventInstanceResolver { return &eventInstanceResolver{r} }

func (r *Resolver) EventOrigin() generated.EventOriginResolver { return &eventOriginResolver{r} }

type (
	eventInstanceResolver struct{ *Resolver }
	eventOriginResolver   struct{ *Resolver }
)
