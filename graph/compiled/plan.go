package compiled

import (
	"context"
	"reflect"
	"slices"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// compiler turns selections into reads and writers. Its methods answer false
// for whatever they do not understand.
type compiler struct {
	ctx   context.Context
	op    *graphql.OperationContext
	parts *[]*part
	path  []graphql.CollectedField // from the root field to the current one
}

func compile(ctx context.Context, field graphql.CollectedField) (*plan, bool) {
	c := compiler{ctx: ctx, op: graphql.GetOperationContext(ctx), parts: new([]*part)}
	d, isList := entityOf(field)
	if d == nil {
		return nil, false
	}
	read := &repository.Read{Entity: d, Single: !isList}
	read.List.Name = "list"
	if !isList {
		read.List.Name = "by_key"
		if !c.lookUp(read, field) {
			return nil, false
		}
	}
	write, ok := c.field(read, field, page.RootSize)
	if len(*c.parts) > 0 && defers(c.op.Doc) {
		return nil, false
	}
	return &plan{read, *c.parts, write}, ok
}

// in is the compiler for what is selected in a field.
func (c compiler) in(field graphql.CollectedField) compiler {
	c.path = append(slices.Clip(c.path), field)
	return c
}

// entityOf finds the entity a field shows, as a row or as a connection.
func entityOf(field graphql.CollectedField) (d *repository.Descriptor, isList bool) {
	name := field.Definition.Type.Name()
	if d = repository.ByName(name); d != nil && field.Definition.Type.Elem == nil {
		return d, false
	}
	of, ok := strings.CutSuffix(name, "Connection")
	return repository.ByName(of), ok
}

// lookUp reads the arguments of a root field that finds one row.
func (c compiler) lookUp(read *repository.Read, field graphql.CollectedField) bool {
	var given []string
	for name, v := range field.ArgumentMap(c.op.Variables) {
		text, ok := v.(string)
		if !ok {
			return false
		}
		given = append(given, name)
		switch column, _ := read.Entity.Column(name); {
		case name == "version":
			read.Key.Version = text
		case name == "id":
			prefix, id, err := nodeid.Decode(text)
			if err != nil || prefix != read.Entity.Prefix() {
				return false
			}
			read.Key.Column, read.Key.Value = "id", id
		case column == read.Entity.Key:
			read.Key.Column, read.Key.Value = column, text
		default:
			return false
		}
	}
	if read.Key.Column == "" {
		return false
	}
	return len(given) == 1 || (len(given) == 2 && read.Key.Column == read.Entity.Key && read.Key.Version != "")
}

// field compiles a row or a connection of rows.
func (c compiler) field(read *repository.Read, field graphql.CollectedField, size int) (value, bool) {
	if read.Single {
		return single(read, c.object(read, field), field.Definition.Type.NonNull), true
	}
	if !c.list(read, field, size) {
		return nil, false
	}
	return c.connection(read, field)
}

// list reads the arguments of a list field.
func (c compiler) list(read *repository.Read, field graphql.CollectedField, size int) bool {
	given := field.ArgumentMap(c.op.Variables)
	var paging page.Args
	for name, v := range given {
		switch {
		case v == nil:
		case name == "where" && read.Entity.Where != nil:
			where := reflect.New(reflect.TypeOf(read.Entity.Where))
			if graphql.UnmarshalNamedInputFromContext(c.ctx, read.Entity.Name+"Where", v, where.Interface()) != nil {
				return false
			}
			read.List.Where = where.Interface()
		case name == "orderBy":
			read.List.Order, _ = v.(string)
		case !pagingArgument(&paging, name, v):
			return false
		}
	}
	var err error
	read.List.Page, err = paging.Request(size)
	_, known := read.Entity.Orders[read.List.Order]
	return err == nil && known
}

func pagingArgument(paging *page.Args, name string, v any) bool {
	switch name {
	case "first":
		return number(v, &paging.First)
	case "last":
		return number(v, &paging.Last)
	case "after":
		return cursor(v, &paging.After)
	case "before":
		return cursor(v, &paging.Before)
	}
	return false
}

func number(v any, to **int) bool {
	n, err := graphql.UnmarshalInt(v)
	*to = &n
	return err == nil
}

func cursor(v any, to **page.Cursor) bool {
	var c page.Cursor
	err := c.UnmarshalGQL(v)
	*to = &c
	return err == nil
}

// object compiles the fields of a row that field shows. What is not understood
// becomes a part for the executor.
func (c compiler) object(read *repository.Read, field graphql.CollectedField) value {
	c = c.in(field)
	fields := c.collect(read, field)
	members := make([]member, 0, len(fields))
	var rest *part
	for _, f := range fields {
		v, ok := c.try(read, f)
		if !ok {
			if rest == nil {
				rest = &part{read: read, path: c.path}
				*c.parts = append(*c.parts, rest)
			}
			v = rest.add(f)
			need(read, f)
		}
		members = append(members, member{memberName(f.Alias, len(members) == 0), v})
	}
	return object(members)
}

// try is member, but what it did is undone when it did not understand f.
func (c compiler) try(read *repository.Read, f graphql.CollectedField) (value, bool) {
	columns, children, parts := len(read.Columns), len(read.Children), len(*c.parts)
	v, ok := c.member(read, f)
	if !ok {
		read.Columns, read.Children, *c.parts = read.Columns[:columns], read.Children[:children], (*c.parts)[:parts]
	}
	return v, ok
}

// need adds the columns that the executor needs for f.
func need(read *repository.Read, f graphql.CollectedField) {
	columns, ok := read.Entity.FieldColumns(f.Name)
	if !ok {
		columns = read.Entity.Columns()
	}
	for _, column := range columns {
		add(read, column)
	}
}

// add reads a column, once however many fields show it.
func add(read *repository.Read, column string) {
	if !slices.Contains(read.Columns, column) {
		read.Columns = append(read.Columns, column)
	}
}

func (c compiler) member(read *repository.Read, f graphql.CollectedField) (value, bool) {
	d := read.Entity
	if f.Name == "__typename" {
		return constant(`"` + d.Name + `"`), true
	}
	if f.Name == "id" {
		return id(read, d.Prefix()), true
	}
	if relation, ok := d.Relations[f.Name]; ok {
		return c.edge(read, relation, f)
	}
	column, ok := d.Column(f.Name)
	if !ok || len(f.Arguments) > 0 {
		return nil, false
	}
	write, ok := encoders[d.ColumnType(column)]
	if !ok && isEnum(d.ColumnType(column)) {
		write, ok = appendEnum, true
	}
	if !ok {
		return nil, false
	}
	add(read, column)
	return columnValue(read, column, write), true
}

// edge compiles a field that leads to other rows.
func (c compiler) edge(parent *repository.Read, r repository.Relation, f graphql.CollectedField) (value, bool) {
	d, isList := entityOf(f)
	if d == nil || d.Table != r.Table {
		return nil, false
	}
	child := &repository.Read{Entity: d, Parent: parent, Relation: r, Single: !isList}
	child.List.Name = f.Name
	parent.Children = append(parent.Children, child)
	return c.field(child, f, page.NestedSize)
}

// connection compiles the wrapper around rows.
func (c compiler) connection(read *repository.Read, field graphql.CollectedField) (value, bool) {
	c = c.in(field)
	members := []member{}
	for _, f := range c.collect(read, field) {
		var v value
		ok := true
		switch f.Name {
		case "__typename":
			v = constant(`"` + field.Definition.Type.Name() + `"`)
		case "nodes":
			v = list(read, c.object(read, f))
		case "edges":
			var row value
			row, ok = c.edgeObject(read, f)
			v = list(read, row)
		case "pageInfo":
			v, ok = c.pageInfo(read, f)
		case "totalCount", "totalCountExact":
			read.Count = true
			v = count(read, f.Name == "totalCount")
		default:
			return nil, false
		}
		if !ok {
			return nil, false
		}
		members = append(members, member{memberName(f.Alias, len(members) == 0), v})
	}
	return object(members), true
}

func (c compiler) edgeObject(read *repository.Read, field graphql.CollectedField) (value, bool) {
	c = c.in(field)
	members := []member{}
	for _, f := range c.collect(read, field) {
		var v value
		switch f.Name {
		case "__typename":
			v = constant(`"` + field.Definition.Type.Name() + `"`)
		case "cursor":
			v = cursorValue(read)
		case "node":
			v = c.object(read, f)
		default:
			return nil, false
		}
		members = append(members, member{memberName(f.Alias, len(members) == 0), v})
	}
	return object(members), true
}

func (c compiler) pageInfo(read *repository.Read, field graphql.CollectedField) (value, bool) {
	members := []member{}
	for _, f := range c.collect(read, field) {
		v, ok := pageFact(read, f.Name)
		if !ok {
			return nil, false
		}
		members = append(members, member{memberName(f.Alias, len(members) == 0), v})
	}
	return object(members), true
}

// collect flattens fragments and conditions, as the generated executor does.
func (c compiler) collect(read *repository.Read, field graphql.CollectedField) []graphql.CollectedField {
	return graphql.CollectFields(c.op, field.Selections, loader.Satisfies(read.Entity))
}

// defers is true when any part of a document may be answered later.
func defers(doc *ast.QueryDocument) bool {
	for _, o := range doc.Operations {
		if deferred(o.SelectionSet) {
			return true
		}
	}
	for _, f := range doc.Fragments {
		if deferred(f.SelectionSet) {
			return true
		}
	}
	return false
}

func deferred(set ast.SelectionSet) bool {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			if deferred(s.SelectionSet) {
				return true
			}
		case *ast.FragmentSpread:
			if s.Directives.ForName("defer") != nil {
				return true
			}
		case *ast.InlineFragment:
			if s.Directives.ForName("defer") != nil || deferred(s.SelectionSet) {
				return true
			}
		}
	}
	return false
}

func isEnum(t reflect.Type) bool {
	_, ok := reflect.New(t).Elem().Interface().(interface{ Values() []string })
	return ok
}

func memberName(alias string, first bool) string {
	if first {
		return `"` + alias + `":`
	}
	return `,"` + alias + `":`
}

func index(read *repository.Read, column string) int { return slices.Index(read.Columnar, column) }
