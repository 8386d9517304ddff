package cli

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// bouncer starts a PgBouncer in transaction mode with few connections before the
// server of the tests.
func bouncer(t *testing.T, pool int) *rig.Bouncer {
	t.Helper()
	server, err := pgx.ParseConfig(testdb.EmptyURL(t))
	require.NoError(t, err)
	dir, err := os.MkdirTemp("", "aos-bouncer-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755)) // it does not run as root
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	b, err := rig.NewBouncer(dir, fmt.Sprintf("host=%s port=%d user=%s password=%s", server.Host, server.Port, server.User, server.Password), pool)
	if errors.Is(err, rig.ErrNoBouncer) {
		t.Skip("pgbouncer is not installed")
	}
	require.NoError(t, err)
	t.Cleanup(b.Kill)
	return b
}

// through is the way to a database through a bouncer.
func through(t *testing.T, b *rig.Bouncer, database string) string {
	t.Helper()
	config, err := pgx.ParseConfig(database)
	require.NoError(t, err)
	return rig.URL(b.Port, config.Database)
}

func TestTheProductWorksThroughPgBouncer(t *testing.T) {
	t.Parallel()
	b := bouncer(t, 2)
	for _, mode := range []string{"cache_describe", "exec", "simple_protocol"} {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			database := testdb.New(t).Config().ConnString()
			p := startProgram(t, through(t, b, database), "AOS_DATABASE_EXEC_MODE="+mode, "AOS_DEMO=on")
			changes := listenToRuns(t, p.url)

			var published struct {
				EventPublish struct{ Outcomes []struct{ Accepted bool } }
			}
			require.NoError(t, post(p.url, `mutation { eventPublish(input: {events: [{pattern: "bakery.requested", eventId: "pooled", payload: {customer: "Hansens", loaves: 12}}]}) { outcomes { accepted } } }`, &published))
			require.True(t, published.EventPublish.Outcomes[0].Accepted)
			select {
			case change := <-changes:
				require.Contains(t, change, "RUNNING", "the event was routed, and its run told to subscribers")
			case <-time.After(30 * time.Second):
				require.Fail(t, "no change arrived")
			}

			var bulk struct {
				BulkOperationStart struct {
					BulkOperation *struct{ ID string }
					UserErrors    []struct{ Message string }
				}
			}
			require.NoError(t, post(p.url, `mutation { bulkOperationStart(input: {kind: CANCEL_TASKS, taskInstances: {status: {eq: ASSIGNED}}, reason: "the house moves"}) { bulkOperation { id } userErrors { message } } }`, &bulk))
			require.Empty(t, bulk.BulkOperationStart.UserErrors)
			require.Eventually(t, func() bool {
				var now struct {
					Node  struct{ Status string }
					Tasks struct{ TotalCount int }
				}
				err := post(p.url, `{ node(id: "`+bulk.BulkOperationStart.BulkOperation.ID+`") { ... on BulkOperation { status } } tasks: taskInstances(where: {status: {eq: ASSIGNED}}) { totalCount } }`, &now)
				return err == nil && now.Node.Status == "COMPLETED" && now.Tasks.TotalCount == 0
			}, time.Minute, 100*time.Millisecond, "the bulk operation did not end")
		})
	}
}

// listenToRuns subscribes to changes of workflow instances over server-sent
// events and answers each.
func listenToRuns(t *testing.T, address string) <-chan string {
	t.Helper()
	query := url.Values{"query": {"subscription { statusFeed(filter: {kinds: [WORKFLOW_INSTANCE]}) { ... on FeedChanges { changes { newStatus } } ... on FeedCaughtUp { cursor } } }"}}
	ctx, cancel := context.WithCancel(t.Context())
	t.Cleanup(cancel)
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address+"?"+query.Encode(), nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "text/event-stream")
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	caughtUp, changes := make(chan struct{}), make(chan string, 1000)
	go func() { // ends with the response
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			switch data, ok := strings.CutPrefix(lines.Text(), "data: "); {
			case ok && strings.Contains(data, "changes"):
				changes <- data
			case ok && strings.Contains(data, "cursor"):
				close(caughtUp)
			}
		}
	}()
	select {
	case <-caughtUp:
	case <-time.After(30 * time.Second):
		require.Fail(t, "the subscription does not begin")
	}
	return changes
}

func TestWhatAPoolerBreaksIsRefusedWithARemedy(t *testing.T) {
	t.Parallel()
	b := bouncer(t, 3)
	direct := testdb.EmptyURL(t)
	pooled := through(t, b, direct)

	said, err := runProgram(t, "migrate", "DATABASE_URL="+pooled)
	require.Error(t, err)
	require.Contains(t, said, "pooler in transaction mode")
	require.Contains(t, said, "DATABASE_DIRECT_URL")
	said, err = runProgram(t, "migrate", "DATABASE_URL="+pooled, "DATABASE_DIRECT_URL="+direct, "AOS_DATABASE_EXEC_MODE=cache_describe")
	require.NoError(t, err, said)

	if version, _ := exec.Command("pgbouncer", "--version").Output(); strings.Contains(string(version), " 1.1") {
		said, err = runProgram(t, "serve", "DATABASE_URL="+pooled, "AOS_ADDR=127.0.0.1:0")
		require.Error(t, err)
		require.Contains(t, said, "prepared statements")
		require.Contains(t, said, "AOS_DATABASE_EXEC_MODE=cache_describe")
	}
}

// runProgram runs a command to its end.
func runProgram(t *testing.T, command string, settings ...string) (said string, err error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, os.Args[0], command)
	cmd.Env = append(append(os.Environ(), asProgram+"=1", "AOS_DATA_DIR="+t.TempDir()), settings...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	err = cmd.Run()
	return out.String(), err
}
