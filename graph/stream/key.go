package stream

import (
	"encoding/json"
	"fmt"
	"maps"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/vektah/gqlparser/v2/ast"
)

// groupKey is equal for subscriptions whose events are written in the same way:
// the same text, and variables below the root field, of the same caller.
type groupKey struct{ text, operation, variables, caller string }

// cohortKey is equal for subscriptions whose live events are equal.
type cohortKey struct {
	group     *group
	arguments string // JSON of the variables but the place to start from
}

func groupKeyOf(who auth.Identity, op *graphql.OperationContext) groupKey {
	below := maps.Clone(op.Variables)
	maps.DeleteFunc(below, func(name string, _ any) bool { return onlyAtRoot(op, name) })
	return groupKey{op.RawQuery, op.OperationName, asJSON(below), fmt.Sprintf("%q %q", who.Name, who.Roles)}
}

func argumentsOf(op *graphql.OperationContext) string {
	variables := op.Variables
	if name := placeVariable(op); name != "" {
		variables = maps.Clone(variables)
		delete(variables, name)
	}
	return asJSON(variables)
}

func asJSON(variables map[string]any) string {
	text, err := json.Marshal(variables)
	if err != nil { // not comparable, hence shared with nobody
		return fmt.Sprintf("%p", &variables)
	}
	return string(text)
}

// onlyAtRoot is true for a variable that stands in arguments of the root field
// and nowhere else.
func onlyAtRoot(op *graphql.OperationContext, name string) bool {
	field := rootField(op)
	return field != nil && usesInArguments(field.Arguments, name) == uses(op, name)
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
	if uses(op, name) != 1 {
		return ""
	}
	return name
}

// uses counts where a variable stands in a document.
func uses(op *graphql.OperationContext, name string) int {
	n := usesIn(op.Operation.SelectionSet, name) + usesInDirectives(op.Operation.Directives, name)
	for _, fragment := range op.Doc.Fragments {
		n += usesIn(fragment.SelectionSet, name) + usesInDirectives(fragment.Directives, name)
	}
	return n
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
