package resolvers

import (
	"context"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// stats counts the rows of an entity. The values of a grouping enum and of
// StatsTime are the names of columns in capitals.
func stats[T any, G ~string](ctx context.Context, e repository.Entity[T], where any, groupBy *G, bucket *model.StatsBucket, bucketBy model.StatsTime) (*model.Stats, error) {
	return loader.From(ctx).Store.Stats(ctx, e.Descriptor, repository.StatsQuery{
		Where: where, GroupBy: lower(groupBy), Bucket: lower(bucket), BucketBy: lower(&bucketBy),
	})
}

func lower[E ~string](word *E) string {
	if word == nil {
		return ""
	}
	return strings.ToLower(string(*word))
}

// workflowStats tells how the executions of a definition went.
func workflowStats(ctx context.Context, definition uuid.UUID, in *model.DateTimeFilter, bucket model.StatsBucket) (*model.WorkflowStats, error) {
	length := 24 * time.Hour
	if bucket == model.StatsBucketHour {
		length = time.Hour
	}
	q, err := loader.From(ctx).Store.WorkflowStatsQuery(in, length)
	if err != nil {
		return nil, err
	}
	return loader.Load(ctx, graphql.GetFieldContext(ctx).Field.Field, definition, func(ctx context.Context, s *repository.Store, keys []any) (map[any]*model.WorkflowStats, error) {
		return s.WorkflowStats(ctx, q, loader.UUIDs(keys))
	})
}

// stepStats tells how the steps of a definition went, or how the slowest did.
func stepStats(ctx context.Context, of *model.WorkflowStats, slowest *int) ([]*model.WorkflowStepStats, error) {
	if slowest != nil && *slowest < 0 {
		return nil, fault.Errorf(fault.BadUserInput, "slowest must not be negative").At("/slowest").Hint("leave it out for all steps")
	}
	measured := [3]any{"steps", of.From.UnixMicro(), of.To.UnixMicro()}
	steps, err := loader.Load(ctx, measured, of.Definition, func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.WorkflowStepStats, error) {
		return s.StepStats(ctx, of.From, of.To, loader.UUIDs(keys))
	})
	if slowest != nil {
		steps = model.Slowest(steps, *slowest)
	}
	return steps, err
}

// passRate is the part of the last runs of a test that passed.
func passRate(ctx context.Context, test uuid.UUID, last int) (*float64, error) {
	if last < 1 || last > page.MaxSize {
		return nil, fault.Errorf(fault.BadUserInput, "last must be between 1 and %d, not %d", page.MaxSize, last).At("/last").
			Hint("ask for at most %d runs", page.MaxSize)
	}
	return loader.Load(ctx, [2]any{"passRate", last}, test, func(ctx context.Context, s *repository.Store, keys []any) (map[any]*float64, error) {
		return s.PassRates(ctx, last, loader.UUIDs(keys))
	})
}

// history reads what happened to an object.
func history(ctx context.Context, id uuid.UUID, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	if err := atMost(first); err != nil {
		return nil, err
	}
	return loader.History(ctx, repository.HistoryQuery{First: first, Before: before}, id)
}

// auditedNode is the object of an audit entry as it is now.
func auditedNode(ctx context.Context, e *model.AuditEntry) (model.Node, error) {
	if e.ID == nil {
		return nil, nil
	}
	return node(ctx, *e.ID)
}

// queueDepth is how many events are in a queue.
func queueDepth(ctx context.Context, id uuid.UUID) (int, error) {
	counts, err := loader.Tally(ctx, repository.EntriesOfQueue, "status", id)
	depth := 0
	for _, n := range counts {
		depth += n
	}
	return depth, err
}

// runSummary counts the case results of a run by outcome.
func runSummary(ctx context.Context, id uuid.UUID) (*model.TestRunSummary, error) {
	counts, err := loader.Tally(ctx, repository.TestRuns.Relations["caseResults"], "status", id)
	return model.Summarize(counts), err
}
