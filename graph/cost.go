package graph

import (
	"encoding/json"

	"github.com/vektah/gqlparser/v2/ast"
)

// Sizes assumed for lists whose length the query does not say, and the most
// that a page can have.
const (
	rootPage   = 20
	nestedPage = 10
	plainList  = 10
	feedPage   = 1000 // changes that the feed answers to one query, give or take a piece
	largestOne = 100
)

// maxCost keeps products of page sizes inside 64 bits.
const maxCost = 1 << 40

// cost estimates how many rows an operation reads: 1 for each entity, and for a
// page 1 + its size times what one of its rows costs. Parts of a row come with
// it and are free.
type cost struct {
	facts     *facts
	variables map[string]any
	fragments map[*ast.FragmentDefinition]int64
}

// checkCost refuses an operation above the ceiling. It runs after validation,
// when every field has its definition and cycles are gone.
func checkCost(f *facts, limits *Limits, op *ast.OperationDefinition, variables map[string]any) error {
	c := &cost{facts: f, variables: variables, fragments: make(map[*ast.FragmentDefinition]int64)}
	total := c.selectionSet(op.SelectionSet, f.root(op))
	if total <= limits.Cost {
		return nil
	}
	return tooComplex("This operation may read %d rows; the most is %d.", total, limits.Cost).
		Hint("Ask for smaller pages with first, above all in nested lists: their sizes multiply.").
		With("cost", total).With("limit", limits.Cost)
}

func (c *cost) selectionSet(set ast.SelectionSet, parent *ast.Definition) int64 {
	var total int64
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			if c.included(sel.Directives) {
				total += c.field(sel, parent)
			}
		case *ast.InlineFragment:
			if c.included(sel.Directives) {
				inner := parent
				if sel.TypeCondition != "" {
					inner = c.facts.schema.Types[sel.TypeCondition]
				}
				total += c.selectionSet(sel.SelectionSet, inner)
			}
		case *ast.FragmentSpread:
			if sel.Definition != nil && c.included(sel.Directives) {
				total += c.fragment(sel.Definition)
			}
		}
	}
	return min(total, maxCost)
}

func (c *cost) fragment(fragment *ast.FragmentDefinition) int64 {
	total, known := c.fragments[fragment]
	if !known {
		total = c.selectionSet(fragment.SelectionSet, fragment.Definition)
		c.fragments[fragment] = total
	}
	return total
}

func (c *cost) field(field *ast.Field, parent *ast.Definition) int64 {
	def := field.Definition
	if def == nil || isIntrospection(field.Name) {
		return 0
	}
	target := c.facts.schema.Types[def.Type.Name()]
	if target == nil || !target.IsCompositeType() {
		return 0
	}
	below := c.selectionSet(field.SelectionSet, target)
	switch {
	case c.facts.wraps(parent, field.Name):
		// The connection multiplies; here is one of its rows.
		if c.facts.roles[target] == roleEntity {
			return below + 1
		}
		return below
	case c.facts.roles[target] == roleConnection:
		return min(1+c.pageSize(field, parent)*below, maxCost)
	case c.facts.roles[target] == roleEntity:
		below++
	}
	if def.Type.Elem != nil {
		below *= c.listSize(field)
	}
	return min(below, maxCost)
}

func (c *cost) pageSize(field *ast.Field, parent *ast.Definition) int64 {
	for _, name := range []string{"first", "last"} {
		if n, ok := c.argument(field, name); ok {
			return n
		}
	}
	if parent == c.facts.schema.Query {
		return rootPage
	}
	return nestedPage
}

// listSize is the length of a list that is not a page: as long as the longest
// list among the arguments, as in nodes(ids:).
func (c *cost) listSize(field *ast.Field) int64 {
	if field.Definition.Arguments.ForName("batches") != nil {
		return feedPage // batches of commits hold what they hold
	}
	size := int64(0)
	for _, arg := range field.Arguments {
		if v, err := arg.Value.Value(c.variables); err == nil {
			if list, ok := v.([]any); ok {
				size = max(size, int64(len(list)))
			}
		}
	}
	if n, ok := c.argument(field, "first"); ok {
		size = max(size, n)
	}
	if size == 0 {
		return plainList
	}
	return min(size, largestOne)
}

// argument is the value of a page argument. A page of more than the most is
// counted as the most: it is refused with its own message.
func (c *cost) argument(field *ast.Field, name string) (int64, bool) {
	arg := field.Arguments.ForName(name)
	if arg == nil {
		return 0, false
	}
	v, err := arg.Value.Value(c.variables)
	if err != nil {
		return 0, false
	}
	var n int64
	switch v := v.(type) {
	case int64:
		n = v
	case int:
		n = int64(v)
	case float64:
		n = int64(v)
	case json.Number:
		n, _ = v.Int64()
	default:
		return 0, false
	}
	return min(max(n, 0), largestOne), true
}

// included follows @skip and @include, so that a screen which switches parts
// of one query on and off pays for what it shows.
func (c *cost) included(directives ast.DirectiveList) bool {
	if len(directives) == 0 {
		return true
	}
	return !c.condition(directives, "skip", false) && c.condition(directives, "include", true)
}

func (c *cost) condition(directives ast.DirectiveList, name string, otherwise bool) bool {
	d := directives.ForName(name)
	if d == nil {
		return otherwise
	}
	arg := d.Arguments.ForName("if")
	if arg == nil {
		return otherwise
	}
	v, err := arg.Value.Value(c.variables)
	if b, ok := v.(bool); ok && err == nil {
		return b
	}
	return otherwise
}
