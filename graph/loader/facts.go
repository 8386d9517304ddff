package loader

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Facts about a row that are not rows themselves, one statement per level.

// History reads what happened to the object with this id, newest first.
func History(ctx context.Context, q repository.HistoryQuery, id any) ([]*model.HistoryEntry, error) {
	set := From(ctx)
	return load(ctx, set, historyOf{q.First, beforeOf(q)}, id, func(ctx context.Context, ids []any) (map[any][]*model.HistoryEntry, error) {
		return set.Store.History(ctx, q, ids)
	})
}

type historyOf struct {
	first  int
	before int64
}

func beforeOf(q repository.HistoryQuery) int64 {
	if q.Before == nil {
		return 0
	}
	return q.Before.UnixMicro()
}

// Tally counts the related rows of a parent by the stored values of a column.
func Tally(ctx context.Context, r repository.Relation, column string, key any) (map[string]int, error) {
	set := From(ctx)
	return load(ctx, set, [3]any{"tally", r, column}, key, func(ctx context.Context, keys []any) (map[any]map[string]int, error) {
		return set.Store.Tally(ctx, r, column, keys)
	})
}
