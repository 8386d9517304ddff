// Package repository is the home of SQL. A Descriptor says what an entity is;
// one builder writes every SELECT from it; generic functions read, list, count
// and write rows. Where an entity is special, its own file has plain SQL.
package repository

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/model"
)

// Descriptor is all that the generic read and write paths know of an entity.
// Everything else (columns, types, loaders, paging, ids) follows from the
// struct's db tags and from these fields.
type Descriptor struct {
	Name        string              // the GraphQL type
	Table       string              // the table, also the name in SQL comments
	Key         string              // the column of the business key
	Where       any                 // the zero value of the filter input, nil where there is no list
	Partitioned bool                // RANGE partitions on the UUIDv7 primary key
	Orders      Orders              // the values of the entity's order enum; the first is the default
	Computed    Computed            // fields that are functions of columns
	Relations   map[string]Relation // fields that lead to other entities

	row   *rowType
	nodes func(ctx context.Context, s *Store, r Relation, columns []string, keys []any) (map[any]model.Node, error)

	targets func(ctx context.Context, s *Store, name, sql string, a args, each func(target)) error
}

// Computed maps a field that is a pure function of columns to those columns.
type Computed map[string][]string

// Orders maps the values of the order enum to sort orders.
type Orders map[string]Order

// Order is one uniform-direction sort over non-null columns; the id is always
// the last of them, so the order is total and one index serves both directions.
type Order struct {
	Columns    []string
	Descending bool
}

// Asc and Desc make an Order; the id is added.
func Asc(columns ...string) Order { return Order{Columns: append(columns, "id")} }

// Desc is Asc the other way round.
func Desc(columns ...string) Order {
	return Order{Columns: append(columns, "id"), Descending: true}
}

// Relation is an edge from a row to rows of another table. On is the SQL
// condition between the other table's row t and k.key, the value of the
// parent's Column; an empty On compares t.id.
type Relation struct {
	Table  string // the other entity's table
	Column string // the parent's column that holds the key
	On     string
	Order  string // which of several rows a to-one edge leads to: the first in this order
	Equal  string // the column of t that has one value for each key, where On says it in other words
}

// One is an edge to at most one row: the parent's column holds its id.
func One(column, table string) Relation { return Relation{Table: table, Column: column} }

// Many is an edge to the rows whose foreign key is the parent's id.
func Many(table, foreignKey string) Relation {
	return Relation{Table: table, Column: "id", On: "t." + foreignKey + " = k.key"}
}

// and narrows an edge by one more condition on the other table's row t.
func (r Relation) and(condition string) Relation {
	r.On += " and " + condition
	return r
}

// First is an edge to the first of those rows in one of the table's orders.
func First(table, foreignKey, order string) Relation {
	r := Many(table, foreignKey)
	r.Order = order
	return r
}

// Via is an edge whose condition no foreign key expresses.
func Via(column, table, on string) Relation {
	return Relation{Table: table, Column: column, On: on}
}

// Entity is a Descriptor together with the Go type of its rows.
type Entity[T any] struct{ *Descriptor }

// Define completes a descriptor from the struct that holds its rows.
func Define[T any](d Descriptor) Entity[T] {
	e := Entity[T]{&d}
	d.row = newRowType(reflect.TypeFor[T]())
	d.targets = scanTargets[T]
	d.nodes = func(ctx context.Context, s *Store, r Relation, columns []string, keys []any) (map[any]model.Node, error) {
		rows, err := ByKeys(ctx, s, e, r, columns, keys)
		nodes := make(map[any]model.Node, len(rows))
		for id, row := range rows {
			nodes[id] = any(row).(model.Node)
		}
		return nodes, err
	}
	return e
}

// Nodes reads rows by id when the type is only known at run time.
func (d *Descriptor) Nodes(ctx context.Context, s *Store, columns []string, ids []any) (map[any]model.Node, error) {
	return d.nodes(ctx, s, Relation{}, columns, ids)
}

// NodesBy is Nodes at the other end of a to-one edge, by its keys.
func (d *Descriptor) NodesBy(ctx context.Context, s *Store, r Relation, columns []string, keys []any) (map[any]model.Node, error) {
	return d.nodes(ctx, s, r, columns, keys)
}

// Prefix starts the ids of this entity.
func (d *Descriptor) Prefix() string {
	return reflect.New(d.row.goType).Interface().(model.Node).Prefix()
}

// Versioned is true for definitions: the business key names several rows, at
// most one of them active.
func (d *Descriptor) Versioned() bool { return d.row.has("version_sort") }

// Columns are all columns of the entity that may be read.
func (d *Descriptor) Columns() []string { return d.row.columns }

// ColumnType is the Go type that holds a column.
func (d *Descriptor) ColumnType(column string) reflect.Type { return d.row.types[column] }

// Column is the column a field shows unchanged; ok is false for a field that is
// computed or leads elsewhere.
func (d *Descriptor) Column(field string) (column string, ok bool) {
	if _, computed := d.Computed[field]; computed {
		return "", false
	}
	return d.row.column(field)
}

// FieldColumns are the columns a GraphQL field of this entity is made from;
// ok is false for a field the entity does not have.
func (d *Descriptor) FieldColumns(field string) (columns []string, ok bool) {
	if columns, ok = d.Computed[field]; ok {
		return columns, true
	}
	if r, ok := d.Relations[field]; ok {
		return []string{r.Column}, true
	}
	if column, ok := d.row.column(field); ok {
		return []string{column}, true
	}
	if field == "id" || field == "__typename" {
		return nil, true // the primary key is always read
	}
	return nil, false
}

// order finds a value of the entity's order enum.
func (d *Descriptor) order(name string) (Order, error) {
	if o, ok := d.Orders[name]; ok {
		return o, nil
	}
	return Order{}, fmt.Errorf("%s has no order %q", d.Table, name)
}

// Value is the content of a column in row, a pointer to the entity's struct.
func (d *Descriptor) Value(row any, column string) any {
	return reflect.ValueOf(row).Elem().FieldByIndex(d.row.index[column]).Interface()
}

// rowType is what reflection tells about a row struct, found once.
type rowType struct {
	goType  reflect.Type
	columns []string          // in struct order
	index   map[string][]int  // column -> struct field
	fields  map[string]string // lower-case Go name -> column
	types   map[string]reflect.Type
}

func newRowType(t reflect.Type) *rowType {
	r := &rowType{goType: t, index: map[string][]int{}, fields: map[string]string{}, types: map[string]reflect.Type{}}
	for _, f := range reflect.VisibleFields(t) {
		column := f.Tag.Get("db")
		if column == "" {
			continue
		}
		r.columns = append(r.columns, column)
		r.index[column] = f.Index
		r.fields[strings.ToLower(f.Name)] = column
		r.types[column] = f.Type
	}
	return r
}

func (r *rowType) has(column string) bool { return slices.Contains(r.columns, column) }

// column finds the column behind a GraphQL field by the rule gqlgen binds with:
// the same word, whatever the case.
func (r *rowType) column(field string) (string, bool) {
	column, ok := r.fields[strings.ToLower(field)]
	return column, ok
}
