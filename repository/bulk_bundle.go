package repository

import (
	"context"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// Bundles of bulk operations are files in pieces, kept until they were imported
// or for a day.

// SaveBundlePart keeps a piece of a file, counted from 1.
func (tx *Tx) SaveBundlePart(ctx context.Context, operation uuid.UUID, file string, part int, content []byte) error {
	_, err := tx.Exec(ctx, "bulk_operation_bundles.save",
		"insert into bulk_operation_bundles (bulk_operation_id, name, part, content) values ($1, $2, $3, $4)", operation, file, part, content)
	return err
}

// ForgetBundle removes the files of an operation.
func (tx *Tx) ForgetBundle(ctx context.Context, operation uuid.UUID) error {
	_, err := tx.Exec(ctx, "bulk_operation_bundles.forget", "delete from bulk_operation_bundles where bulk_operation_id = $1", operation)
	return err
}

// BundlePart is a piece of a file, nil when there is none.
func (s *Store) BundlePart(ctx context.Context, operation uuid.UUID, file string, part int) ([]byte, error) {
	const name = "bulk_operation_bundles.part"
	rows, err := s.DB.Query(ctx, "/* "+name+" */ select content from bulk_operation_bundles where bulk_operation_id = $1 and name = $2 and part = $3", operation, file, part)
	if err != nil {
		return nil, readError(name, err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil || len(found) == 0 {
		return nil, readError(name, err)
	}
	return found[0], nil
}

// RefuseRows notes rows of a bundle that were not stored, and why.
func (tx *Tx) RefuseRows(ctx context.Context, operation uuid.UUID, codes, messages []string) error {
	_, err := tx.Exec(ctx, "bulk_operation_items.refuse", `insert into bulk_operation_items (bulk_operation_id, place, status, code, message)
select $1, n.place, 'FAILED', n.code, n.message from unnest($2::text[], $3::text[]) with ordinality as n(code, message, place)`, operation, codes, messages)
	return err
}

// CountRows says how far an operation is; false when it no longer runs.
func (tx *Tx) CountRows(ctx context.Context, operation uuid.UUID, done, total int) (running bool, err error) {
	n, err := tx.Exec(ctx, "bulk_operations.count_rows",
		"update bulk_operations set total = greatest(total, $3::int), done = $2::int where id = $1 and status = 'RUNNING'", operation, done, max(done, total))
	return n == 1, err
}

// FinishOperation ends an operation that did all it has to; false when it no
// longer runs.
func (tx *Tx) FinishOperation(ctx context.Context, operation uuid.UUID, done, failed int) (running bool, err error) {
	n, err := tx.Exec(ctx, "bulk_operations.finish", `update bulk_operations set status = 'COMPLETED', completed_at = now(), total = $2::int + $3::int, done = $2::int, failed = $3::int
where id = $1 and status = 'RUNNING'`, operation, done, failed)
	return n == 1, err
}

// LockOperation keeps other processes from working on an operation as long as
// this transaction lasts; false when one does.
func (tx *Tx) LockOperation(ctx context.Context, operation uuid.UUID) (alone bool, err error) {
	const name = "bulk_operations.lock_work"
	return queryOne[bool](ctx, tx.Store, name, "/* "+name+" */ select pg_try_advisory_xact_lock(hashtextextended('bulk ' || $1::text, 0))", args{operation.String()})
}
