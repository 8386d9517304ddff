package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/page"
	"github.com/jackc/pgx/v5"
)

// Position is where the change feed stands for what this store reads: the head
// of the ledger and the snapshot of the transaction. It is exact only inside
// the REPEATABLE READ transaction that the rest of the query runs in.
func (s *Store) Position(ctx context.Context) (*page.Cursor, error) {
	const name = "change_ledger.position"
	const sql = `/* change_ledger.position */
select coalesce(h.timeline, '') as timeline, coalesce(h.n, 0) as n, pg_current_snapshot()::text as snapshot
from (select 1) one left join (select timeline, n from change_ledger order by n desc limit 1) h on true`
	rows, err := s.DB.Query(ctx, sql)
	if err != nil {
		return nil, readError(name, err)
	}
	p, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (p page.Position, err error) {
		return p, row.Scan(&p.Timeline, &p.N, &p.Snapshot)
	})
	cursor := p.Cursor()
	return &cursor, readError(name, err)
}
