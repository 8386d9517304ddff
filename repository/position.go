package repository

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/page"
	"github.com/jackc/pgx/v5"
)

// Position is where the change feed stands for what this store reads: the head
// of the ledger and the snapshot of the transaction. It is exact only inside
// the REPEATABLE READ transaction that the rest of the query runs in.
func (s *Store) Position(ctx context.Context) (*page.Cursor, error) {
	place, err := s.place(ctx)
	cursor := place.Cursor()
	return &cursor, err
}

func (s *Store) place(ctx context.Context) (page.Position, error) {
	const name = "change_ledger.position"
	const sql = `/* change_ledger.position */
select coalesce(h.timeline, '') as timeline, coalesce(h.n, 0) as n, pg_current_snapshot()::text as snapshot
from (select 1) one left join (select timeline, n from change_ledger order by n desc limit 1) h on true`
	rows, err := s.DB.Query(ctx, sql)
	if err != nil {
		return page.Position{}, readError(name, err)
	}
	place, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (p page.Position, err error) {
		return p, row.Scan(&p.Timeline, &p.N, &p.Snapshot)
	})
	return place, readError(name, err)
}

// InSnapshot runs work with a store that reads everything as of one moment, and
// tells where in the change feed that moment is.
func (s *Store) InSnapshot(ctx context.Context, db Beginner, work func(*Store, page.Position) error) error {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }() // it wrote nothing
	at := s.On(tx)
	place, err := at.place(ctx)
	if err != nil {
		return err
	}
	return work(at, place)
}
