package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

// ask posts an operation and fills into with its data.
func (l *loans) ask(query string, into any) {
	l.t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(l.t, err)
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response := httptest.NewRecorder()
	l.handler.ServeHTTP(response, request)
	var answer struct {
		Data   json.RawMessage
		Errors []any
	}
	require.NoError(l.t, json.Unmarshal(response.Body.Bytes(), &answer), response.Body.String())
	require.Empty(l.t, answer.Errors, query)
	require.NoError(l.t, json.Unmarshal(answer.Data, into))
}

// bulkAnswer is what the operations of these tests select.
type bulkAnswer struct {
	It struct {
		BulkOperation *struct {
			ID, Status          string
			Total, Done, Failed int
			Filter              map[string]any
			Failures            []struct {
				ID, Code string
				Place    int
				Object   struct{ Status string }
			}
		}
		Count      *int
		Sample     []struct{ ID string }
		UserErrors []struct{ Code, Path string }
	}
}

const bulkFields = `bulkOperation { id status total done failed filter failures { id place code object { ... on WorkflowInstance { status } } } }
	count sample { id } userErrors { code path } } }`

func (l *loans) bulk(input string) (a bulkAnswer) {
	l.t.Helper()
	l.ask(`mutation { it: bulkOperationStart(input: {reason: "the bank closed", `+input+`}) { `+bulkFields, &a)
	return a
}

func TestManyInstancesAreCancelledAtOnce(t *testing.T) {
	t.Parallel()
	l := newLoans(t)
	for range 4 {
		l.start("null", "5")
	}
	const cancel = `kind: CANCEL_WORKFLOW_INSTANCES, workflowInstances: {definition: {workflowId: {eq: "loan"}}}`
	dry := l.bulk(cancel + `, dryRun: true, atMost: 2`)
	require.Nil(t, dry.It.BulkOperation)
	require.Equal(t, 4, *dry.It.Count)
	require.Len(t, dry.It.Sample, 4)
	many := l.bulk(cancel + `, atMost: 3`)
	require.Equal(t, []struct{ Code, Path string }{{"VALIDATION_FAILED", "/atMost"}}, many.It.UserErrors)
	require.Equal(t, 4, *many.It.Count)
	for input, path := range map[string]string{
		`kind: CANCEL_WORKFLOW_INSTANCES`:                                                "/workflowInstances",
		`kind: CANCEL_WORKFLOW_INSTANCES, deadLetters: {}`:                               "/workflowInstances",
		`kind: REASSIGN_TASKS, taskInstances: {}`:                                        "/assignee",
		`kind: RETRY_TASKS, taskInstances: {assignee: {contains: "a"}}`:                  "/taskInstances/assignee/contains",
		`kind: RETRY_TASKS, taskInstances: {}, atMost: 0`:                                "/atMost",
		`kind: RETRY_TASKS, taskInstances: {}, perSecond: -1`:                            "/perSecond",
		`kind: DISCARD_DEAD_LETTERS, deadLetters: {}, workflowInstances: {}, atMost: 10`: "/deadLetters",
	} {
		require.Equal(t, path, l.bulk(input).It.UserErrors[0].Path, input)
	}
	require.Zero(t, l.count("select count(*) from bulk_operations"))

	first := l.bulk(cancel + `, idempotencyKey: "k"`).It.BulkOperation
	require.Equal(t, "PENDING", first.Status)
	require.Equal(t, map[string]any{"definition": map[string]any{"workflowId": map[string]any{"eq": "loan"}}}, first.Filter)
	require.Equal(t, first.ID, l.bulk(cancel+`, idempotencyKey: "k"`).It.BulkOperation.ID, "a retry starts no second one")
	_, err := l.db.Exec(t.Context(), "update workflow_instances set status = 'COMPLETED' where id = (select min(id::text)::uuid from workflow_instances)")
	require.NoError(t, err)

	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	writer := &repository.Writer{Store: repository.NewStore(l.db), DB: l.db}
	go func() { ended <- bulk.Run(ctx, writer, l.db, bulk.RunOptions{Log: slog.New(slog.DiscardHandler)}) }()
	var got bulkAnswer
	for until := time.Now().Add(30 * time.Second); time.Now().Before(until); time.Sleep(20 * time.Millisecond) {
		var node struct {
			Node json.RawMessage
		}
		l.ask(`{ node(id: "`+first.ID+`") { ... on BulkOperation { id status total done failed failures { id place code object { ... on WorkflowInstance { status } } } } } }`, &node)
		require.NoError(t, json.Unmarshal(node.Node, &got.It.BulkOperation))
		if got.It.BulkOperation.Status == "COMPLETED" {
			break
		}
	}
	stop()
	require.NoError(t, <-ended)
	done := got.It.BulkOperation
	require.Equal(t, "COMPLETED", done.Status)
	require.Equal(t, []int{4, 3, 1}, []int{done.Total, done.Done, done.Failed})
	require.Len(t, done.Failures, 1)
	require.Equal(t, "ILLEGAL_TRANSITION", done.Failures[0].Code)
	require.Equal(t, "COMPLETED", done.Failures[0].Object.Status)
	require.Equal(t, 3, l.count("select count(*) from workflow_instances where status = 'CANCELLED'"))

	var list struct {
		BulkOperations struct{ Nodes []struct{ ID string } }
	}
	l.ask(`{ bulkOperations(status: COMPLETED, first: 5) { nodes { id rate requestedBy nextStatuses } } }`, &list)
	require.Len(t, list.BulkOperations.Nodes, 1)
}
