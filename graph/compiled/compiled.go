// Package compiled answers a root field without the generated executor: the
// selection is turned into a tree of statements that are sent in one pipeline,
// and the rows PostgreSQL returns are written as JSON without becoming Go
// values first. It names no entity: descriptors tell it everything. A field it
// does not understand, or a read that goes wrong, is left to the generated
// executor, which is always right; taking this package away changes no answer.
package compiled

import (
	"context"
	"errors"
	"io"
	"log/slog"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/vektah/gqlparser/v2/ast"
)

// Path is the compiled path beside the executor of Schema. Observe, when it is
// set, learns of each root field what in it was left to the executor: fields of
// rows, separated by blanks, or the root field itself; "" for nothing. Log learns
// of statements that PostgreSQL refused: the executor covers such a mistake up.
// Elsewhere, when it is set, knows of fields that show documents of other rows.
type Path struct {
	Schema    graphql.ExecutableSchema
	Observe   func(root, left string)
	Log       *slog.Logger
	Elsewhere Elsewhere
}

// Elsewhere answers the rows whose documents a field of the given rows shows
// where they are not the rows' own, by their ids, and has the loaders know them.
type Elsewhere func(ctx context.Context, d *repository.Descriptor, field string, rows []model.Node) (*repository.Descriptor, []any)

// RootField is gqlgen's hook around each root field.
func (p Path) RootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Query {
		return next(ctx)
	}
	field := graphql.GetRootFieldContext(ctx).Field
	text, left := p.answer(ctx, field)
	if p.Observe != nil {
		p.Observe(field.Name, left)
	}
	if text == nil {
		return next(ctx)
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(text) })
}

// answer is the finished value of a root field, nil when it has to be left to
// the executor, and what was left to it.
func (p Path) answer(ctx context.Context, field graphql.CollectedField) (text []byte, left string) {
	plan, ok := compile(ctx, field)
	if !ok {
		return nil, "Query." + field.Name
	}
	text, err := plan.execute(ctx, p, loader.From(ctx).Store)
	if err != nil {
		p.complain(ctx, field.Name, err)
		return nil, "Query." + field.Name
	}
	return text, plan.left()
}

func (p Path) complain(ctx context.Context, root string, err error) {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && ctx.Err() == nil {
		p.Log.WarnContext(ctx, "a compiled statement failed", "field", root, "error", err)
	}
}

// plan is a compiled root field: what to read, what the executor has to fill
// in, and how to write it.
type plan struct {
	read  *repository.Read
	parts []*part
	write value
}

// value writes one JSON value. row is the row it belongs to, nil at the root.
type value func(dst []byte, all *answers, row [][]byte) ([]byte, error)

// answers are the rows of each read, and what the executor made of some.
type answers struct {
	rows  map[*repository.Read]*repository.Rows
	parts map[*part]map[rowID]*filled
}

func (p *plan) execute(ctx context.Context, path Path, store *repository.Store) ([]byte, error) {
	rows, err := store.Run(ctx, p.read)
	if err != nil {
		return nil, err
	}
	all := &answers{rows: rows}
	if err := p.fill(ctx, path, all); err != nil {
		return nil, err
	}
	return p.write(nil, all, nil)
}
