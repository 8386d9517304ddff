package loader

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
)

// One reads the row at the other end of a to-one edge; nil when there is none.
func One[T any](ctx context.Context, e repository.Entity[T], r repository.Relation, columns []string, key any) (*T, error) {
	set := From(ctx)
	identity := [3]any{e.Descriptor, r, strings.Join(columns, ",")}
	return load(ctx, set, identity, key, func(ctx context.Context, keys []any) (map[any]*T, error) {
		return repository.ByKeys(ctx, set.Store, e, r, columns, keys)
	})
}

// Node reads a row of any entity by its id.
func Node(ctx context.Context, d *repository.Descriptor, columns []string, id uuid.UUID) (model.Node, error) {
	set := From(ctx)
	identity := [3]any{d, "node", strings.Join(columns, ",")}
	return load(ctx, set, identity, id, func(ctx context.Context, keys []any) (map[any]model.Node, error) {
		return d.Nodes(ctx, set.Store, columns, keys)
	})
}

// ByBusinessKey reads the row with a business key; version nil means the active
// version of a definition.
func ByBusinessKey[T any](ctx context.Context, e repository.Entity[T], columns []string, key string, version *string) (*T, error) {
	named := ""
	if version != nil {
		named = *version
	}
	return repository.ByBusinessKey(ctx, From(ctx).Store, e, columns, key, named)
}

// Field identifies one field of the client's document. Siblings that come from
// the same field have the same arguments and so share one statement.
type Field struct {
	AST     *ast.Field
	columns string
}

// Many reads the same page of related rows for every parent of a level.
func Many[T any](ctx context.Context, e repository.Entity[T], r repository.Relation, field *ast.Field, q repository.ListQuery, key any) (*page.Connection[T], error) {
	set := From(ctx)
	identity := Field{field, strings.Join(q.Columns, ",")}
	rows, err := load(ctx, set, identity, key, func(ctx context.Context, keys []any) (map[any][]*T, error) {
		return repository.ListByKeys(ctx, set.Store, e, r, q, keys)
	})
	if err != nil {
		return nil, err
	}
	return connect(e, q, rows, nestedFacts{set, e.Descriptor, r, field, q.Where, key}), nil
}

// List reads one page of all rows of an entity.
func List[T any](ctx context.Context, e repository.Entity[T], q repository.ListQuery) (*page.Connection[T], error) {
	set := From(ctx)
	rows, err := repository.List(ctx, set.Store, e, q)
	if err != nil {
		return nil, err
	}
	return connect(e, q, rows, rootFacts{set, e.Descriptor, q.Where}), nil
}

func connect[T any](e repository.Entity[T], q repository.ListQuery, rows []*T, facts page.Facts) *page.Connection[T] {
	return page.New(q.Page, rows, func(row *T) page.Cursor { return e.CursorOf(row, q.Order) }, facts)
}

// rootFacts counts a whole list.
type rootFacts struct {
	set   *Set
	of    *repository.Descriptor
	where any
}

func (f rootFacts) Count(ctx context.Context) (page.Count, error) {
	return load(ctx, f.set, f, "count", func(ctx context.Context, keys []any) (map[any]page.Count, error) {
		n, err := f.set.Store.Count(ctx, f.of, f.where)
		return map[any]page.Count{keys[0]: n}, err
	})
}

func (f rootFacts) Position(ctx context.Context) (*page.Cursor, error) {
	return f.set.Store.Position(ctx)
}

// nestedFacts counts the related rows of every parent of a level at once.
type nestedFacts struct {
	set   *Set
	of    *repository.Descriptor
	r     repository.Relation
	field *ast.Field
	where any
	key   any
}

type countOf struct{ field *ast.Field }

func (f nestedFacts) Count(ctx context.Context) (page.Count, error) {
	return load(ctx, f.set, countOf{f.field}, f.key, func(ctx context.Context, keys []any) (map[any]page.Count, error) {
		return f.set.Store.CountByKeys(ctx, f.of, f.r, f.where, keys)
	})
}

func (f nestedFacts) Position(ctx context.Context) (*page.Cursor, error) {
	return f.set.Store.Position(ctx)
}
