package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// line is a server over real HTTP whose transactions can be held where a client
// goes away.
type line struct {
	*testing.T
	db     *pgxpool.Pool
	server *httptest.Server
	hold   *hold
	ended  chan struct{} // one for each request that was served to its end
}

// hold stops the one who sends a statement, before or after it, until its request
// is over.
type hold struct {
	mu      sync.Mutex
	at      string // part of the statement; "" holds nobody
	after   bool
	reached chan struct{}
}

func (h *hold) set(at string, after bool) (reached chan struct{}) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.at, h.after, h.reached = at, after, make(chan struct{})
	return h.reached
}

// wait holds whoever is at the place until nobody waits for its answer.
func (h *hold) wait(ctx context.Context, sql string, after bool) {
	h.mu.Lock()
	here := h.at != "" && h.after == after && strings.Contains(sql, h.at)
	reached := h.reached
	if here {
		h.at = ""
	}
	h.mu.Unlock()
	if !here {
		return
	}
	close(reached)
	select {
	case <-ctx.Done():
	case <-time.After(10 * time.Second): // who works on regardless
	}
}

type sentStatement struct{}

// TraceQueryStart implements pgx.QueryTracer.
func (h *hold) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	h.wait(ctx, data.SQL, false)
	return context.WithValue(ctx, sentStatement{}, data.SQL)
}

// TraceQueryEnd implements pgx.QueryTracer.
func (h *hold) TraceQueryEnd(ctx context.Context, _ *pgx.Conn, _ pgx.TraceQueryEndData) {
	sql, _ := ctx.Value(sentStatement{}).(string)
	h.wait(ctx, sql, true)
}

func newLine(t *testing.T) *line {
	l := &line{T: t, hold: &hold{}, ended: make(chan struct{}, 100)}
	config, err := pgxpool.ParseConfig(testdb.URL(t))
	require.NoError(t, err)
	config.ConnConfig.Tracer = l.hold
	l.db, err = pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(l.db.Close)
	_, err = demo.Load(t.Context(), l.db, demo.Options{})
	require.NoError(t, err)
	handler, err := server.Handler(server.Parts{Primary: l.db, Operations: os.DirFS(operationsFolder), Now: func() time.Time { return demo.Now }})
	require.NoError(t, err)
	l.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() { l.ended <- struct{}{} }()
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(l.server.Close)
	return l
}

// deed is a mutation that makes several rows under a key, the ids that its answer
// names, and a count of what it has made, which is all of it once it was done.
type deed struct {
	name, mutation, made string
	all                  int
	claims, ends         string // the first and the last statement of its transaction
}

var deeds = []deed{
	{
		"start of a workflow", `workflowInstanceStart(input: {workflowId: "bakery_order", input: {customer: "Hansens", loaves: 12}, correlationId: "KEY", idempotencyKey: "KEY"}) { workflowInstance { id } userErrors { message } }`,
		`select count(*) from workflow_instances where correlation_id = $1`, 1, "idempotency_keys.claim", "idempotency_keys.remember",
	},
	{
		"events", `eventPublish(input: {idempotencyKey: "KEY", events: [
			{pattern: "bakery.requested", eventId: "KEY-1", payload: {customer: "Hansens", loaves: 1}, metadata: {correlationId: "KEY"}}
			{pattern: "bakery.requested", eventId: "KEY-2", payload: {customer: "Hansens", loaves: 2}, metadata: {correlationId: "KEY"}}]}) { outcomes { event { id } } userErrors { message } }`,
		`select count(*) + (select count(*) from event_queue_entries where event_id like $1 || '-%')
			from event_instances where event_id like $1 || '-%'`, 4, "event_instance_keys.claim", "event_queue_entries.enqueue",
	},
	{
		"a workflow with steps, a trigger and a test", `workflowDefinitionSave(input: {workflowId: "KEY", name: "W", idempotencyKey: "KEY", steps: [{stepId: "a", taskId: "take_order"}, {stepId: "b", type: "END"}],
			triggers: [{eventPattern: "bakery.requested", triggerType: START}], tests: [{testId: "KEY", name: "T", cases: [{caseId: "one", input: {}}]}]}) { definition { id } userErrors { message } }`,
		`select (select count(*) from workflow_definitions where workflow_id = $1) + (select count(*) from workflow_event_triggers t join workflow_definitions d on d.id = t.workflow_definition_id where d.workflow_id = $1)
			+ (select count(*) from test_definitions where test_id = $1) + (select count(*) from workflow_task_references r join workflow_definitions d on d.id = r.source_id where d.workflow_id = $1)`, 4, "idempotency_keys.claim", "idempotency_keys.remember",
	},
	{
		"a bulk operation", `bulkOperationStart(input: {kind: CANCEL_TASKS, taskInstances: {status: {eq: ASSIGNED}}, reason: "KEY", idempotencyKey: "KEY"}) { bulkOperation { id } userErrors { message } }`,
		`select count(*) + (select count(*) from bulk_operation_items i join bulk_operations b on b.id = i.bulk_operation_id where b.reason = $1)
			+ (select count(*) from river.river_job j join bulk_operations b on b.id = (j.args ->> 'operation')::uuid where b.reason = $1) from bulk_operations where reason = $1`, 7, "idempotency_keys.claim", "idempotency_keys.remember",
	},
}

