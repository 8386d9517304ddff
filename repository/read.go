package repository

import (
	"context"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// ListQuery asks for one page of a list: which rows, in which order, with which
// columns. Name is the operation written into the SQL comment.
type ListQuery struct {
	Name    string
	Columns []string
	Where   any // pointer to the entity's Where struct, or nil
	Order   string
	Page    page.Request
}

// keyed is a row that belongs to a parent.
type keyed[T any] struct {
	ParentKey any `db:"parent_key"`
	Row       T   `db:"row"`
}

// ByKeys reads the rows whose id (or whatever on relates to k.key) is one of
// keys, with the given columns, as a map from key. One statement for any number
// of keys; keys without a row are absent.
func ByKeys[T any](ctx context.Context, s *Store, e Entity[T], r Relation, columns []string, keys []any) (map[any]*T, error) {
	var a args
	sel := selection{
		name: e.Table + ".by_key", from: e.Descriptor, columns: withColumn(columns, "id"), on: r.On, order: e.Orders[r.Order],
	}
	sel.keys.array = a.add(keyArray(keys))
	found := make(map[any]*T, len(keys))
	err := scanKeyed(ctx, s, sel, a, func(key any, row *T) { found[key] = row })
	return found, err
}

// ByBusinessKey reads the row with a business key: of a definition the given
// version, or the active one when version is empty.
func ByBusinessKey[T any](ctx context.Context, s *Store, e Entity[T], columns []string, key, version string) (*T, error) {
	var a args
	sel := selection{name: e.Table + ".by_business_key", from: e.Descriptor, columns: withColumn(columns, "id"), limit: 1}
	sel.where = keyCondition(e.Descriptor, Key{Column: e.Key, Value: key, Version: version}, &a)
	rows, err := scanRows[T](ctx, s, sel, a)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

func keyCondition(d *Descriptor, k Key, a *args) condition {
	if k.Column == "id" {
		return condition{terms: []string{"t.id = " + a.add(k.Value, "uuid")}}
	}
	terms := []string{"t." + k.Column + " = " + a.add(k.Value, "text")}
	switch {
	case k.Version != "":
		terms = append(terms, "t.version = "+a.add(k.Version, "text"))
	case d.Versioned():
		terms = append(terms, "t.status = 'active'")
	}
	return condition{terms: terms}
}

// List reads one page of all rows. It asks for one row more than the page
// holds, so the page knows whether another follows.
func List[T any](ctx context.Context, s *Store, e Entity[T], q ListQuery) ([]*T, error) {
	sel, a, err := s.list(ctx, e.Descriptor, q)
	if err != nil {
		return nil, err
	}
	return scanRows[T](ctx, s, sel, a)
}

// ListByKeys reads the same page of the related rows for every parent key, in
// one statement.
func ListByKeys[T any](ctx context.Context, s *Store, e Entity[T], r Relation, q ListQuery, keys []any) (map[any][]*T, error) {
	sel, a, err := s.listByKeys(ctx, e.Descriptor, r, q, keys)
	if err != nil {
		return nil, err
	}
	found := make(map[any][]*T, len(keys))
	err = scanKeyed(ctx, s, sel, a, func(key any, row *T) { found[key] = append(found[key], row) })
	return found, err
}

// list writes the statement of List.
func (s *Store) list(ctx context.Context, d *Descriptor, q ListQuery) (selection, args, error) {
	return s.admitted(ctx, q.Where, func(k known) (sel selection, a args, err error) {
		sel, err = s.listSelection(d, q, &a, k)
		sel.name = d.Table + "." + q.Name
		return sel, a, err
	})
}

// listByKeys writes the statement of ListByKeys.
func (s *Store) listByKeys(ctx context.Context, d *Descriptor, r Relation, q ListQuery, parents []any) (selection, args, error) {
	return s.admitted(ctx, q.Where, func(k known) (sel selection, a args, err error) {
		array := a.add(keyArray(parents))
		sel, err = s.listSelection(d, q, &a, k)
		sel.name, sel.keys, sel.on, sel.equal = d.Table+"."+q.Name, keys{array: array, parameters: 1}, r.on(), r.Equal
		return sel, a, err
	})
}

func (r Relation) on() string {
	if r.On == "" {
		return "t.id = k.key"
	}
	return r.On
}

// listSelection is the common part of root lists and nested lists.
func (s *Store) listSelection(d *Descriptor, q ListQuery, a *args, k known) (selection, error) {
	order, err := d.order(q.Order)
	if err != nil {
		return selection{}, err
	}
	where, err := compiler{args: a, now: s.Now(), known: k}.compile(d, q.Where)
	if err != nil {
		return selection{}, err
	}
	sel := selection{from: d, where: where, order: order, backward: q.Page.Backward, limit: q.Page.Size + 1}
	sel.columns = withColumn(q.Columns, order.Columns...)
	if q.Page.From != "" {
		if sel.seek, err = d.seek(q.Page.From, q.Order, order, a); err != nil {
			return selection{}, fault.Move(err, q.Page.Place())
		}
	}
	return sel, nil
}

// seek turns a cursor into the parameters it stands for.
func (d *Descriptor) seek(from page.Cursor, name string, order Order, a *args) ([]string, error) {
	values, err := from.Values(name, len(order.Columns))
	if err != nil {
		return nil, err
	}
	placeholders := make([]string, len(values))
	for i, column := range order.Columns {
		v, sqlType, err := parseSortValue(d.row.types[column], values[i])
		if err != nil {
			return nil, err
		}
		placeholders[i] = a.add(v, sqlType)
	}
	return placeholders, nil
}

// CursorOf is the place of row in a list with the given order.
func (d *Descriptor) CursorOf(row any, orderName string) page.Cursor {
	columns := d.Orders[orderName].Columns
	values := make([]any, len(columns))
	for i, column := range columns {
		values[i] = d.Value(row, column)
	}
	return Cursor(orderName, values)
}

// Cursor is the place of the row with these sort values.
func Cursor(orderName string, values []any) page.Cursor {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = formatSortValue(v)
	}
	return page.NewCursor(orderName, texts)
}

func formatSortValue(v any) string {
	switch v := v.(type) {
	case uuid.UUID:
		return v.String()
	case time.Time:
		return v.UTC().Format(time.RFC3339Nano)
	case int:
		return strconv.Itoa(v)
	}
	return reflect.ValueOf(v).String()
}

func parseSortValue(t reflect.Type, text string) (v any, sqlType string, err error) {
	switch {
	case t == reflect.TypeFor[uuid.UUID]():
		v, err = uuid.Parse(text)
		sqlType = "uuid"
	case t == reflect.TypeFor[time.Time]():
		v, err = time.Parse(time.RFC3339Nano, text)
		sqlType = "timestamptz"
	case t.Kind() == reflect.Int:
		v, err = strconv.ParseInt(text, 10, 32) // what the type int of SQL holds
		sqlType = "int"
	case strings.ContainsRune(text, 0): // no text of PostgreSQL has one
		return nil, "", page.ErrCursor()
	default:
		v, sqlType = text, "text"
	}
	if err != nil {
		return nil, "", page.ErrCursor()
	}
	return v, sqlType, nil
}

// keyArray types the array of keys by its first element: ids or business keys.
func keyArray(keys []any) (any, string) {
	if _, ok := keys[0].(string); ok {
		texts := make([]string, len(keys))
		for i, k := range keys {
			texts[i] = k.(string)
		}
		return texts, "text[]"
	}
	ids := make([]uuid.UUID, len(keys))
	for i, k := range keys {
		ids[i] = k.(uuid.UUID)
	}
	return ids, "uuid[]"
}

func withColumn(columns []string, more ...string) []string {
	out := slices.Clone(columns)
	for _, c := range more {
		if !slices.Contains(out, c) {
			out = append(out, c)
		}
	}
	slices.Sort(out)
	return out
}

func scanRows[T any](ctx context.Context, s *Store, sel selection, a args) ([]*T, error) {
	rows, err := s.DB.Query(ctx, sel.sql(), a...)
	if err != nil {
		return nil, readError(sel.name, err)
	}
	var out []*T
	return out, readError(sel.name, pgxscan.ScanAll(&out, rows))
}

func scanKeyed[T any](ctx context.Context, s *Store, sel selection, a args, each func(key any, row *T)) error {
	return scanEach(ctx, s, sel.name, sel.sql(), a, func(r keyed[T]) { each(parentKey(r.ParentKey), &r.Row) })
}

// scanEach runs a statement and hands every row over as an R of its own.
func scanEach[R any](ctx context.Context, s *Store, name, sql string, a args, each func(R)) error {
	rows, err := s.DB.Query(ctx, sql, a...)
	if err != nil {
		return readError(name, err)
	}
	defer rows.Close()
	scanner := pgxscan.NewRowScanner(rows)
	for rows.Next() {
		var r R
		if err := scanner.Scan(&r); err != nil {
			return readError(name, err)
		}
		each(r)
	}
	return readError(name, rows.Err())
}

// parentKey gives a uuid that pgx returned as bytes its type back.
func parentKey(v any) any {
	if raw, ok := v.([16]byte); ok {
		return uuid.UUID(raw)
	}
	return v
}

// ByKey is the edge from a business key to the row that has it.
func ByKey(d *Descriptor) Relation { return Via("", d.Table, "t."+d.Key+" = k.key") }
