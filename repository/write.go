package repository

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// Values are the columns a write sets. A JSON document is scalar.JSON and is
// checked against the schema of its column.
type Values map[string]any

// NewID mints a version 7 UUID and the creation time it carries; the two belong
// together in every table, and partitions insist on it.
func NewID(now time.Time) (uuid.UUID, time.Time) {
	id := uuid.Must(uuid.NewV7())
	at := now.UTC().Truncate(time.Millisecond)
	floor := FloorID(at)
	copy(id[:6], floor[:6])
	return id, at
}

// FloorID is the smallest version 7 UUID of the millisecond t falls in: the
// bound that lets a time range prune partitions. Nothing is older than 1970.
func FloorID(t time.Time) uuid.UUID {
	var id uuid.UUID
	ms := max(0, t.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	id[6], id[8] = 0x70, 0x80
	return id
}

// Insert writes a new row and returns it whole. Without id and created_at in
// row it mints them.
func Insert[T any](ctx context.Context, tx *Tx, e Entity[T], row Values) (*T, error) {
	row = maps.Clone(row)
	if row["id"] == nil {
		row["id"], row["created_at"] = NewID(tx.Now())
	}
	if err := checkDocuments(e.Table, row); err != nil {
		return nil, err
	}
	columns := slices.Sorted(maps.Keys(row))
	var a args
	placeholders := make([]string, len(columns))
	for i, c := range columns {
		placeholders[i] = a.addPlain(row[c])
	}
	name := e.Table + ".insert"
	sql := "/* " + name + " */ insert into " + e.Table + " as t (" + strings.Join(columns, ", ") + ") values (" +
		strings.Join(placeholders, ", ") + ") returning " + selection{columns: e.Columns()}.list()
	written, err := writeOne[T](ctx, tx, name, sql, a)
	return written, tooLong(err, row)
}

// Update changes columns of the row with this id and returns it whole. A row
// that is not there is a NotFound fault; one whose revision is no longer
// expected (when that is not nil) a Conflict that carries the current revision.
func Update[T any](ctx context.Context, tx *Tx, e Entity[T], id uuid.UUID, expected *int, set Values) (*T, error) {
	if err := checkDocuments(e.Table, set); err != nil {
		return nil, err
	}
	var a args
	assignments := []string{}
	for _, c := range slices.Sorted(maps.Keys(set)) {
		assignments = append(assignments, c+" = "+a.addPlain(set[c]))
	}
	name := e.Table + ".update"
	sql := "/* " + name + " */ update " + e.Table + " t set " + strings.Join(assignments, ", ") + " where t.id = " + a.add(id, "uuid")
	if expected != nil {
		sql += " and t.revision = " + a.add(*expected, "int")
	}
	row, err := writeOne[T](ctx, tx, name, sql+" returning "+selection{columns: e.Columns()}.list(), a)
	if err == nil && row == nil {
		return nil, lost(ctx, tx, e, id)
	}
	return row, tooLong(err, set)
}

// Lock reads a row whole and keeps other writers out until the transaction
// ends; a NotFound fault when there is none, a Conflict when its revision is
// not the expected one.
func Lock[T any](ctx context.Context, tx *Tx, e Entity[T], id uuid.UUID, expected *int) (*T, error) {
	var a args
	name := e.Table + ".lock"
	sql := "/* " + name + " */ select " + selection{columns: e.Columns()}.list() + " from " + e.Table + " t where t.id = " + a.add(id, "uuid") + " for no key update"
	row, err := writeOne[T](ctx, tx, name, sql, a)
	if err != nil {
		return nil, err
	}
	if row == nil {
		return nil, notFound(e.Descriptor, id)
	}
	if current := e.Value(row, "revision"); expected != nil && current != *expected {
		return nil, conflict(current)
	}
	return row, nil
}

// Delete removes the row with this id.
func Delete[T any](ctx context.Context, tx *Tx, e Entity[T], id uuid.UUID) error {
	n, err := tx.Exec(ctx, e.Table+".delete", "delete from "+e.Table+" where id = $1", id)
	if err == nil && n == 0 {
		return notFound(e.Descriptor, id)
	}
	return err
}

// lost tells a writer that matched no row whether it was late or wrong.
func lost[T any](ctx context.Context, tx *Tx, e Entity[T], id uuid.UUID) error {
	found, err := ByKeys(ctx, tx.Store, e, Relation{}, []string{"revision"}, []any{id})
	if err != nil {
		return err
	}
	if row := found[id]; row != nil {
		return conflict(e.Value(row, "revision"))
	}
	return notFound(e.Descriptor, id)
}

func notFound(d *Descriptor, id uuid.UUID) error {
	return fault.Errorf(fault.NotFound, "there is no %s with this id", d.Name).At("/id").With("uuid", id.String())
}

func conflict(current any) error {
	return fault.Errorf(fault.Conflict, "somebody changed this row since it was read").At("/expectedRevision").
		Hint("read it again and repeat the change on revision %v", current).With("currentRevision", current)
}

// checkDocuments holds every JSON document against the schema of its column.
func checkDocuments(table string, row Values) error {
	var all fault.List
	for _, column := range slices.Sorted(maps.Keys(row)) {
		doc, ok := row[column].(scalar.JSON)
		if !ok || doc == nil {
			continue
		}
		for _, v := range jsonschema.Validate(table, column, doc) {
			all = append(all, fault.Errorf(fault.Validation, "%s", v.Message).At("/"+column+v.Path).With("keyword", v.Keyword))
		}
	}
	return all.OrNil()
}

func writeOne[T any](ctx context.Context, tx *Tx, name, sql string, a args) (*T, error) {
	rows, err := tx.DB.Query(ctx, sql, a...)
	if err != nil {
		return nil, writeError(name, err)
	}
	var out []*T
	if err := pgxscan.ScanAll(&out, rows); err != nil {
		return nil, writeError(name, err)
	}
	if len(out) == 0 {
		return nil, nil
	}
	return out[0], nil
}