// departures are where clients go away.
var departures = []struct {
	name  string
	at    string // where the server is held: the statement that claims, that ends the work, or commits
	after bool
	sent  float64 // part of the body that was sent
	reads int     // bytes of the answer that were read
}{
	{name: "while it sends", sent: 0.5},
	{name: "before the last byte", sent: 0.999},
	{name: "when all is sent", sent: 1},
	{name: "as the transaction begins", sent: 1, at: "claims"},
	{name: "when the work is done", sent: 1, at: "ends"},
	{name: "before the commit", sent: 1, at: "commit"},
	{name: "after the commit", sent: 1, at: "commit", after: true},
	{name: "while it reads the answer", sent: 1, reads: 20},
}

// TestAClientThatGoesAwayLeavesAllOrNothing cuts the connection at many points of
// many mutations. What is there then is everything or nothing; the same request
// sent again has its answer, and so has every later one.
func TestAClientThatGoesAwayLeavesAllOrNothing(t *testing.T) {
	t.Parallel()
	l := newLine(t)
	for i, what := range deeds {
		for j, departure := range departures {
			key, label := fmt.Sprintf("key-%d-%d", i, j), what.name+", "+departure.name
			query := "mutation { " + strings.ReplaceAll(what.mutation, "KEY", key) + " }"
			var reached chan struct{}
			if departure.at != "" {
				at := map[string]string{"claims": what.claims, "ends": what.ends, "commit": "commit"}[departure.at]
				reached = l.hold.set(at, departure.after)
			}
			l.leave(query, departure.sent, departure.reads, reached)
			made := l.count(what.made, key)
			require.Contains(t, []int{0, what.all}, made, label)
			if departure.after || departure.reads > 0 {
				require.Equal(t, what.all, made, "what was committed stays: %s", label)
			}
			if departure.sent < 1 {
				require.Zero(t, made, "half a request does nothing: %s", label)
			}
			first := l.ask(query)
			require.NotContains(t, first, `"message"`, label)
			require.Equal(t, what.all, l.count(what.made, key), "%s: %s", label, first)
			require.Equal(t, first, l.ask(query), label)
			require.Equal(t, what.all, l.count(what.made, key), label)
		}
	}
}

func (l *line) count(sql, key string) (n int) {
	require.NoError(l, l.db.QueryRow(l.Context(), sql, key).Scan(&n))
	return n
}

// request is a request as its bytes.
func (l *line) request(query string) (head, body string) {
	text, err := json.Marshal(map[string]string{"query": query})
	require.NoError(l, err)
	return fmt.Sprintf("POST /graphql HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", l.server.Listener.Addr(), len(text)), string(text)
}

// leave sends a part of a request, waits until the server got to a place when it
// is to be held there, reads some of the answer, and hangs up. It comes back when
// the server is done with it.
func (l *line) leave(query string, part float64, reads int, reached chan struct{}) {
	l.Helper()
	var dialer net.Dialer
	conn, err := dialer.DialContext(l.Context(), "tcp", l.server.Listener.Addr().String())
	require.NoError(l, err)
	head, body := l.request(query)
	_, err = conn.Write([]byte(head + body[:int(float64(len(body))*part)]))
	require.NoError(l, err)
	if reached != nil {
		select {
		case <-reached:
		case <-time.After(20 * time.Second):
			require.Fail(l, "the server never got there")
		}
	}
	if reads > 0 {
		_, err := bufio.NewReaderSize(conn, 16).Peek(16)
		require.NoError(l, err)
	}
	require.NoError(l, conn.(*net.TCPConn).SetLinger(0)) // a reset, as of a client that fell over
	require.NoError(l, conn.Close())
	select {
	case <-l.ended:
	case <-time.After(30 * time.Second):
		require.Fail(l, "the server is not done with a request")
	}
}

// ask sends a whole request and reads the answer.
func (l *line) ask(query string) string {
	l.Helper()
	got := call(l.T, l.server, "", query)
	<-l.ended
	require.Equal(l, http.StatusOK, got.status)
	return got.body
}
