package live_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func started(t *testing.T) (*pgxpool.Pool, *live.Feed) {
	db := testdb.New(t)
	feed := live.New(db, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	_, err := db.Exec(t.Context(), `insert into workflow_definitions (workflow_id, name, version, status) values ('w', 'W', '1.0.0', 'active');
insert into workflow_instances (workflow_definition_id, instance_id, status)
select d.id, 'i' || n, 'RUNNING' from workflow_definitions d, generate_series(1, 20) n`)
	require.NoError(t, err)
	return db, feed
}

// key names a change so that it can be looked for: object, revision by status.
func key(c live.Placed) string {
	return fmt.Sprintf("%s %s->%s @%d", c.EntityID, text(c.OldStatus), text(c.NewStatus), c.XID)
}

func text(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

// write makes changes in overlapping transactions, some rolled back, some slow.
func write(t *testing.T, db *pgxpool.Pool, writers, each int) {
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(w), 7))
			for range each {
				tx, err := db.Begin(t.Context())
				if err != nil {
					t.Error(err)
					return
				}
				if random.IntN(3) == 0 {
					_, _ = tx.Exec(t.Context(), "select pg_current_xact_id()") // an early transaction id
				}
				_, err = tx.Exec(t.Context(), `update workflow_instances set status = case status when 'RUNNING' then 'WAITING_FOR_EVENT' else 'RUNNING' end
where instance_id = $1`, fmt.Sprintf("i%d", 1+random.IntN(20)))
				if err != nil || random.IntN(10) == 0 {
					_ = tx.Rollback(t.Context())
					continue
				}
				_, _ = tx.Exec(t.Context(), "select pg_sleep($1)", float64(random.IntN(8))/1000)
				if err := tx.Commit(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
}

// collect subscribes after a place until stop is closed and the feed is quiet,
// breaking off and resuming with the last cursor every few events.
func collect(ctx context.Context, t *testing.T, feed *live.Feed, after *page.Position, total func() int, finished <-chan struct{}) []string {
	var got []string
	place := after
	for {
		session, cancel := context.WithCancel(ctx)
		events := 0
		err := feed.Subscribe(session, live.Filter{Kinds: []int{2}}, place, 20*time.Millisecond, func(e live.Event) bool {
			require.Empty(t, e.Resync)
			for _, c := range e.Changes {
				got = append(got, key(c))
			}
			cursor, err := page.ParsePosition(e.Position.Cursor())
			require.NoError(t, err)
			place = &cursor
			events++
			select {
			case <-finished:
				return len(got) < total() && ctx.Err() == nil
			default:
				return events < 15
			}
		})
		cancel()
		require.NoError(t, err)
		select {
		case <-finished:
			if len(got) >= total() || ctx.Err() != nil {
				return got
			}
		default:
		}
	}
}

func TestEveryCommittedChangeArrivesOnceAndInOrderAcrossReconnects(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	head, err := feed.Read(t.Context(), live.Filter{}, nil, 1000)
	require.NoError(t, err)
	start := head[len(head)-1].Position
	start.Index = 0

	finished := make(chan struct{})
	var expected int
	go func() { // ends when the writers have
		write(t, db, 6, 40)
		if err := db.QueryRow(t.Context(), "select count(*) from change_log where kind = 2 and what = 2").Scan(&expected); err != nil {
			t.Error(err)
		}
		close(finished)
	}()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	var wait sync.WaitGroup
	results := make([][]string, 3)
	for i := range results {
		wait.Go(func() { results[i] = collect(ctx, t, feed, &start, func() int { return expected }, finished) })
	}
	wait.Wait()
	all, err := feed.Read(t.Context(), live.Filter{Kinds: []int{2}}, &start, 100_000)
	require.NoError(t, err)
	want := make([]string, len(all))
	for i, c := range all {
		want[i] = key(c)
	}
	require.Len(t, want, expected, "the log read as a list has every committed change")
	for _, got := range results {
		require.Equal(t, want, got, "a subscriber that reconnects sees the same changes in the same order")
	}
}

func TestAListAndASubscriptionAfterItsPositionMeetWithoutGapOrRepeat(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	_, err := feed.Read(t.Context(), live.Filter{}, nil, 10)
	require.NoError(t, err)
	slow, err := db.Begin(t.Context()) // in progress while the list is read
	require.NoError(t, err)
	_, err = slow.Exec(t.Context(), "update workflow_instances set status = 'FAILED' where instance_id = 'i1'")
	require.NoError(t, err)
	_, err = db.Exec(t.Context(), "update workflow_instances set status = 'COMPLETED' where instance_id = 'i2'")
	require.NoError(t, err)

	var place page.Position
	require.NoError(t, db.QueryRow(t.Context(), `select coalesce(h.timeline, ''), coalesce(h.n, 0), pg_current_snapshot()::text
from (select 1) one left join (select timeline, n from change_ledger order by n desc limit 1) h on true`).Scan(&place.Timeline, &place.N, &place.Snapshot))
	require.NoError(t, slow.Commit(t.Context()))
	_, err = db.Exec(t.Context(), "update workflow_instances set status = 'CANCELLED' where instance_id = 'i3'")
	require.NoError(t, err)

	var got []string
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err = feed.Subscribe(ctx, live.Filter{Whats: []int{2}}, &place, time.Second, func(e live.Event) bool {
		for _, c := range e.Changes {
			got = append(got, text(c.NewStatus))
		}
		return len(got) < 2
	})
	require.NoError(t, err)
	require.ElementsMatch(t, []string{"FAILED", "CANCELLED"}, got, "what the list had seen (COMPLETED) is not repeated")
}

func TestAPlaceThatIsNotKeptIsToldAndNotPassedOver(t *testing.T) {
	t.Parallel()
	_, feed := started(t)
	var reasons []string
	for _, place := range []page.Position{{Timeline: "00000009", N: 1}, {Timeline: "00000001", N: 99}} {
		err := feed.Subscribe(t.Context(), live.Filter{}, &place, time.Second, func(e live.Event) bool {
			reasons = append(reasons, e.Resync)
			return false
		})
		require.NoError(t, err)
	}
	require.Equal(t, []string{"FAILOVER_ROLLBACK", "FAILOVER_ROLLBACK"}, reasons)
}

// Order and places come from the ledger alone, so that no clock can change them.
func TestTheFeedNeverAsksForTheTime(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		if strings.HasSuffix(file, "_test.go") {
			continue
		}
		source, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, call := range []string{"time.Now(", "time.Since(", "time.Until(", "now()", "clock_timestamp", "current_timestamp"} {
			require.NotContains(t, string(source), call, file)
		}
	}
}

// A writer that does not wait for the disk is shown only when its commit is on
// it, because the ledger's own commit waits.
func TestNothingIsShownBeforeItIsOnDisk(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	_, err := db.Exec(t.Context(), `do $$ begin execute format('alter database %I set synchronous_commit = off', current_database()); end $$`)
	require.NoError(t, err)
	db.Reset() // the feed's own connections are lazy by default, too
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	shown := 0
	write := func() (written string) {
		require.NoError(t, pgx.BeginFunc(ctx, db, func(tx pgx.Tx) error {
			var lazy string
			if err := tx.QueryRow(ctx, "select current_setting('synchronous_commit')").Scan(&lazy); err != nil || lazy != "off" {
				return fmt.Errorf("synchronous_commit is %s: %w", lazy, err)
			}
			if _, err := tx.Exec(ctx, "update workflow_instances set status = case status when 'RUNNING' then 'FAILED' else 'RUNNING' end where instance_id = 'i1'"); err != nil {
				return err
			}
			return tx.QueryRow(ctx, "select pg_current_wal_insert_lsn()::text").Scan(&written)
		}))
		return written
	}
	var written string
	err = feed.Subscribe(ctx, live.Filter{}, nil, time.Minute, func(e live.Event) bool {
		if len(e.Changes) > 0 {
			var durable bool
			require.NoError(t, db.QueryRow(ctx, "select pg_current_wal_flush_lsn() >= $1::text::pg_lsn", written).Scan(&durable))
			require.True(t, durable)
			shown++
		}
		written = write()
		return shown < 50
	})
	require.NoError(t, err)
	require.Equal(t, 50, shown)
}
