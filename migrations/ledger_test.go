package migrations_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/testdb"
)

// advance moves the ledger as the server does, and returns the new n or 0.
func advance(ctx context.Context, conn *pgx.Conn) (int64, error) {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return 0, err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	var n *int64
	batch := &pgx.Batch{}
	batch.Queue(`set local synchronous_commit = on`)
	batch.Queue(`select change_ledger_advance()`).QueryRow(func(row pgx.Row) error { return row.Scan(&n) })
	if err := tx.SendBatch(ctx, batch).Close(); err != nil {
		return 0, err
	}
	if err := tx.Commit(ctx); err != nil || n == nil {
		return 0, err
	}
	return *n, nil
}

func (d db) advance() int64 {
	d.t.Helper()
	n, err := advance(d.t.Context(), d.conn)
	require.NoError(d.t, err)
	return n
}

// batch is what a reader of batch n sees of one instance's statuses.
func (d db) batch(n int64) []string {
	d.t.Helper()
	return all[string](d, `select coalesce(new_status, 'gone') from change_batch($1)`, n)
}

func TestTheLedgerDeliversCommitsInBatches(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	assert.Zero(t, d.advance(), "nothing happened yet")
	id := d.id(`insert into workflow_instances (status) values ('CREATED') returning id`)
	n := d.advance()
	assert.Equal(t, []string{"CREATED"}, d.batch(n))
	assert.Zero(t, d.advance(), "and nothing since")

	// A change that got its number first and commits last belongs to the later batch.
	slow := d.another()
	slow.exec(`begin`)
	slow.exec(`insert into workflow_instances (status) values ('FAILED')`)
	d.exec(`update workflow_instances set status = 'RUNNING' where id = $1`, id)
	second := d.advance()
	slow.exec(`commit`)
	third := d.advance()
	assert.Equal(t, []string{"RUNNING"}, d.batch(second))
	assert.Equal(t, []string{"FAILED"}, d.batch(third))
	assert.Equal(t, []string{"RUNNING"}, d.batch(second), "a batch never changes")
	assert.Equal(t, int64(1), one[int64](d, `select cnt from change_ledger where n = $1`, third))
}

func TestTheLedgerInsistsOnItsOwnTransaction(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	d.exec(`begin isolation level repeatable read`)
	assert.Equal(t, "25000", d.fails(`select change_ledger_advance()`).Code)
	d.exec(`rollback`)
	d.exec(`begin`)
	d.exec(`insert into event_sequences (name) values ('x')`)
	assert.Equal(t, "25000", d.fails(`select change_ledger_advance()`).Code)
	d.exec(`rollback`)
	// Somebody else is at it: not an error, the other one does the work.
	d.exec(`insert into event_sequences (name) values ('x')`)
	other := d.another()
	other.exec(`begin`)
	other.exec(`select pg_advisory_xact_lock(hashtext('aos'), hashtext('change_ledger_advance'))`)
	assert.Zero(t, d.advance())
	other.exec(`rollback`)
	assert.NotZero(t, d.advance())
}

func TestACopyOfADatabaseStartsAnotherGeneration(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	d.exec(`insert into workflow_instances (status) values ('CREATED')`)
	first := d.advance()
	// What a dump from another cluster looks like: its generation, and transaction ids from its future.
	d.exec(`update change_ledger set generation = gen_random_uuid()`)
	d.exec(`update change_log set xid = '999999999999'`)
	second := d.advance()
	assert.Equal(t, first+1, second)
	assert.Empty(t, d.batch(second))
	assert.NotEqual(t, one[[16]byte](d, `select generation from change_ledger where n = $1`, first), one[[16]byte](d, `select generation from change_ledger where n = $1`, second))
	assert.Zero(t, d.advance(), "changes of the other cluster are not delivered again")
	d.exec(`insert into workflow_instances (status) values ('RUNNING')`)
	assert.Equal(t, []string{"RUNNING"}, d.batch(d.advance()))
}

func TestTheLedgerForgetsOldEntries(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	for range 5 {
		d.exec(`insert into event_sequences (name) values ('x')`)
		d.advance()
	}
	assert.Equal(t, 0, one[int](d, `select change_ledger_prune(now() - interval '1 hour')`))
	assert.Equal(t, 2, one[int](d, `select change_ledger_prune(now() + interval '1 hour', 2)`))
	assert.Equal(t, 2, one[int](d, `select change_ledger_prune(now() + interval '1 hour')`), "the head stays")
	d.exec(`insert into event_sequences (name) values ('x')`)
	assert.Equal(t, int64(6), d.advance())
}

