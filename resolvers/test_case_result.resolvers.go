package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *queryResolver) TestCaseResult(ctx context.Context, id string) (*model.TestCaseResult, error) {
	return find(ctx, repository.TestCaseResults, &id, nil, nil)
}

func (r *queryResolver) TestCaseResults(ctx context.Context, where *model.TestCaseResultWhere, orderBy model.TestCaseResultOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestCaseResult], error) {
	return list(ctx, repository.TestCaseResults, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *testCaseResultResolver) Case(ctx context.Context, obj *model.TestCaseResult) (*model.TestCase, error) {
	return resultCase(ctx, obj)
}

func (r *testCaseResultResolver) Run(ctx context.Context, obj *model.TestCaseResult) (*model.TestRun, error) {
	return one(ctx, repository.TestRuns, obj)
}

func (r *Resolver) TestCaseResult() generated.TestCaseResultResolver {
	return &testCaseResultResolver{r}
}

type testCaseResultResolver struct{ *Resolver }
