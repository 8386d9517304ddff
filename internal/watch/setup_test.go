package watch_test

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// works is a database in which many write at once, and who watches them.
type works struct {
	*watch.Source
	t  *testing.T
	db *pgxpool.Pool
}

func newWorks(t *testing.T) *works {
	t.Helper()
	db := testdb.New(t)
	quiet := slog.New(slog.DiscardHandler)
	feed := live.New(db, quiet)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	t.Cleanup(func() { cancel(); <-done })
	w := &works{&watch.Source{Feed: feed, Store: repository.NewStore(db), DB: db, Log: quiet}, t, db}
	w.exec(`insert into workflow_definitions (workflow_id, name, version) values ('w', 'W', '1.0.0')`)
	w.exec(`update workflow_definitions set status = 'active'`)
	w.exec(`insert into workflow_instances (workflow_definition_id, instance_id, status)
		select d.id, 'i' || n, 'RUNNING' from workflow_definitions d, generate_series(1, 30) n`)
	return w
}

func (w *works) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.db.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, err)
}

// statuses is the table as it is: id -> status.
func (w *works) statuses(where string) map[uuid.UUID]string {
	w.t.Helper()
	rows, err := w.db.Query(w.t.Context(), "select id, status from workflow_instances where "+where)
	require.NoError(w.t, err)
	defer rows.Close()
	found := map[uuid.UUID]string{}
	for rows.Next() {
		var id uuid.UUID
		var status string
		require.NoError(w.t, rows.Scan(&id, &status))
		found[id] = status
	}
	require.NoError(w.t, rows.Err())
	return found
}

// turmoil lets writers overlap: early transaction ids, savepoints, rollbacks,
// statements over many rows, new rows and deleted ones.
func (w *works) turmoil(writers, rounds int) {
	var wait sync.WaitGroup
	for n := range writers {
		wait.Go(func() {
			random := rand.New(rand.NewPCG(uint64(n), 3))
			for range rounds {
				if err := w.disturb(random); err != nil {
					w.t.Error(err)
					return
				}
			}
		})
	}
	wait.Wait()
}

func (w *works) disturb(random *rand.Rand) error {
	ctx := context.Background()
	tx, err := w.db.Begin(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback(ctx) }()
	pick := fmt.Sprintf("instance_id = 'i%d'", 1+random.IntN(30))
	next := "status = (array['RUNNING','WAITING_FOR_EVENT','FAILED','COMPLETED'])[1 + floor(random() * 4)::int]"
	statements := []string{"update workflow_instances set " + next + " where " + pick}
	switch random.IntN(8) {
	case 0:
		statements = append([]string{"select pg_current_xact_id()"}, statements...)
	case 1:
		statements = append([]string{"savepoint s", "update workflow_instances set status = 'CANCELLED' where " + pick, "rollback to s"}, statements...)
	case 2:
		// In the order of ids, so that two of these do not wait for each other.
		statements = []string{"update workflow_instances w set " + next + " from (select id from workflow_instances order by id limit 5 for update) k where w.id = k.id"}
	case 3:
		statements = []string{"insert into workflow_instances (workflow_definition_id, status) select id, 'CREATED' from workflow_definitions"}
	case 4:
		statements = []string{"delete from workflow_instances where id = (select id from workflow_instances where status = 'CREATED' order by random() limit 1 for update skip locked)"}
	}
	for _, sql := range append(statements, fmt.Sprintf("select pg_sleep(%f)", random.Float64()/300)) {
		if _, err := tx.Exec(ctx, sql); err != nil {
			return err
		}
	}
	if random.IntN(10) == 0 {
		return nil // rolled back
	}
	return tx.Commit(ctx)
}

// head is the place of the newest batch after everything written so far.
func (w *works) head() page.Position {
	w.t.Helper()
	_, err := w.Feed.Read(w.t.Context(), live.Filter{}, nil, 1) // takes in what was committed
	require.NoError(w.t, err)
	var p page.Position
	require.NoError(w.t, w.db.QueryRow(w.t.Context(), "select timeline, n from change_ledger order by n desc limit 1").Scan(&p.Timeline, &p.N))
	return p
}

// within fails the test when work takes longer than anything should.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}
