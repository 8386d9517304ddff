package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// counting counts statements by their name.
type counting struct {
	mu    sync.Mutex
	named map[string]int
}

func (c *counting) TraceQueryStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceQueryStartData) context.Context {
	c.count("", d.SQL)
	return ctx
}
func (c *counting) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}
func (c *counting) TraceBatchStart(ctx context.Context, _ *pgx.Conn, d pgx.TraceBatchStartData) context.Context {
	for _, q := range d.Batch.QueuedQueries {
		c.count("pipelined ", q.SQL)
	}
	return ctx
}
func (c *counting) TraceBatchQuery(context.Context, *pgx.Conn, pgx.TraceBatchQueryData) {}
func (c *counting) TraceBatchEnd(context.Context, *pgx.Conn, pgx.TraceBatchEndData)     {}

func (c *counting) count(how, sql string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, _, _ := strings.Cut(strings.TrimPrefix(sql, "/* "), " */")
	c.named[how+name]++
}

func (c *counting) of(name string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.named[name]
}

// counted is a feed of its own over db, as another process has.
func counted(t *testing.T, db *pgxpool.Pool, change func(*pgxpool.Config)) (*live.Feed, *counting) {
	config := db.Config().Copy()
	count := &counting{named: map[string]int{}}
	config.ConnConfig.Tracer = count
	if change != nil {
		change(config)
	}
	pool, err := pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	feed := live.New(pool, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done; pool.Close() })
	return feed, count
}

// flip makes n commits of one change each, and has each cut into a batch.
func flip(t *testing.T, db *pgxpool.Pool, n int) {
	t.Helper()
	for range n {
		_, err := db.Exec(t.Context(), `update workflow_instances set status = case status when 'RUNNING' then 'WAITING_FOR_EVENT' else 'RUNNING' end where instance_id = 'i1'`)
		require.NoError(t, err)
		cut(t, db)
	}
}

// cut has the ledger take in everything, by whomever.
func cut(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	for all := false; !all; {
		_, err := db.Exec(t.Context(), "select change_ledger_advance()")
		require.NoError(t, err)
		require.NoError(t, db.QueryRow(t.Context(), "select (select sum(cnt) from change_ledger) >= (select count(*) from change_log)").Scan(&all))
	}
}

func headOf(t *testing.T, db *pgxpool.Pool) page.Position {
	t.Helper()
	var p page.Position
	require.NoError(t, db.QueryRow(t.Context(), "select timeline, n from change_ledger order by n desc limit 1").Scan(&p.Timeline, &p.N))
	return p
}

// receive subscribes and answers the events up to the one that is the last.
func receive(t *testing.T, feed *live.Feed, after *page.Position, last func(live.Event) bool) []live.Event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var got []live.Event
	err := feed.Subscribe(ctx, live.Filter{}, after, time.Second, func(e live.Event) bool {
		got = append(got, e)
		return !last(e)
	})
	require.NoError(t, err)
	require.NoError(t, ctx.Err())
	return got
}

func caughtUp(e live.Event) bool { return e.CaughtUp }

func changes(events []live.Event) (n int) {
	for _, e := range events {
		n += len(e.Changes)
	}
	return n
}

func TestAFeedWithoutSubscribersDoesNothing(t *testing.T) {
	t.Parallel()
	db, _ := started(t)
	flip(t, db, 1)
	feed, count := counted(t, db, nil)
	receive(t, feed, nil, func(e live.Event) bool {
		if e.CaughtUp {
			flip(t, db, 1)
		}
		return len(e.Changes) > 0
	})
	before := count.of("pipelined live.advance")
	require.Positive(t, before)
	require.Eventually(t, func() bool {
		now := count.of("pipelined live.advance")
		still := now == before
		before = now
		return still
	}, 10*time.Second, 150*time.Millisecond, "three idle ticks pass without a statement")
}

func TestAThousandWhoComeBackToTheSamePlaceCostOneRead(t *testing.T) {
	t.Parallel()
	db, _ := started(t)
	flip(t, db, 1)
	place := headOf(t, db)
	flip(t, db, 20)
	feed, count := counted(t, db, nil)
	hold, release := context.WithCancel(t.Context())
	defer release()
	go func() { // keeps the feed awake
		_ = feed.Subscribe(hold, live.Filter{Kinds: []int{1}}, nil, time.Second, func(live.Event) bool { return true })
	}()
	require.Eventually(t, func() bool { return count.of("pipelined live.entries") > 0 }, 10*time.Second, time.Millisecond)

	var all sync.WaitGroup
	var wrong atomic.Int64
	for range 1000 {
		all.Go(func() {
			n := 0
			err := feed.Subscribe(t.Context(), live.Filter{}, &place, time.Second, func(e live.Event) bool {
				n += len(e.Changes)
				return !e.CaughtUp
			})
			if err != nil || n != 20 {
				wrong.Add(1)
			}
		})
	}
	all.Wait()
	require.Zero(t, wrong.Load())
	require.LessOrEqual(t, count.of("live.entries"), 2, "the part of the ledger that they missed")
	require.Zero(t, count.of("live.head")-1, "the head is found once, when the feed awakes")
}

