package loader

import (
	"context"
	"slices"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// Columns are the columns of d that the current field's selection needs,
// looking through the wrappers of a connection. A field that the descriptor
// does not know reads everything: right, if slow; a conformance test sees to
// it that there is none.
func Columns(ctx context.Context, d *repository.Descriptor) []string {
	return ColumnsOf(graphql.GetOperationContext(ctx), d, graphql.GetFieldContext(ctx).Field.Selections)
}

// ColumnsOf are the columns of d that a selection needs.
func ColumnsOf(op *graphql.OperationContext, d *repository.Descriptor, selections ast.SelectionSet) []string {
	var columns []string
	collect(op, d, selections, &columns)
	slices.Sort(columns)
	return slices.Compact(columns)
}

// wrappers are the fields between a list and its rows.
var wrappers = map[string]bool{"edges": true, "node": true, "nodes": true}

// aside are the fields of a connection, or of an event of a live list, that are
// not rows.
var aside = map[string]bool{
	"pageInfo": true, "cursor": true, "totalCount": true, "totalCountExact": true, "endPosition": true, "__typename": true,
	"snapshot": true, "truncated": true, "left": true,
}

func collect(op *graphql.OperationContext, d *repository.Descriptor, selections ast.SelectionSet, columns *[]string) {
	for _, f := range graphql.CollectFields(op, selections, Satisfies(d)) {
		if f.ObjectDefinition != nil && f.ObjectDefinition.Name != d.Name && !isAbstract(f.ObjectDefinition) {
			if wrappers[f.Name] {
				collect(op, d, f.Selections, columns)
			}
			if wrappers[f.Name] || aside[f.Name] {
				continue
			}
		}
		needed, ok := d.FieldColumns(f.Name)
		if !ok {
			needed = d.Columns()
		}
		*columns = append(*columns, needed...)
	}
}

func isAbstract(def *ast.Definition) bool {
	return def.Kind == ast.Interface || def.Kind == ast.Union
}

// Satisfies are the type conditions under which a fragment applies to a row of
// d: its own type and every interface or union; a fragment on an abstract type
// the row does not have cannot pass validation.
func Satisfies(d *repository.Descriptor) []string {
	return []string{d.Name, "Node", "Definition", "Instance", "SearchHit", "EventSource", "DeadLetterSubscriber", "TestTarget"}
}
