package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *mutationResolver) WorkflowInstanceStart(ctx context.Context, input model.WorkflowInstanceStartInput) (*model.WorkflowInstancePayload, error) {
	run, userErrors, err := outcome(ctx, func() (*model.WorkflowInstance, error) { return start(ctx, r.Workflows, input) })
	return &model.WorkflowInstancePayload{WorkflowInstance: run, UserErrors: userErrors}, err
}

func (r *mutationResolver) WorkflowInstanceCancel(ctx context.Context, input model.WorkflowInstanceCancelInput) (*model.WorkflowInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.WorkflowInstances, input.ID, func(id uuid.UUID) (*model.WorkflowInstance, error) {
		return r.Workflows.Cancel(ctx, target(id, value(input.ExpectedRevision), &input.Reason), input.ShouldCompensate)
	})
	return &model.WorkflowInstancePayload{WorkflowInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) WorkflowInstanceRetry(ctx context.Context, input model.ChangeInput) (*model.WorkflowInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.WorkflowInstances, input.ID, func(id uuid.UUID) (*model.WorkflowInstance, error) {
		return r.Workflows.Retry(ctx, asked(id, input))
	})
	return &model.WorkflowInstancePayload{WorkflowInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) WorkflowInstanceRerun(ctx context.Context, input model.WorkflowInstanceRerunInput) (*model.WorkflowInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.WorkflowInstances, input.ID, func(id uuid.UUID) (*model.WorkflowInstance, error) {
		return r.Workflows.Rerun(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), value(input.InstanceID))
	})
	return &model.WorkflowInstancePayload{WorkflowInstance: row, UserErrors: userErrors}, err
}

func (r *queryResolver) WorkflowInstance(ctx context.Context, id *string, instanceID *string) (*model.WorkflowInstance, error) {
	return find(ctx, repository.WorkflowInstances, id, instanceID, nil)
}

func (r *queryResolver) WorkflowInstances(ctx context.Context, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return list(ctx, repository.WorkflowInstances, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Steps(ctx context.Context, obj *model.WorkflowInstance) ([]*model.WorkflowInstanceStep, error) {
	return instanceSteps(ctx, obj)
}

func (r *workflowInstanceResolver) Progress(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowProgress, error) {
	return instanceProgress(ctx, obj)
}

func (r *workflowInstanceResolver) AllowedActions(ctx context.Context, obj *model.WorkflowInstance) ([]*model.AllowedAction, error) {
	return workflowActions(ctx, obj)
}

func (r *workflowInstanceResolver) Definition(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowDefinition, error) {
	return one(ctx, repository.WorkflowDefinitions, obj)
}

func (r *workflowInstanceResolver) Parent(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowInstance, error) {
	return one(ctx, repository.WorkflowInstances, obj)
}

func (r *workflowInstanceResolver) Children(ctx context.Context, obj *model.WorkflowInstance, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Tasks(ctx context.Context, obj *model.WorkflowInstance, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskInstance], error) {
	return many(ctx, repository.TaskInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Trigger(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowEventTrigger, error) {
	return one(ctx, repository.WorkflowEventTriggers, obj)
}

func (r *workflowInstanceResolver) TriggerEvent(ctx context.Context, obj *model.WorkflowInstance) (*model.EventInstance, error) {
	return one(ctx, repository.EventInstances, obj)
}

func (r *workflowInstanceResolver) Events(ctx context.Context, obj *model.WorkflowInstance, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return many(ctx, repository.EventInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) CorrelatedEvents(ctx context.Context, obj *model.WorkflowInstance, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return many(ctx, repository.EventInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) RelatedInstances(ctx context.Context, obj *model.WorkflowInstance, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Subscriptions(ctx context.Context, obj *model.WorkflowInstance, where *model.WorkflowEventSubscriptionWhere, orderBy model.WorkflowEventSubscriptionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventSubscription], error) {
	return many(ctx, repository.WorkflowEventSubscriptions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) History(ctx context.Context, obj *model.WorkflowInstance, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *Resolver) WorkflowInstance() generated.WorkflowInstanceResolver {
	return &workflowInstanceResolver{r}
}

type workflowInstanceResolver struct{ *Resolver }