func TestWhoeverFallsBehindReadsTheLogAndMissesNothing(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	open, goOn := make(chan struct{}), make(chan struct{})
	var got []int64
	done := make(chan error, 1)
	const commits = 200 // more than wait for a subscriber
	go func() {
		total := 0
		done <- feed.Subscribe(ctx, live.Filter{Kinds: []int{2}}, nil, time.Second, func(e live.Event) bool {
			if e.CaughtUp {
				close(open)
				return true
			}
			if len(e.Changes) > 0 && len(got) == 0 {
				<-goOn
			}
			if len(e.Changes) > 0 {
				got = append(got, e.Position.N)
			}
			total += len(e.Changes)
			return total < commits
		})
	}()
	<-open
	begin := headOf(t, db).N
	flip(t, db, commits)
	receive(t, feed, nil, caughtUp) // by then the feed has handed everything out
	close(goOn)
	require.NoError(t, <-done)
	require.LessOrEqual(t, len(got), commits)
	require.IsIncreasing(t, got)
	require.Greater(t, got[0], begin)
}

func TestAPlaceReachedInAnotherProcessIsWaitedFor(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	flip(t, db, 1)
	hold, release := context.WithCancel(t.Context())
	defer release()
	open := make(chan struct{})
	go func() {
		_ = feed.Subscribe(hold, live.Filter{Kinds: []int{1}}, nil, time.Second, func(e live.Event) bool {
			if e.CaughtUp {
				close(open)
			}
			return true
		})
	}()
	<-open
	flip(t, db, 3)
	place := headOf(t, db) // this process may not have read it yet
	got := receive(t, feed, &place, caughtUp)
	require.Len(t, got, 1)
	require.Zero(t, changes(got))
}

func TestALostTailIsToldToThoseWhoFollow(t *testing.T) {
	t.Parallel()
	for reason, sql := range map[string]string{
		// A standby that missed the last entry took over and wrote others.
		"FAILOVER_ROLLBACK": `update change_ledger set timeline = '00000009' where n = (select max(n) from change_ledger)`,
		// The database was restored from a dump.
		"NEW_GENERATION": `insert into change_ledger (n, snap, cnt, timeline, generation, floor_seq)
select n + 1, pg_current_snapshot(), 0, timeline, gen_random_uuid(), 1000000 from change_ledger order by n desc limit 1`,
	} {
		t.Run(reason, func(t *testing.T) {
			t.Parallel()
			db, feed := started(t)
			flip(t, db, 2)
			got := receive(t, feed, nil, func(e live.Event) bool {
				if e.CaughtUp {
					_, err := db.Exec(t.Context(), sql)
					require.NoError(t, err)
				}
				return e.Resync != ""
			})
			require.Equal(t, reason, got[len(got)-1].Resync)
		})
	}
}

func TestAPlaceThatIsNotKeptAnyMoreIsRetention(t *testing.T) {
	t.Parallel()
	for name, sql := range map[string]string{
		"the ledger was pruned":   "delete from change_ledger where n < $1 + 2",
		"a partition was dropped": "delete from change_log where xid in (select xid from change_batch($1 + 2))",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db, feed := started(t)
			flip(t, db, 1)
			place := headOf(t, db)
			flip(t, db, 5)
			_, err := db.Exec(t.Context(), sql, place.N)
			require.NoError(t, err)
			got := receive(t, feed, &place, caughtUp)
			var reasons []string
			for _, e := range got {
				if e.Resync != "" {
					reasons = append(reasons, e.Resync)
				}
			}
			require.Equal(t, []string{"RETENTION"}, reasons)
			_, err = feed.Read(t.Context(), live.Filter{}, &place, 100)
			var f *fault.Fault
			require.ErrorAs(t, err, &f)
			require.Equal(t, "RETENTION", f.Details["reason"], "the list says so, too")
			require.Equal(t, headOf(t, db).N, got[len(got)-1].Position.N, "it goes on from now")
		})
	}
}

// Whoever reads without a place gets all that is kept, also when the ledger does
// not go back to its beginning any more.
func TestReadingFromTheBeginningBeginsWithWhatIsKept(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	flip(t, db, 1)
	place := headOf(t, db)
	flip(t, db, 5)
	_, err := db.Exec(t.Context(), "delete from change_ledger where n <= $1 + 1", place.N)
	require.NoError(t, err)
	found, err := feed.Read(t.Context(), live.Filter{}, nil, 100)
	require.NoError(t, err)
	require.NotEmpty(t, found)
	require.Equal(t, place.N+3, found[0].Position.N, "the rows of the oldest entry cannot be told from older ones")
	require.Equal(t, headOf(t, db).N, found[len(found)-1].Position.N)
}

