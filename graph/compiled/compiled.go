// Package compiled answers a root field without the generated executor: the
// selection is turned into a tree of statements that are sent in one pipeline,
// and the rows PostgreSQL returns are written as JSON without becoming Go
// values first. It names no entity: descriptors tell it everything. A field it
// does not understand, or a read that goes wrong, is left to the generated
// executor, which is always right; taking this package away changes no answer.
package compiled

import (
	"context"
	"io"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// RootField is gqlgen's hook around each root field.
func RootField(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	if graphql.GetOperationContext(ctx).Operation.Operation != ast.Query {
		return next(ctx)
	}
	plan, ok := compile(ctx, graphql.GetRootFieldContext(ctx).Field)
	if !ok {
		return next(ctx)
	}
	answer, err := plan.execute(ctx, loader.From(ctx).Store)
	if err != nil {
		return next(ctx)
	}
	return graphql.WriterFunc(func(w io.Writer) { _, _ = w.Write(answer) })
}

// plan is a compiled root field: what to read and how to write it.
type plan struct {
	read  *repository.Read
	write value
}

// value writes one JSON value. row is the row it belongs to, nil at the root.
type value func(dst []byte, answers answers, row [][]byte) ([]byte, error)

type answers map[*repository.Read]*repository.Rows

func (p *plan) execute(ctx context.Context, store *repository.Store) ([]byte, error) {
	found, err := store.Run(ctx, p.read)
	if err != nil {
		return nil, err
	}
	return p.write(nil, found, nil)
}
