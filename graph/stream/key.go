package stream

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/vektah/gqlparser/v2/ast"
)

// cohortKey is equal for subscriptions whose live events are equal: the same
// text and variables, but for the place to start from, of the same caller.
type cohortKey struct{ text, operation, variables, caller string }

func keyOf(ctx context.Context, op *graphql.OperationContext) cohortKey {
	variables := op.Variables
	if name := placeVariable(op); name != "" {
		variables = maps.Clone(variables)
		delete(variables, name)
	}
	text, err := json.Marshal(variables)
	if err != nil { // not comparable, hence shared with nobody
		text = fmt.Appendf(nil, "%p", op)
	}
	who := auth.From(ctx)
	return cohortKey{op.RawQuery, op.OperationName, string(text), fmt.Sprintf("%q %q", who.Name, who.Roles)}
}

// placeVariable is the variable that the root field takes its place from, if it
// is used for nothing else.
func placeVariable(op *graphql.OperationContext) string {
	field := rootField(op)
	if field == nil {
		return ""
	}
	argument := field.Arguments.ForName(after)
	if argument == nil || argument.Value.Kind != ast.Variable {
		return ""
	}
	name := argument.Value.Raw
	uses := usesIn(op.Operation.SelectionSet, name) + usesInDirectives(op.Operation.Directives, name)
	for _, fragment := range op.Doc.Fragments {
		uses += usesIn(fragment.SelectionSet, name) + usesInDirectives(fragment.Directives, name)
	}
	if uses != 1 {
		return ""
	}
	return name
}

// usesIn counts where a variable stands in a selection.
func usesIn(set ast.SelectionSet, name string) (n int) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			n += usesInArguments(s.Arguments, name) + usesInDirectives(s.Directives, name) + usesIn(s.SelectionSet, name)
		case *ast.InlineFragment:
			n += usesInDirectives(s.Directives, name) + usesIn(s.SelectionSet, name)
		case *ast.FragmentSpread:
			n += usesInDirectives(s.Directives, name)
		}
	}
	return n
}

func usesInDirectives(directives ast.DirectiveList, name string) (n int) {
	for _, d := range directives {
		n += usesInArguments(d.Arguments, name)
	}
	return n
}

func usesInArguments(arguments ast.ArgumentList, name string) (n int) {
	for _, a := range arguments {
		n += usesInValue(a.Value, name)
	}
	return n
}

func usesInValue(value *ast.Value, name string) (n int) {
	if value == nil {
		return 0
	}
	if value.Kind == ast.Variable && value.Raw == name {
		return 1
	}
	for _, child := range value.Children {
		n += usesInValue(child.Value, name)
	}
	return n
}
