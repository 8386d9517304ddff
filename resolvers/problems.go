package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// problems are what stands between a definition and its activation.
func problems[T any](ctx context.Context, e repository.Entity[T], row *T) ([]*model.Problem, error) {
	found, err := loader.Load(ctx, problemsOf{e.Table}, row, func(ctx context.Context, s *repository.Store, rows []any) (map[any][]*model.Problem, error) {
		return definition.Problems(ctx, s, e.Descriptor, rows, true)
	})
	return append([]*model.Problem{}, found...), err
}

type problemsOf struct{ table string }
