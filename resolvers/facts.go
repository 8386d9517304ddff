package resolvers

import (
	"context"
	"strings"
	"time"

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

// history reads what happened to an object.
func history(ctx context.Context, id uuid.UUID, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	if first < 0 || first > page.MaxSize {
		return nil, fault.Errorf(fault.BadUserInput, "first must be between 0 and %d, not %d", page.MaxSize, first).At("/first").
			Hint("ask for at most %d entries and go on with before", page.MaxSize)
	}
	return loader.History(ctx, repository.HistoryQuery{First: first, Before: before}, id)
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
