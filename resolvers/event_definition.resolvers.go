package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *eventDefinitionResolver) AllowedActions(ctx context.Context, obj *model.EventDefinition) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.EventDefinitions, obj)
}

func (r *eventDefinitionResolver) Problems(ctx context.Context, obj *model.EventDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.EventDefinitions, obj)
}

func (r *eventDefinitionResolver) UsedBy(ctx context.Context, obj *model.EventDefinition, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.EventDefinitions, obj, first)
}

func (r *eventDefinitionResolver) Diff(ctx context.Context, obj *model.EventDefinition, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.EventDefinitions, obj, from)
}

func (r *eventDefinitionResolver) History(ctx context.Context, obj *model.EventDefinition, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return revisions(ctx, repository.EventDefinitions, obj.UUID, first, before)
}

func (r *eventDefinitionResolver) Triggers(ctx context.Context, obj *model.EventDefinition, where *model.WorkflowEventTriggerWhere, orderBy model.WorkflowEventTriggerOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventTrigger], error) {
	return many(ctx, repository.WorkflowEventTriggers, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventDefinitionResolver) WorkflowDefinitions(ctx context.Context, obj *model.EventDefinition, where *model.WorkflowDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return many(ctx, repository.WorkflowDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventDefinitionResolver) Instances(ctx context.Context, obj *model.EventDefinition, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return many(ctx, repository.EventInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventDefinitionResolver) Versions(ctx context.Context, obj *model.EventDefinition, where *model.EventDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventDefinition], error) {
	return many(ctx, repository.EventDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *mutationResolver) EventDefinitionSave(ctx context.Context, input model.EventDefinitionSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.EventDefinitions.Prefix(), &input, dryRun)
}

func (r *queryResolver) EventDefinition(ctx context.Context, id *string, eventID *string, version *string, asOf *time.Time) (*model.EventDefinition, error) {
	return findVersion(ctx, repository.EventDefinitions, id, eventID, version, asOf)
}

func (r *queryResolver) EventDefinitions(ctx context.Context, where *model.EventDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventDefinition], error) {
	return list(ctx, repository.EventDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) EventDefinition() generated.EventDefinitionResolver {
	return &eventDefinitionResolver{r}
}

type eventDefinitionResolver struct{ *Resolver }
