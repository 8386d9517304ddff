package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *integrationDefinitionResolver) Problems(ctx context.Context, obj *model.IntegrationDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.IntegrationDefinitions, obj, obj.UUID)
}

func (r *integrationDefinitionResolver) Instances(ctx context.Context, obj *model.IntegrationDefinition, where *model.IntegrationInstanceWhere, orderBy model.IntegrationInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationInstance], error) {
	return many(ctx, repository.IntegrationInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) TaskDefinitions(ctx context.Context, obj *model.IntegrationDefinition, where *model.TaskDefinitionWhere, orderBy model.TaskDefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskDefinition], error) {
	return many(ctx, repository.TaskDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) UIComponents(ctx context.Context, obj *model.IntegrationDefinition, where *model.UIComponentWhere, orderBy model.UIComponentOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.UIComponent], error) {
	return many(ctx, repository.UIComponents, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *integrationDefinitionResolver) Versions(ctx context.Context, obj *model.IntegrationDefinition, where *model.IntegrationDefinitionWhere, orderBy model.IntegrationDefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationDefinition], error) {
	return many(ctx, repository.IntegrationDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *queryResolver) IntegrationDefinition(ctx context.Context, id *string, integrationID *string, version *string) (*model.IntegrationDefinition, error) {
	return find(ctx, repository.IntegrationDefinitions, id, integrationID, version)
}

func (r *queryResolver) IntegrationDefinitions(ctx context.Context, where *model.IntegrationDefinitionWhere, orderBy model.IntegrationDefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationDefinition], error) {
	return list(ctx, repository.IntegrationDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) IntegrationDefinition() generated.IntegrationDefinitionResolver {
	return &integrationDefinitionResolver{r}
}

type integrationDefinitionResolver struct{ *Resolver }
