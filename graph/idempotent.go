package graph

import (
	"context"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/idempotency"
	"github.com/vektah/gqlparser/v2/ast"
)

// keyArgument is the name of the key wherever a mutation takes one.
const keyArgument = "idempotencyKey"

// idempotent names the request behind a mutation that carries a key. It stands
// around every root field, so a mutation takes part by having the argument.
func idempotent(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
	op := graphql.GetOperationContext(ctx)
	if op.Operation.Operation != ast.Mutation {
		return next(ctx)
	}
	field := graphql.GetRootFieldContext(ctx).Field
	arguments, key := withoutKey(field.ArgumentMap(op.Variables))
	if key == nil {
		return next(ctx)
	}
	request, err := idempotency.New(field.Name, *key, arguments)
	if err != nil {
		graphql.AddError(ctx, err)
		return graphql.Null
	}
	return next(idempotency.With(ctx, request))
}

// withoutKey takes the key out of the arguments of a mutation or out of its
// input; nil when there is none.
func withoutKey(arguments map[string]any) (rest map[string]any, key *string) {
	rest = maps.Clone(arguments)
	if text, ok := rest[keyArgument].(string); ok {
		delete(rest, keyArgument)
		return rest, &text
	}
	input, ok := rest["input"].(map[string]any)
	if !ok {
		return rest, nil
	}
	text, ok := input[keyArgument].(string)
	if !ok {
		return rest, nil
	}
	input = maps.Clone(input)
	delete(input, keyArgument)
	rest["input"] = input
	return rest, &text
}
