package resolvers

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// problems are what stands between a definition and its activation: what its
// documents break, and the references from it that lead nowhere.
func problems[T any](ctx context.Context, e repository.Entity[T], row *T, id uuid.UUID) ([]*model.Problem, error) {
	dangling, err := loader.Load(ctx, danglingOf{e.Table}, id, func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.Problem, error) {
		return s.ReferenceProblems(ctx, e.Descriptor, keys, true)
	})
	return append(e.Problems(row, true), dangling...), err
}

type danglingOf struct{ table string }

// testProblems are the problems of a test, whose reference to its target is a
// column and not part of a document.
func testProblems(ctx context.Context, test *model.TestDefinition) ([]*model.Problem, error) {
	list := repository.TestDefinitions.Problems(test, true)
	target, err := testTarget(ctx, test, func(*repository.Descriptor) []string { return []string{"id"} })
	if err == nil && target == nil {
		list = append(list, &model.Problem{
			Severity: model.ProblemSeverityError, Code: "UNRESOLVED_REFERENCE", Path: "/targetId",
			Message: fmt.Sprintf("there is no %s %q in the version asked for", test.Type, test.TargetID),
		})
	}
	return list, err
}
