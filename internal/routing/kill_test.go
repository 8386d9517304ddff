package routing_test

import (
	"context"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// childDatabase makes this binary route the events of a database until it is
// killed, instead of running tests.
const childDatabase = "AOS_TEST_ROUTING_CHILD"

func TestMain(m *testing.M) {
	if url := os.Getenv(childDatabase); url != "" {
		child(url)
		return
	}
	testdb.Main(m)
}

func child(url string) {
	db, err := pgxpool.New(context.Background(), url)
	if err != nil {
		panic(err)
	}
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	router := routing.NewRouter(writer, slog.New(slog.NewTextHandler(os.Stderr, nil)))
	routing.NewWorkers(router, routing.Options{Workers: 3, Lease: 500 * time.Millisecond, Poll: 20 * time.Millisecond}).Start(context.Background())
	select {} // until it is killed
}

func TestProcessesThatAreKilledLoseAndDoubleNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const events = 150
	h.flood(events)
	started := func() int { return h.count(`select count(*) from workflow_instances`) }
	// Each process is killed as soon as it has done something, most likely in the
	// middle of a batch.
	for range 4 {
		process := exec.CommandContext(t.Context(), os.Args[0])
		process.Env = append(os.Environ(), childDatabase+"="+h.db.Config().ConnString())
		before := started()
		require.NoError(t, process.Start())
		require.Eventually(t, func() bool { return started() > before }, 30*time.Second, time.Millisecond)
		require.NoError(t, process.Process.Kill()) // SIGKILL
		_ = process.Wait()
	}
	require.Less(t, started(), events, "the processes were killed before they were done")
	h.routed()
	h.exactly(events)
}
