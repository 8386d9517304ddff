package main_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"

	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// loans is a server with a workflow that can be started.
type loans struct {
	t       testing.TB
	db      *pgxpool.Pool
	handler http.Handler
}

func newLoans(t testing.TB) *loans {
	db := testdb.New(t)
	handler, err := server.Handler(server.Parts{Primary: db, Operations: os.DirFS(operationsFolder)})
	require.NoError(t, err)
	_, err = db.Exec(t.Context(), `
insert into task_definitions (task_id, name, version, type, execution_config) values ('decide', 'Decide', '1.0.0', 'MANUAL', '{"executor": "x"}');
insert into workflow_definitions (workflow_id, name, version, steps, input_schema) values ('loan', 'Loan', '1.0.0', '[{"stepId": "decide", "taskId": "decide"}]',
  '{"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}');
update workflow_definitions set status = 'active'`)
	require.NoError(t, err)
	return &loans{t, db, handler}
}

// started is what a start answers.
type started struct {
	ID   string
	Code string
	Path string
}

// start asks for a loan. The key and the amount are GraphQL literals.
func (l *loans) start(key, amount string) started {
	return l.post(fmt.Sprintf(`mutation { it: workflowInstanceStart(input: {workflowId: "loan", input: {amount: %s}, idempotencyKey: %s}) {
		workflowInstance { id } userErrors { code path } } }`, amount, key))
}

func (l *loans) post(query string) started {
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(l.t, err)
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response := httptest.NewRecorder()
	l.handler.ServeHTTP(response, request)
	var answer struct {
		Data struct {
			It struct {
				WorkflowInstance *started
				UserErrors       []started
			}
		}
		Errors []struct{ Message string }
	}
	require.NoError(l.t, json.Unmarshal(response.Body.Bytes(), &answer), response.Body.String())
	require.Empty(l.t, answer.Errors)
	if it := answer.Data.It; it.WorkflowInstance != nil {
		return *it.WorkflowInstance
	}
	return answer.Data.It.UserErrors[0]
}

func (l *loans) count(sql string) (n int) {
	require.NoError(l.t, l.db.QueryRow(l.t.Context(), sql).Scan(&n))
	return n
}

func TestARequestSentAgainWithItsKeyDoesNothingAgain(t *testing.T) {
	t.Parallel()
	l := newLoans(t)
	first := l.start(`"k1"`, "5")
	require.NotEmpty(t, first.ID)
	require.Equal(t, first, l.start(`"k1"`, "5"), "a retry answers what the first request made")
	require.Equal(t, 1, l.count("select count(*) from workflow_instances"))

	other := l.start(`"k1"`, "6")
	require.Equal(t, started{Code: "IDEMPOTENCY_CONFLICT", Path: "/idempotencyKey"}, other, "the key belongs to another input")
	require.NotEqual(t, first.ID, l.start(`"k2"`, "5").ID, "another key is another request")
	require.NotEqual(t, first.ID, l.start("null", "5").ID, "without a key every request counts")
	require.Equal(t, "BAD_USER_INPUT", l.start(`""`, "5").Code)

	_, err := l.db.Exec(t.Context(), "update workflow_instances set status = 'COMPLETED'; update idempotency_keys set expires_at = now() where key = 'k2'")
	require.NoError(t, err)
	rerun := `mutation { it: workflowInstanceRerun(input: {id: "` + first.ID + `", idempotencyKey: "k1"}) { workflowInstance { id } userErrors { code path } } }`
	again := l.post(rerun)
	require.NotEqual(t, first.ID, again.ID, "the key is remembered per mutation")
	require.Equal(t, again, l.post(rerun))
	require.NotEmpty(t, l.start(`"k2"`, "7").ID, "a key that was forgotten is free")
}

func TestARefusedRequestLeavesItsKeyFree(t *testing.T) {
	t.Parallel()
	l := newLoans(t)
	require.Equal(t, "VALIDATION_FAILED", l.start(`"k"`, `"much"`).Code)
	require.Zero(t, l.count("select count(*) from idempotency_keys"))
	require.NotEmpty(t, l.start(`"k"`, "5").ID)
}

func TestOfManyEqualRequestsAtOnceOneIsDone(t *testing.T) {
	t.Parallel()
	l := newLoans(t)
	answers := make([]started, 24)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() { answers[i] = l.start(`"k"`, "5") })
	}
	all.Wait()
	for _, a := range answers {
		require.Equal(t, answers[0], a, "all get the answer of the one that ran")
	}
	require.NotEmpty(t, answers[0].ID)
	require.Equal(t, 1, l.count("select count(*) from workflow_instances"))
}

// TestMutationsThatMakeSomethingTakeAKey finds what was forgotten: a mutation
// that makes a row whenever it is asked can be retried only with a key.
func TestMutationsThatMakeSomethingTakeAKey(t *testing.T) {
	t.Parallel()
	for _, f := range schema.Mutation.Fields {
		input := f.Arguments.ForName("input")
		if input == nil {
			continue
		}
		def := schema.Types[input.Type.Name()]
		id := def.Fields.ForName("id")
		makes := id == nil || !id.Type.NonNull
		if makes {
			require.NotNil(t, def.Fields.ForName("idempotencyKey"), "%s has no idempotencyKey", f.Name)
		}
	}
}
