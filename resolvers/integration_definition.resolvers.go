package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *integrationDefinitionResolver) AllowedActions(ctx context.Context, obj *model.IntegrationDefinition) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.IntegrationDefinitions, obj)
}

func (r *integrationDefinitionResolver) Problems(ctx context.Context, obj *model.IntegrationDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.IntegrationDefinitions, obj)
}

func (r *integrationDefinitionResolver) UsedBy(ctx context.Context, obj *model.IntegrationDefinition, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.IntegrationDefinitions, obj, first)
}

func (r *integrationDefinitionResolver) Diff(ctx context.Context, obj *model.IntegrationDefinition, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.IntegrationDefinitions, obj, from)
}

func (r *integrationDefinitionResolver) History(ctx context.Context, obj *model.IntegrationDefinition, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return revisions(ctx, repository.IntegrationDefinitions, obj.UUID, first, before)
}

func (r *integrationDefinitionResolver) Instances(ctx context.Context, obj *model.IntegrationDefinition, where *model.IntegrationInstanceWhere, orderBy model.IntegrationInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationInstance], error) {
	return many(ctx, repository.IntegrationInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) TaskDefinitions(ctx context.Context, obj *model.IntegrationDefinition, where *model.TaskDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskDefinition], error) {
	return many(ctx, repository.TaskDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) UIComponents(ctx context.Context, obj *model.IntegrationDefinition, where *model.UIComponentWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.UIComponent], error) {
	return many(ctx, repository.UIComponents, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) Versions(ctx context.Context, obj *model.IntegrationDefinition, where *model.IntegrationDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationDefinition], error) {
	return many(ctx, repository.IntegrationDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *mutationResolver) IntegrationDefinitionSave(ctx context.Context, input model.IntegrationDefinitionSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.IntegrationDefinitions.Prefix(), &input, dryRun)
}

func (r *queryResolver) IntegrationDefinition(ctx context.Context, id *string, integrationID *string, version *string, asOf *time.Time) (*model.IntegrationDefinition, error) {
	return findVersion(ctx, repository.IntegrationDefinitions, id, integrationID, version, asOf)
}

func (r *queryResolver) IntegrationDefinitions(ctx context.Context, where *model.IntegrationDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationDefinition], error) {
	return list(ctx, repository.IntegrationDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) IntegrationDefinition() generated.IntegrationDefinitionResolver {
	return &integrationDefinitionResolver{r}
}

type integrationDefinitionResolver struct{ *Resolver }
