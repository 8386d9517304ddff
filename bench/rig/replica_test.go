package rig_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

// A primary with its standby behind the whole server: what was written is read
// at once, wherever the answer comes from.
func TestQueriesAreAnsweredByAReplicaThatHasSeenEveryWrite(t *testing.T) {
	t.Parallel()
	ctx, dir := t.Context(), t.TempDir()
	require.NoError(t, os.Chmod(filepath.Dir(dir), 0o755)) // PostgreSQL runs as somebody else
	primary, err := rig.NewCluster(ctx, filepath.Join(dir, "primary"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = primary.Fast() })
	require.NoError(t, migrations.Up(ctx, primary.URL("postgres"), slog.New(slog.DiscardHandler)))
	standby, err := primary.Standby(ctx, filepath.Join(dir, "standby"))
	require.NoError(t, err)
	t.Cleanup(func() { _ = standby.Fast() })

	pools, err := postgres.Open(ctx, postgres.Config{URL: primary.URL("postgres"), ReplicaURLs: []string{standby.URL("postgres")}})
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	_, err = demo.Load(ctx, pools.Primary, demo.Options{})
	require.NoError(t, err)
	handler, err := server.Handler(server.Parts{
		Primary: pools.Primary, Reader: func(ctx context.Context) repository.DB { return pools.Reader(ctx) },
		Operations: os.DirFS("../../testdata/operations"),
	})
	require.NoError(t, err)
	ask := func(document string) string {
		t.Helper()
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", strings.NewReader(`{"query":"`+document+`"}`))
		request.Header.Set("Content-Type", "application/json")
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, request)
		require.NotContains(t, answer.Body.String(), `"errors"`)
		return answer.Body.String()
	}
	const status = `{ eventQueues(first: 50) { nodes { queueId status } } }`
	answersOf := func() int64 { return pools.Replicas[0].Stat().AcquireCount() }
	fromReplica := func() bool {
		before := answersOf()
		ask(status)
		return answersOf() == before+2 // the look at its position, and the query
	}
	require.Eventually(t, fromReplica, time.Minute, 10*time.Millisecond, "the replica answers")

	require.NoError(t, rig.Query(ctx, standby.URL("postgres"), "select pg_wal_replay_pause()"))
	id := regexp.MustCompile(`"ACTIVE","id":"(evq_\w+)"`).FindStringSubmatch(ask(`{ eventQueues { nodes { status id } } }`))[1]
	require.Contains(t, ask(`mutation { eventQueueSetStatus(input: { id: \"`+id+`\", status: PAUSED }) { eventQueue { status } userErrors { message } } }`), "PAUSED")
	require.Contains(t, ask(status), "PAUSED", "a replica that lags is not asked")

	require.NoError(t, rig.Query(ctx, standby.URL("postgres"), "select pg_wal_replay_resume()"))
	require.Eventually(t, fromReplica, time.Minute, 10*time.Millisecond, "it caught up")
	require.Contains(t, ask(status), "PAUSED")

	require.NoError(t, standby.Immediate())
	require.Contains(t, ask(status), "PAUSED", "one that is gone is no obstacle")
}
