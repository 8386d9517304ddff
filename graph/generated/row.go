package generated

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/model"
	"github.com/vektah/gqlparser/v2/ast"
)

// Row runs a selection on one row, as the executor does for the rows of a list.
// This is the one file of the package that is written by hand: gqlgen gives no
// other way into the middle of a query. ctx carries the operation, its loaders
// and the place of the row in the answer; schema is what NewExecutableSchema
// made.
func Row(ctx context.Context, schema graphql.ExecutableSchema, selection ast.SelectionSet, row model.Node) graphql.Marshaler {
	return newExecutionContext(graphql.GetOperationContext(ctx), schema.(*executableSchema), nil)._Node(ctx, selection, row)
}
