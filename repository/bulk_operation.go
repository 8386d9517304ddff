package repository

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// BulkOperations are changes made to many rows in the background.
var BulkOperations = Define[model.BulkOperation](Descriptor{
	Name:   "BulkOperation",
	Table:  "bulk_operations",
	Where:  model.BulkOperationWhere{},
	Orders: Orders{"CREATED_AT_DESC": Desc()},
	Computed: Computed{
		"allowedActions": {"status"},
		"nextStatuses":   {"status"},
		"rate":           {"done", "failed", "started_at", "completed_at", "updated_at"},
		"failures":       {"id"},
		"download":       {"kind", "status", "failed", "completed_at"},
	},
})

// BulkOperationFailures are the rows an operation could not change, in the order
// it took them.
var BulkOperationFailures = Define[model.BulkOperationFailure](Descriptor{
	Name:   "BulkOperationFailure",
	Table:  "bulk_operation_items",
	Orders: Orders{"PLACE": {Columns: []string{"place"}}},
	Computed: Computed{
		"allowedActions": {"status"},
		"id":             {"id", "prefix"},
		"object":         {"id", "prefix"},
	},
})

// FailuresOfOperation is the edge from an operation to them.
var FailuresOfOperation = Many("bulk_operation_items", "bulk_operation_id").and("t.status = 'FAILED'")

// Selection is which rows of an entity an operation takes: those of a list that
// stand at one of the statuses its verb begins at.
type Selection struct {
	Entity   *Descriptor
	Where    any      // pointer to the entity's Where struct
	Statuses []string // nil = whatever
}

// rows is the statement of the selected rows, oldest first.
func (s *Store) rows(sel Selection, columns string, a *args) (string, error) {
	cond, err := compiler{args: a, now: s.Now()}.compile(sel.Entity, sel.Where)
	if err != nil {
		return "", err
	}
	terms := cond.parts()
	if sel.Statuses != nil {
		terms = append(terms, "t.status = any("+a.add(sel.Statuses, "text[]")+")")
	}
	return "select " + columns + " from " + sel.Entity.Table + " t" + whereClause(terms), nil
}

// CountSelection counts the selected rows, all of them: who is about to change
// them wants to know.
func (s *Store) CountSelection(ctx context.Context, sel Selection) (int, error) {
	var a args
	name := sel.Entity.Table + ".count_selection"
	rows, err := s.rows(sel, "count(*)", &a)
	if err != nil {
		return 0, err
	}
	return queryOne[int](ctx, s, name, "/* "+name+" */ "+rows, a)
}

// SampleSelection are the ids of the oldest selected rows.
func (s *Store) SampleSelection(ctx context.Context, sel Selection, size int) ([]uuid.UUID, error) {
	var a args
	name := sel.Entity.Table + ".sample_selection"
	statement, err := s.rows(sel, "t.id", &a)
	if err != nil {
		return nil, err
	}
	rows, err := s.DB.Query(ctx, fmt.Sprintf("/* %s */ %s order by t.id limit %d", name, statement, size), a...)
	if err != nil {
		return nil, readError(name, err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	return ids, readError(name, err)
}

// FreezeSelection writes the selected rows down as the items of an operation
// and says how many they are.
func (tx *Tx) FreezeSelection(ctx context.Context, operation uuid.UUID, sel Selection) (int, error) {
	a := args{}
	of, prefix := a.add(operation, "uuid"), a.add(sel.Entity.Prefix(), "text")
	rows, err := tx.rows(sel, of+", row_number() over (order by t.id), t.id, "+prefix, &a)
	if err != nil {
		return 0, err
	}
	n, err := tx.Exec(ctx, "bulk_operation_items.freeze", "insert into bulk_operation_items (bulk_operation_id, place, id, prefix) "+rows, a...)
	return int(n), err
}

// BulkItem is a row that an operation is about to change.
type BulkItem struct {
	Place int
	ID    uuid.UUID
}

// TakeItem marks the next item after a place as done and hands it out; nil when
// there is none. Items that others are at work on are passed over.
func (tx *Tx) TakeItem(ctx context.Context, operation uuid.UUID, after int) (*BulkItem, error) {
	const name = "bulk_operation_items.take"
	// Materialized: as a plain sub-select it may run once per row of the outer scan, and take one each time.
	rows, err := tx.DB.Query(ctx, `/* bulk_operation_items.take */ with n as materialized (
  select place from bulk_operation_items where bulk_operation_id = $1 and status = 'PENDING' and place > $2 order by place limit 1 for update skip locked)
update bulk_operation_items i set status = 'DONE' from n where i.bulk_operation_id = $1 and i.place = n.place returning i.place, i.id`, operation, after)
	if err != nil {
		return nil, writeError(name, err)
	}
	items, err := pgx.CollectRows(rows, pgx.RowToAddrOfStructByPos[BulkItem])
	if err != nil || len(items) == 0 {
		return nil, writeError(name, err)
	}
	return items[0], nil
}

// FailItem notes why an item could not be changed.
func (tx *Tx) FailItem(ctx context.Context, operation uuid.UUID, place int, code, message string) error {
	_, err := tx.Exec(ctx, "bulk_operation_items.fail",
		"update bulk_operation_items set status = 'FAILED', code = $3, message = $4 where bulk_operation_id = $1 and place = $2", operation, place, code, message)
	return err
}

// CountItem adds an item to the progress of its operation; false when the
// operation no longer runs, and so the item must not be changed.
func (tx *Tx) CountItem(ctx context.Context, operation uuid.UUID, ok bool) (running bool, err error) {
	n, err := tx.Exec(ctx, "bulk_operations.progress",
		"update bulk_operations set done = done + $2::boolean::int, failed = failed + (not $2::boolean)::int where id = $1 and status = 'RUNNING'", operation, ok)
	return n == 1, err
}

// CompleteOperation ends an operation that has no item left.
func (tx *Tx) CompleteOperation(ctx context.Context, operation uuid.UUID) error {
	_, err := tx.Exec(ctx, "bulk_operations.complete", `update bulk_operations set status = 'COMPLETED', completed_at = now()
where id = $1 and status = 'RUNNING' and not exists (select from bulk_operation_items where bulk_operation_id = $1 and status = 'PENDING')`, operation)
	return err
}

// CurrentSchema is where our tables are.
func (s *Store) CurrentSchema(ctx context.Context) (string, error) {
	const name = "current_schema"
	return queryOne[string](ctx, s, name, "/* "+name+" */ select current_schema()::text", nil)
}
