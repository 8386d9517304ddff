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

func (r *mutationResolver) TestRunStart(ctx context.Context, input model.TestRunStartInput) (*model.TestRunPayload, error) {
	run, userErrors, err := outcome(ctx, func() (*model.TestRun, error) { return startTestRun(ctx, r.TestRuns, input) })
	return &model.TestRunPayload{TestRun: run, UserErrors: userErrors}, err
}

func (r *mutationResolver) TestRunRecordResults(ctx context.Context, input model.TestRunRecordResultsInput) (*model.TestRunPayload, error) {
	row, userErrors, err := change(ctx, repository.TestRuns, input.ID, func(id uuid.UUID) (*model.TestRun, error) {
		return r.TestRuns.Record(ctx, target(id, value(input.ExpectedRevision), nil), caseResults(input.Results))
	})
	return &model.TestRunPayload{TestRun: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TestRunFinish(ctx context.Context, input model.TestRunFinishInput) (*model.TestRunPayload, error) {
	row, userErrors, err := change(ctx, repository.TestRuns, input.ID, func(id uuid.UUID) (*model.TestRun, error) {
		return r.TestRuns.Finish(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), value(input.Status))
	})
	return &model.TestRunPayload{TestRun: row, UserErrors: userErrors}, err
}

func (r *queryResolver) TestRun(ctx context.Context, id *string, runID *string) (*model.TestRun, error) {
	return find(ctx, repository.TestRuns, id, runID, nil)
}

func (r *queryResolver) TestRuns(ctx context.Context, where *model.TestRunWhere, orderBy model.TestRunOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestRun], error) {
	return list(ctx, repository.TestRuns, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *testRunResolver) Summary(ctx context.Context, obj *model.TestRun) (*model.TestRunSummary, error) {
	return runSummary(ctx, obj.UUID)
}

func (r *testRunResolver) AllowedActions(ctx context.Context, obj *model.TestRun) ([]*model.AllowedAction, error) {
	return testRunActions(ctx, obj)
}

func (r *testRunResolver) Definition(ctx context.Context, obj *model.TestRun) (*model.TestDefinition, error) {
	return one(ctx, repository.TestDefinitions, obj)
}

func (r *testRunResolver) CaseResults(ctx context.Context, obj *model.TestRun, where *model.TestCaseResultWhere, orderBy model.TestCaseResultOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestCaseResult], error) {
	return many(ctx, repository.TestCaseResults, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *testRunResolver) History(ctx context.Context, obj *model.TestRun, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *Resolver) TestRun() generated.TestRunResolver { return &testRunResolver{r} }

type testRunResolver struct{ *Resolver }