func TestALargeCommitComesInPiecesThatCanBeResumedBetween(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	flip(t, db, 1)
	place := headOf(t, db)
	_, err := db.Exec(t.Context(), `insert into workflow_instances (workflow_definition_id, instance_id, status)
select id, 'many' || n, 'RUNNING' from workflow_definitions, generate_series(1, 1100) n`)
	require.NoError(t, err)
	flip(t, db, 1)
	whole := receive(t, feed, &place, caughtUp)
	require.Equal(t, 1101, changes(whole))
	seen := map[string]bool{}
	for i, e := range whole {
		require.LessOrEqual(t, len(e.Changes), 250)
		for _, c := range e.Changes {
			require.False(t, seen[key(c)])
			seen[key(c)] = true
		}
		rest := receive(t, feed, &e.Position, caughtUp)
		require.Equal(t, changes(whole[i+1:]), changes(rest), "after event %d", i)
	}
	var listed []live.Placed
	for len(listed) < 1100 {
		more, err := feed.Read(t.Context(), live.Filter{Kinds: []int{2}}, &place, 1)
		require.NoError(t, err)
		require.NotEmpty(t, more)
		require.LessOrEqual(t, len(more), 1250, "a list is not the whole commit")
		listed, place = append(listed, more...), more[len(more)-1].Position
	}
}

func TestWhoeverPollsForSomethingRareGetsOn(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	flip(t, db, 1)
	place := headOf(t, db)
	flip(t, db, 8)
	_, err := db.Exec(t.Context(), "update workflow_instances set status = 'FAILED' where instance_id = 'i2'")
	require.NoError(t, err)
	found, err := feed.Read(t.Context(), live.Filter{NewStatus: []string{"FAILED"}}, &place, 2)
	require.NoError(t, err)
	require.Len(t, found, 1, "although none of the next two batches matches")
}

func TestTheFeedSpeaksEveryWayToSendStatements(t *testing.T) {
	t.Parallel()
	for _, mode := range []pgx.QueryExecMode{pgx.QueryExecModeCacheDescribe, pgx.QueryExecModeExec, pgx.QueryExecModeSimpleProtocol} {
		t.Run(fmt.Sprint(mode), func(t *testing.T) {
			t.Parallel()
			db, _ := started(t)
			flip(t, db, 1)
			place := headOf(t, db)
			flip(t, db, 3)
			feed, _ := counted(t, db, func(c *pgxpool.Config) {
				c.MaxConns = 1
				c.ConnConfig.DefaultQueryExecMode = mode
			})
			got := receive(t, feed, &place, func(e live.Event) bool {
				if e.CaughtUp {
					flip(t, db, 2)
				}
				return e.Position.N == place.N+5
			})
			require.Equal(t, 5, changes(got))
		})
	}
}

func TestSeveralProcessesDeliverTheSame(t *testing.T) {
	t.Parallel()
	db, one := started(t)
	flip(t, db, 1)
	place := headOf(t, db)
	others := make([]*live.Feed, 2)
	for i := range others {
		others[i], _ = counted(t, db, nil)
	}
	finished := make(chan struct{})
	var expected int
	go func() {
		write(t, db, 4, 30)
		if err := db.QueryRow(t.Context(), "select count(*) from change_log where kind = 2 and what = 2").Scan(&expected); err != nil {
			t.Error(err)
		}
		expected-- // the flip before place
		close(finished)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	results := make([][]string, 3)
	var wait sync.WaitGroup
	for i, feed := range append(others, one) {
		wait.Go(func() { results[i] = collect(ctx, t, feed, &place, func() int { return expected }, finished) })
	}
	wait.Wait()
	require.Len(t, results[0], expected)
	require.Equal(t, results[0], results[1])
	require.Equal(t, results[0], results[2])
}

// A process that is stopped between two statements of its own would keep its
// turn at the ledger, and nobody would go on.
func TestAProcessThatStopsNeverKeepsItsTurnAtTheLedger(t *testing.T) {
	t.Parallel()
	db, _ := started(t)
	feed, count := counted(t, db, nil)
	flip(t, db, 1)
	_, err := feed.Read(t.Context(), live.Filter{}, nil, 10)
	require.NoError(t, err)
	receive(t, feed, nil, caughtUp)
	require.Zero(t, count.of("live.advance")+count.of("live.turn"), "the lock is taken and given back in one pipeline")
	require.Positive(t, count.of("pipelined live.turn"))
	require.Positive(t, count.of("pipelined live.advance"))
}
