package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *mutationResolver) TestDefinitionSave(ctx context.Context, input model.TestDefinitionSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.TestDefinitions.Prefix(), &input, dryRun)
}

func (r *queryResolver) TestDefinition(ctx context.Context, id *string, testID *string, version *string, asOf *time.Time) (*model.TestDefinition, error) {
	return findVersion(ctx, repository.TestDefinitions, id, testID, version, asOf)
}

func (r *queryResolver) TestDefinitions(ctx context.Context, where *model.TestDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestDefinition], error) {
	return list(ctx, repository.TestDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *testDefinitionResolver) Target(ctx context.Context, obj *model.TestDefinition) (model.TestTarget, error) {
	return testTarget(ctx, obj, selected(ctx))
}

func (r *testDefinitionResolver) AllowedActions(ctx context.Context, obj *model.TestDefinition) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.TestDefinitions, obj)
}

func (r *testDefinitionResolver) Problems(ctx context.Context, obj *model.TestDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.TestDefinitions, obj)
}

func (r *testDefinitionResolver) UsedBy(ctx context.Context, obj *model.TestDefinition, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.TestDefinitions, obj, first)
}

func (r *testDefinitionResolver) Diff(ctx context.Context, obj *model.TestDefinition, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.TestDefinitions, obj, from)
}

func (r *testDefinitionResolver) History(ctx context.Context, obj *model.TestDefinition, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return revisions(ctx, repository.TestDefinitions, obj.UUID, first, before)
}

func (r *testDefinitionResolver) Runs(ctx context.Context, obj *model.TestDefinition, where *model.TestRunWhere, orderBy model.TestRunOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestRun], error) {
	return many(ctx, repository.TestRuns, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *testDefinitionResolver) PassRate(ctx context.Context, obj *model.TestDefinition, last int) (*float64, error) {
	return passRate(ctx, obj.UUID, last)
}

func (r *testDefinitionResolver) LastRun(ctx context.Context, obj *model.TestDefinition) (*model.TestRun, error) {
	return one(ctx, repository.TestRuns, obj)
}

func (r *testDefinitionResolver) Versions(ctx context.Context, obj *model.TestDefinition, where *model.TestDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestDefinition], error) {
	return many(ctx, repository.TestDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) TestDefinition() generated.TestDefinitionResolver {
	return &testDefinitionResolver{r}
}

type testDefinitionResolver struct{ *Resolver }
