package live

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

func number(text string) (uint64, bool) {
	n, err := strconv.ParseUint(text, 10, 64)
	return n, err == nil
}

// log is this package's SQL.
type log struct{ db *pgxpool.Pool }

// advance lets the ledger take in what was committed since its last entry; when
// another process is at it, that one does. The commit is made durable, so that
// nothing a crash can undo is ever shown.
func (l log) advance(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, l.db, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "/* live.durable */ set local synchronous_commit to on"); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, "/* live.advance */ select change_ledger_advance()")
		return err
	})
	if err != nil {
		return fmt.Errorf("advancing the ledger: %w", err)
	}
	return nil
}

// entry is a line of the ledger without its rows.
type entry struct {
	N          int64
	Timeline   string
	Generation string
}

// head is the newest entry; N is 0 while the ledger is empty.
func (l log) head(ctx context.Context) (entry, error) {
	return l.one(ctx, "/* live.head */ select n, timeline, generation::text from change_ledger order by n desc limit 1")
}

// at is the entry with number n; N is 0 when it is not kept.
func (l log) at(ctx context.Context, n int64) (entry, error) {
	return l.one(ctx, "/* live.at */ select n, timeline, generation::text from change_ledger where n = $1", n)
}

// oldest is the first entry that is kept.
func (l log) oldest(ctx context.Context) (entry, error) {
	return l.one(ctx, "/* live.oldest */ select n, timeline, generation::text from change_ledger order by n limit 1")
}

func (l log) one(ctx context.Context, sql string, args ...any) (entry, error) {
	rows, err := l.db.Query(ctx, sql, args...)
	if err != nil {
		return entry{}, fmt.Errorf("reading the ledger: %w", err)
	}
	found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[entry])
	if err != nil || len(found) == 0 {
		return entry{}, wrap("reading the ledger", err)
	}
	return found[0], nil
}

// batches reads the entries after n, at most limit of them, with their rows.
func (l log) batches(ctx context.Context, n int64, limit int) ([]Batch, error) {
	rows, err := l.db.Query(ctx, `/* live.batches */
select e.n, e.timeline, e.generation::text, c.kind, c.what, c.entity_id, c.workflow_instance_id, c.definition_id,
  c.old_status, c.new_status, c.actor, c.reason, c.at, c.xid::text
from (select n, timeline, generation from change_ledger where n > $1 order by n limit $2) e
left join lateral change_batch(e.n) c on true
order by e.n, c.seq`, n, limit)
	if err != nil {
		return nil, fmt.Errorf("reading batches: %w", err)
	}
	defer rows.Close()
	var out []Batch
	for rows.Next() {
		var b Batch
		var c Change
		var kind, what *int
		var xid *string
		var at *time.Time
		if err := rows.Scan(&b.N, &b.Timeline, &b.Generation, &kind, &what, &c.EntityID, &c.WorkflowInstanceID, &c.DefinitionID,
			&c.OldStatus, &c.NewStatus, &c.Actor, &c.Reason, &at, &xid); err != nil {
			return nil, fmt.Errorf("reading batches: %w", err)
		}
		if len(out) == 0 || out[len(out)-1].N != b.N {
			out = append(out, b)
		}
		if kind == nil {
			continue // a batch without rows
		}
		c.Kind, c.What, c.At = *kind, *what, *at
		c.XID, _ = number(*xid)
		last := &out[len(out)-1]
		last.Changes = append(last.Changes, c)
	}
	return out, wrap("reading batches", rows.Err())
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
