package compiled

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// part is what the generated executor adds to each row of a read: fields that
// are more than columns and edges. The rows are there already, so it begins in
// the middle of the query, for all rows at once, so that their loaders meet.
type part struct {
	read   *repository.Read
	path   []graphql.CollectedField // from the root field to the rows
	fields ast.SelectionSet
}

// rowID tells rows apart: the address of their first value.
type rowID *[]byte

// filled are the values of a part for one row, in the order of its fields.
type filled struct {
	node   model.Node
	values []graphql.Marshaler
}

// errPart leaves a root field to the executor, which reports what went wrong in
// its own words.
var errPart = errors.New("compiled: the executor could not fill in a part")

// add puts a field into the part and answers its value.
func (p *part) add(f graphql.CollectedField) value {
	field := f.Field
	if len(f.Selections) != len(field.SelectionSet) { // selected several times
		merged := *field
		merged.SelectionSet = f.Selections
		field = &merged
	}
	n := len(p.fields)
	p.fields = append(p.fields, field)
	return func(dst []byte, all *answers, row [][]byte) ([]byte, error) {
		w := appender{dst}
		all.parts[p][&row[0]].values[n].MarshalGQL(&w)
		return w.text, nil
	}
}

// appender is a Writer at the end of a slice.
type appender struct{ text []byte }

func (w *appender) Write(text []byte) (int, error) {
	w.text = append(w.text, text...)
	return len(text), nil
}

// left names the fields of all parts.
func (p *plan) left() string {
	var names []string
	for _, part := range p.parts {
		for _, f := range part.fields {
			names = append(names, part.read.Entity.Name+"."+f.(*ast.Field).Name)
		}
	}
	return strings.Join(names, " ")
}

// fill has the executor fill in all parts of all rows, all at the same time.
func (p *plan) fill(ctx context.Context, path Path, all *answers) error {
	if len(p.parts) == 0 {
		return nil
	}
	all.parts = make(map[*part]map[rowID]*filled, len(p.parts))
	// Errors of this try are dropped with it.
	ctx = graphql.WithResponseContext(ctx, graphql.DefaultErrorPresenter, graphql.GetOperationContext(ctx).RecoverFunc)
	for _, part := range p.parts {
		if err := part.nodes(all); err != nil {
			return err
		}
	}
	for _, part := range p.parts {
		part.ahead(ctx, path, all)
	}
	var running sync.WaitGroup
	for _, part := range p.parts {
		at := part.place(ctx)
		for _, of := range all.parts[part] {
			running.Go(func() { part.run(at, path.Schema, of) })
		}
	}
	running.Wait()
	if len(graphql.GetErrors(ctx)) > 0 {
		return errPart
	}
	for _, part := range p.parts {
		for _, of := range all.parts[part] {
			if len(of.values) != len(part.fields) {
				return errPart
			}
		}
	}
	return nil
}

// nodes makes structs of the rows that will be shown.
func (p *part) nodes(all *answers) error {
	rows := all.rows[p.read]
	all.parts[p] = make(map[rowID]*filled, len(rows.Row))
	for _, page := range rows.Row {
		if !p.read.Single {
			page = cut(p.read, page)
		}
		for _, row := range page {
			node, err := rows.Node(p.read, row)
			if err != nil {
				return err
			}
			all.parts[p][&row[0]] = &filled{node: node}
		}
	}
	return nil
}

// ahead reads what the documents of the rows name.
func (p *part) ahead(ctx context.Context, path Path, all *answers) {
	rows := make([]model.Node, 0, len(all.parts[p]))
	for _, of := range all.parts[p] {
		rows = append(rows, of.node)
	}
	look := ahead{ctx, graphql.GetOperationContext(ctx), path.Schema.Schema()}
	look.of(p.read.Entity, []ast.SelectionSet{p.fields}, idsOf(p.read.Entity, rows))
	if path.Elsewhere == nil {
		return
	}
	for _, f := range graphql.CollectFields(look.op, p.fields, loader.Satisfies(p.read.Entity)) {
		if d, ids := path.Elsewhere(ctx, p.read.Entity, f.Name, rows); len(ids) > 0 {
			look.documents(d, f, ids)
		}
	}
}

// place is where the rows stand in the answer.
func (p *part) place(ctx context.Context) context.Context {
	for _, f := range p.path {
		ctx = graphql.WithFieldContext(ctx, &graphql.FieldContext{Object: f.ObjectDefinition.Name, Field: f})
	}
	return ctx
}

func (p *part) run(ctx context.Context, schema graphql.ExecutableSchema, of *filled) {
	defer func() {
		if r := recover(); r != nil {
			graphql.AddErrorf(ctx, "compiled: %v\n%s", r, debug.Stack())
		}
	}()
	if set, ok := generated.Row(ctx, schema, p.fields, of.node).(*graphql.FieldSet); ok {
		of.values = set.Values
	}
}
