package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// problems are what the documents of a definition break, and the references
// from it that lead nowhere.
func problems[T any](ctx context.Context, e repository.Entity[T], row *T, id uuid.UUID) ([]*model.Problem, error) {
	dangling, err := loader.Load(ctx, danglingOf{e.Table}, id, func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.Problem, error) {
		return s.DanglingReferences(ctx, e.Descriptor, loader.UUIDs(keys))
	})
	return append(e.Problems(row), dangling...), err
}

type danglingOf struct{ table string }
