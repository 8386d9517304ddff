package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
)

// nulls refuses variables that are null where a value is needed. The
// specification lets a variable that may be null stand for an argument that may
// not, if the argument has a default; gqlparser leaves it to whoever reads the
// argument to stumble over the null.
func (c *variableCheck) nulls(op *ast.OperationDefinition, values map[string]any) {
	walk := nullWalk{null: map[string]bool{}, seen: map[*ast.FragmentDefinition]bool{}, check: c}
	for _, def := range op.VariableDefinitions {
		value, given := values[def.Variable]
		isNull := given && value == nil || !given && def.DefaultValue != nil && def.DefaultValue.Kind == ast.NullValue
		if isNull && !def.Type.NonNull {
			walk.null[def.Variable] = true
		}
	}
	if len(walk.null) > 0 {
		walk.selections(op.SelectionSet)
	}
}

// nullWalk visits the arguments of an operation for variables that are null.
type nullWalk struct {
	null  map[string]bool
	seen  map[*ast.FragmentDefinition]bool
	check *variableCheck
}

func (w nullWalk) selections(set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			for _, argument := range s.Arguments {
				w.value(argument.Value)
			}
			w.selections(s.SelectionSet)
		case *ast.InlineFragment:
			w.selections(s.SelectionSet)
		case *ast.FragmentSpread:
			if s.Definition != nil && !w.seen[s.Definition] {
				w.seen[s.Definition] = true
				w.selections(s.Definition.SelectionSet)
			}
		}
	}
}

func (w nullWalk) value(v *ast.Value) {
	if v.Kind == ast.Variable && w.null[v.Raw] && v.ExpectedType != nil && v.ExpectedType.NonNull {
		delete(w.null, v.Raw) // one report for each variable
		w.check.path = append(w.check.path[:0], v.Raw)
		w.check.refuse("Leave the variable out to get the default.", "The variable is null where a value of type %s is needed.", v.ExpectedType.String())
	}
	for _, child := range v.Children {
		w.value(child.Value)
	}
}
