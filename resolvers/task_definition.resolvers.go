package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *mutationResolver) TaskDefinitionSave(ctx context.Context, input model.TaskDefinitionSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.TaskDefinitions.Prefix(), &input, dryRun)
}

func (r *queryResolver) TaskDefinition(ctx context.Context, id *string, taskID *string, version *string, asOf *time.Time) (*model.TaskDefinition, error) {
	return findVersion(ctx, repository.TaskDefinitions, id, taskID, version, asOf)
}

func (r *queryResolver) TaskDefinitions(ctx context.Context, where *model.TaskDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskDefinition], error) {
	return list(ctx, repository.TaskDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskDefinitionResolver) Integration(ctx context.Context, obj *model.TaskDefinition) (*model.TaskIntegration, error) {
	return obj.Integration(), nil
}

func (r *taskDefinitionResolver) UIComponents(ctx context.Context, obj *model.TaskDefinition) ([]*model.UIComponentUse, error) {
	return obj.UIComponents(), nil
}

func (r *taskDefinitionResolver) AllowedActions(ctx context.Context, obj *model.TaskDefinition) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.TaskDefinitions, obj)
}

func (r *taskDefinitionResolver) Problems(ctx context.Context, obj *model.TaskDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.TaskDefinitions, obj)
}

func (r *taskDefinitionResolver) UsedBy(ctx context.Context, obj *model.TaskDefinition, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.TaskDefinitions, obj, first)
}

func (r *taskDefinitionResolver) Diff(ctx context.Context, obj *model.TaskDefinition, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.TaskDefinitions, obj, from)
}

func (r *taskDefinitionResolver) History(ctx context.Context, obj *model.TaskDefinition, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return revisions(ctx, repository.TaskDefinitions, obj.UUID, first, before)
}

func (r *taskDefinitionResolver) IntegrationInstance(ctx context.Context, obj *model.TaskDefinition, contextType model.IntegrationContextType, contextID *string) (*model.IntegrationInstance, error) {
	return definedConnection(ctx, obj, contextType, contextID)
}

func (r *taskDefinitionResolver) WorkflowDefinitions(ctx context.Context, obj *model.TaskDefinition, where *model.WorkflowDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return many(ctx, repository.WorkflowDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskDefinitionResolver) Instances(ctx context.Context, obj *model.TaskDefinition, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskInstance], error) {
	return many(ctx, repository.TaskInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskDefinitionResolver) Tests(ctx context.Context, obj *model.TaskDefinition, where *model.TestDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestDefinition], error) {
	return many(ctx, repository.TestDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskDefinitionResolver) Versions(ctx context.Context, obj *model.TaskDefinition, where *model.TaskDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskDefinition], error) {
	return many(ctx, repository.TaskDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskIntegrationResolver) Definition(ctx context.Context, obj *model.TaskIntegration) (*model.IntegrationDefinition, error) {
	return atPlace(ctx, repository.IntegrationDefinitions, obj.Place)
}

func (r *taskIntegrationResolver) Method(ctx context.Context, obj *model.TaskIntegration) (*model.IntegrationMethod, error) {
	return method(ctx, obj)
}

func (r *Resolver) TaskDefinition() generated.TaskDefinitionResolver {
	return &taskDefinitionResolver{r}
}

func (r *Resolver) TaskIntegration() generated.TaskIntegrationResolver {
	return &taskIntegrationResolver{r}
}

type (
	taskDefinitionResolver  struct{ *Resolver }
	taskIntegrationResolver struct{ *Resolver }
)
