package live

import (
	"cmp"
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

const (
	begin   = "begin isolation level read committed"
	durable = "/* live.durable */ set local synchronous_commit to on"
	advance = "/* live.advance */ select change_ledger_advance()"
	turn    = "/* live.turn */ select pg_advisory_xact_lock(hashtext('aos'), hashtext('change_ledger_advance'))"
)

// advance lets the ledger take in what was committed since its last entry; when
// another process is at it, that one does. The commit is made durable, so that
// nothing a crash can undo is ever shown.
func (l log) advance(ctx context.Context) error {
	return wrap("advancing the ledger", l.inOneGo(ctx, durable, advance))
}

// advanceAll is advance for those who must see everything that was committed
// before: it waits for whoever is at it.
func (l log) advanceAll(ctx context.Context) error {
	return wrap("advancing the ledger", l.inOneGo(ctx, durable, turn, advance))
}

// inOneGo sends a transaction as one pipeline. Between its statements the
// database waits for nobody, so a process that stops in the middle never keeps
// its turn at the ledger while others wait.
func (l log) inOneGo(ctx context.Context, statements ...string) error {
	pipeline := &pgx.Batch{}
	pipeline.Queue(begin)
	for _, statement := range statements {
		pipeline.Queue(statement)
	}
	pipeline.Queue("commit")
	return l.db.SendBatch(ctx, pipeline).Close()
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

// entries are those from $1 to $2, with the rows of all but the first and the
// large ones. The rows of the oldest entry are left out when the one before it is
// not kept any more: they would be all of the log's.
const entries = `/* live.entries */
select e.n, e.timeline, e.generation::text, e.cnt, e.wanted, c.kind, c.what, c.entity_id, c.workflow_instance_id, c.definition_id,
  c.old_status, c.new_status, c.actor, c.reason, c.at, c.xid::text
from (select n, timeline, generation, cnt, n > $1 and (n = 1 or lag(n) over (order by n) is not null) as wanted
  from change_ledger where n >= $1 and n <= $2) e
left join lateral change_batch(case when e.wanted and e.cnt <= $3 then e.n end) c on true
order by e.n, c.seq`

// from are the entry with number n, if it is kept, and the batches after it.
func (l log) from(ctx context.Context, n, last int64) (at entry, batches []*Batch, err error) {
	rows, err := l.db.Query(ctx, entries, n, last, partRows)
	if err != nil {
		return entry{}, nil, fmt.Errorf("reading batches: %w", err)
	}
	return collect(rows, n)
}

// tail lets the ledger advance and reads what is new after n, and the entry n
// itself, in one round trip. The commands of the transaction are statements of
// the same pipeline, which a transaction pooler keeps on one connection.
func (l log) tail(ctx context.Context, n int64, limit int64) (at entry, batches []*Batch, err error) {
	pipeline := &pgx.Batch{}
	pipeline.Queue(begin)
	pipeline.Queue(durable)
	pipeline.Queue(advance)
	pipeline.Queue("commit")
	pipeline.Queue(entries, n, n+limit, partRows)
	results := l.db.SendBatch(ctx, pipeline)
	defer func() { err = cmp.Or(err, wrap("tailing the log", results.Close())) }()
	for range 4 {
		if _, err := results.Exec(); err != nil {
			return entry{}, nil, fmt.Errorf("advancing the ledger: %w", err)
		}
	}
	rows, err := results.Query()
	if err != nil {
		return entry{}, nil, fmt.Errorf("reading batches: %w", err)
	}
	return collect(rows, n)
}

// collect reads the rows of entries: the first entry apart from the batches.
func collect(rows pgx.Rows, first int64) (at entry, batches []*Batch, err error) {
	defer rows.Close()
	counts := map[int64]int{}
	for rows.Next() {
		var b Batch
		var count int
		var wanted bool
		var c Change
		var kind, what *int
		var xid *string
		var when *time.Time
		if err := rows.Scan(&b.N, &b.Timeline, &b.Generation, &count, &wanted, &kind, &what, &c.EntityID, &c.WorkflowInstanceID, &c.DefinitionID,
			&c.OldStatus, &c.NewStatus, &c.Actor, &c.Reason, &when, &xid); err != nil {
			return entry{}, nil, fmt.Errorf("reading batches: %w", err)
		}
		if b.N == first {
			at = b.entry()
			continue
		}
		if len(batches) == 0 || batches[len(batches)-1].N != b.N {
			batches = append(batches, &b)
			counts[b.N] = count
			if wanted && count > partRows {
				b.Large = count
			}
		}
		if kind == nil {
			continue // a batch without rows
		}
		c.Kind, c.What, c.At = *kind, *what, *when
		c.XID, _ = number(*xid)
		last := batches[len(batches)-1]
		last.Changes = append(last.Changes, c)
	}
	for _, b := range batches {
		b.Lost = b.Large == 0 && len(b.Changes) != counts[b.N]
	}
	return at, batches, wrap("reading batches", rows.Err())
}

// rowsOf are rows of batch $1, those after $2, at most $3.
const rowsOf = `/* live.rows */
select kind, what, entity_id, workflow_instance_id, definition_id, old_status, new_status, actor, reason, at, xid::text
from change_batch($1) order by seq offset $2 limit $3`

// parts reads a large batch from a row on, at most so many rows, and hands its
// parts to each as they come.
func (l log) parts(ctx context.Context, large *Batch, from, most int, each func(*Batch) error) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	rows, err := l.db.Query(ctx, rowsOf, large.N, from, most)
	if err != nil {
		return fmt.Errorf("reading a large batch: %w", err)
	}
	defer rows.Close()
	b := large.part(from)
	for rows.Next() {
		if len(b.Changes) == partRows {
			b.More = true
			if err := each(b); err != nil {
				cancel() // or Close would read the rest
				return err
			}
			b = large.part(b.end())
		}
		var c Change
		var xid string
		if err := rows.Scan(&c.Kind, &c.What, &c.EntityID, &c.WorkflowInstanceID, &c.DefinitionID,
			&c.OldStatus, &c.NewStatus, &c.Actor, &c.Reason, &c.At, &xid); err != nil {
			return fmt.Errorf("reading a large batch: %w", err)
		}
		c.XID, _ = number(xid)
		b.Changes = append(b.Changes, c)
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("reading a large batch: %w", err)
	}
	b.More = b.end() < large.Large
	b.Lost = b.More && b.end() < from+most
	return each(b)
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}
