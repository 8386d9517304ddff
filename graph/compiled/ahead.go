package compiled

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// maxAhead bounds the documents whose references are read ahead.
const maxAhead = 1000

// ahead reads what the documents of some rows name before the executor asks for
// it, level by level. What is asked for is known from the selection, so nobody
// has to wait to learn who else needs the same. Whatever is not read here is
// read when it is asked for.
type ahead struct {
	ctx    context.Context
	op     *graphql.OperationContext
	schema *ast.Schema
}

// wanted is a read of the targets of one reference table.
type wanted struct {
	target  *repository.Descriptor
	table   model.ReferenceTable
	columns string
	once    bool
}

// wishes are the reads of a level, with what is selected below each.
type wishes map[wanted][]ast.SelectionSet

// of reads what selections on rows of d lead to.
func (a ahead) of(d *repository.Descriptor, selections []ast.SelectionSet, sources []any) {
	found := wishes{}
	for _, set := range selections {
		a.fields(d, graphql.CollectFields(a.op, set, loader.Satisfies(d)), found)
	}
	a.read(found, sources)
}

// documents reads what a field that shows documents of rows of d leads to.
func (a ahead) documents(d *repository.Descriptor, f graphql.CollectedField, sources []any) {
	found := wishes{}
	a.field(d, f, found)
	a.read(found, sources)
}

func (a ahead) read(found wishes, sources []any) {
	if len(sources) == 0 || len(sources) > maxAhead {
		return
	}
	for want, below := range found {
		rows, err := loader.KnowReferenced(a.ctx, want.target, strings.Split(want.columns, ","), want.table, want.once, sources)
		if err == nil {
			a.of(want.target, below, idsOf(want.target, rows))
		}
	}
}

// fields are those of a row of d. Edges are not read here.
func (a ahead) fields(d *repository.Descriptor, fields []graphql.CollectedField, found wishes) {
	for _, f := range fields {
		if _, isEdge := d.Relations[f.Name]; !isEdge {
			a.field(d, f, found)
		}
	}
}

// field looks for references in a field of a document of d.
func (a ahead) field(d *repository.Descriptor, f graphql.CollectedField, found wishes) {
	if f.Definition == nil {
		return
	}
	of := a.schema.Types[f.Definition.Type.Name()]
	if target := repository.ByName(of.Name); target != nil {
		if table, ok := repository.ReferencesBetween(d, target); ok {
			columns := strings.Join(loader.ColumnsOf(a.op, target, f.Selections), ",")
			want := wanted{target, table, columns, f.Definition.Type.Elem != nil}
			found[want] = append(found[want], f.Selections)
		}
		return
	}
	for _, kind := range a.kinds(of) {
		for _, inner := range graphql.CollectFields(a.op, f.Selections, append([]string{kind.Name}, kind.Interfaces...)) {
			a.field(d, inner, found)
		}
	}
}

// kinds are the types of a part of a document: none for values and for
// pages of rows.
func (a ahead) kinds(of *ast.Definition) []*ast.Definition {
	switch {
	case of.Kind == ast.Object && !strings.HasSuffix(of.Name, "Connection"):
		return []*ast.Definition{of}
	case of.Kind == ast.Interface && repository.ByName(a.schema.GetPossibleTypes(of)[0].Name) == nil:
		return a.schema.GetPossibleTypes(of)
	}
	return nil
}

// idsOf are the ids of rows, each once.
func idsOf(d *repository.Descriptor, rows []model.Node) []any {
	seen := make(map[any]bool, len(rows))
	ids := make([]any, 0, len(rows))
	for _, row := range rows {
		id := d.Value(row, "id")
		if !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	return ids
}
