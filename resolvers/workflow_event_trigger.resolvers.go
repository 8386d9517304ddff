package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *mutationResolver) WorkflowEventTriggerSetEnabled(ctx context.Context, input model.WorkflowEventTriggerSetEnabledInput) (*model.WorkflowEventTriggerPayload, error) {
	row, userErrors, err := change(ctx, repository.WorkflowEventTriggers, input.ID, func(id uuid.UUID) (*model.WorkflowEventTrigger, error) {
		return r.Operations.SetEnabled(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), input.Enabled)
	})
	return &model.WorkflowEventTriggerPayload{WorkflowEventTrigger: row, UserErrors: userErrors}, err
}

func (r *queryResolver) WorkflowEventTrigger(ctx context.Context, id *string, triggerID *string) (*model.WorkflowEventTrigger, error) {
	return find(ctx, repository.WorkflowEventTriggers, id, triggerID, nil)
}

func (r *queryResolver) WorkflowEventTriggers(ctx context.Context, where *model.WorkflowEventTriggerWhere, orderBy model.WorkflowEventTriggerOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventTrigger], error) {
	return list(ctx, repository.WorkflowEventTriggers, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) TriggerExplain(ctx context.Context, input model.TriggerExplainInput) (*model.TriggerExplanation, error) {
	return explain(ctx, r.Router.Decider, input)
}

func (r *workflowEventTriggerResolver) AllowedActions(ctx context.Context, obj *model.WorkflowEventTrigger) ([]*model.AllowedAction, error) {
	return allowed(ctx, instance.TriggerActions(obj), nil)
}

func (r *workflowEventTriggerResolver) WorkflowDefinition(ctx context.Context, obj *model.WorkflowEventTrigger) (*model.WorkflowDefinition, error) {
	return one(ctx, repository.WorkflowDefinitions, obj)
}

func (r *workflowEventTriggerResolver) EventDefinitions(ctx context.Context, obj *model.WorkflowEventTrigger, where *model.EventDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventDefinition], error) {
	return many(ctx, repository.EventDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowEventTriggerResolver) StartedInstances(ctx context.Context, obj *model.WorkflowEventTrigger, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowEventTriggerResolver) History(ctx context.Context, obj *model.WorkflowEventTrigger, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *Resolver) WorkflowEventTrigger() generated.WorkflowEventTriggerResolver {
	return &workflowEventTriggerResolver{r}
}

type workflowEventTriggerResolver struct{ *Resolver }