// Writers overlap, take their transaction id before their row locks, roll back and use savepoints, while two advancers race.
// Whoever then reads all batches has every committed change once, those of one instance in the order of its commits.
func TestNoCommittedChangeIsLostRepeatedOrDisordered(t *testing.T) {
	t.Parallel()
	const writers, rounds, instances = 6, 25, 5
	url := testdb.URL(t)
	d := connect(t, url)
	var ids []uuid.UUID
	for range instances {
		ids = append(ids, d.id(`insert into workflow_instances (input) values ('{"n":0}') returning id`))
	}
	var advancers, done sync.WaitGroup
	var over atomic.Bool // advancers finish their step: a canceled one would hold the lock until the server notices
	for range 2 {
		conn := connect(t, url).conn
		advancers.Go(func() {
			for !over.Load() {
				if _, err := advance(t.Context(), conn); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for writer := range writers {
		conn := connect(t, url).conn
		random := rand.New(rand.NewPCG(uint64(writer), 1))
		done.Go(func() {
			for range rounds {
				if err := write(t.Context(), conn, ids[random.IntN(instances)], random); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	done.Wait()
	over.Store(true)
	advancers.Wait()
	d.advance()

	// The order of commits of a row is the order of its revisions.
	head := one[int64](d, `select max(n) from change_ledger`)
	seen := map[string]bool{}
	last := map[[16]byte]int{}
	for n := int64(1); n <= head; n++ {
		rows, err := d.conn.Query(t.Context(), `select entity_id, revision from change_batch($1)`, n)
		require.NoError(t, err)
		var id [16]byte
		var revision int
		count := int64(0)
		_, err = pgx.ForEachRow(rows, []any{&id, &revision}, func() error {
			key := fmt.Sprint(id, revision)
			assert.False(t, seen[key], "delivered twice")
			assert.Greater(t, revision, last[id], "out of order")
			seen[key], last[id] = true, revision
			count++
			return nil
		})
		require.NoError(t, err)
		assert.Equal(t, count, one[int64](d, `select cnt from change_ledger where n = $1`, n))
	}
	assert.Equal(t, one[int64](d, `select count(*) from change_log`), int64(len(seen)))
	for _, id := range ids {
		assert.Equal(t, one[int](d, `select revision from workflow_instances where id = $1`, id), last[id], "the last state was delivered")
	}
}

func write(ctx context.Context, conn *pgx.Conn, id uuid.UUID, random *rand.Rand) error {
	tx, err := conn.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	steps := []string{}
	if random.IntN(3) == 0 {
		steps = append(steps, `select pg_current_xact_id()`)
	}
	if random.IntN(4) == 0 {
		steps = append(steps, `savepoint s`, `insert into workflow_instances (status) values ('FAILED')`, `rollback to s`)
	}
	steps = append(steps, fmt.Sprintf(`update workflow_instances set current_step_id = '%d' where id = '%s'`, random.Uint64(), id),
		fmt.Sprintf(`select pg_sleep(%f)`, random.Float64()/200))
	for _, sql := range steps {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if random.IntN(10) == 0 {
		return nil // rolled back
	}
	return tx.Commit(ctx)
}

// A transaction that stays open for long, anywhere in the cluster, must not make
// everybody read what came after its beginning again and again.
func TestTheTailReadsLittleBehindALongTransaction(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	old := d.another()
	old.exec(`begin`)
	old.exec(`insert into workflow_instances (status) values ('CREATED')`)
	d.exec(`insert into change_log (what, kind, entity_id) select 2, 2, gen_random_uuid() from generate_series(1, 300000)`)
	d.exec(`analyze change_log`)
	require.NotZero(t, d.advance())
	d.exec(`insert into workflow_instances (status) values ('FAILED')`)
	n := d.advance()
	assert.Equal(t, []string{"FAILED"}, d.batch(n))
	for _, read := range []string{fmt.Sprintf("select * from change_batch(%d)", n), "select change_ledger_advance()"} {
		var plan []struct {
			Plan struct {
				Hit  int `json:"Shared Hit Blocks"`
				Read int `json:"Shared Read Blocks"`
			}
		}
		require.NoError(t, d.conn.QueryRow(t.Context(), "explain (analyze, buffers, format json) "+read).Scan(&plan))
		assert.Less(t, plan[0].Plan.Hit+plan[0].Plan.Read, 200, "pages for %s; the log has thousands", read)
	}
	old.exec(`commit`)
	assert.Equal(t, []string{"CREATED"}, d.batch(d.advance()), "what was open so long comes when it commits")
}

// Readers, whatever they hold, are never in the way of writers.
func TestWritersNeverWaitForReadersOfTheLog(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	id := d.id(`insert into workflow_instances (status) values ('CREATED') returning id`)
	d.advance()
	turn := d.another()
	turn.exec(`begin`)
	turn.exec(`select pg_advisory_xact_lock(hashtext('aos'), hashtext('change_ledger_advance'))`) // somebody is at the ledger and stays there
	turn.exec(`select change_ledger_advance()`)
	reader := d.another()
	reader.exec(`begin isolation level repeatable read`)
	reader.exec(`select count(*) from change_log, change_ledger, workflow_instances`)
	d.exec(`set lock_timeout = '100ms'`)
	d.exec(`update workflow_instances set status = 'RUNNING' where id = $1`, id)
	d.exec(`delete from workflow_instances where id = $1`, id)
	reader.exec(`commit`)
	turn.exec(`commit`)
	assert.Equal(t, []string{"RUNNING", "gone"}, d.batch(d.advance()))
}
