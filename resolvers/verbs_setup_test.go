package resolvers_test

import (
	"encoding/base64"
	"encoding/json"
	"log/slog"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// office is a database in which people change things.
type office struct {
	t    *testing.T
	db   *pgxpool.Pool
	exec *executor.Executor
}

const (
	anID       = "018f0000-0000-7000-8000-0000000000a1" // of the task definition
	aProcessID = "018f0000-0000-7000-8000-0000000000a2" // of the workflow definition
)

var ann = auth.Identity{Name: "ann", Roles: []string{"admin", "approvers"}}

func newOffice(t *testing.T) *office {
	t.Helper()
	db := testdb.New(t)
	jobs, err := bulk.New(&repository.Writer{Store: repository.NewStore(db), DB: db}, db, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	keys, err := credential.Parse("k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	o := &office{t, db, executor.New(generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{
		Tasks: &instance.Tasks{Writer: writer}, Workflows: &instance.Workflows{Writer: writer}, Operations: &instance.Operations{Writer: writer}, Definitions: &definition.Definitions{Writer: writer},
		Publisher:   &routing.Publisher{Writer: writer},
		Router:      routing.NewRouter(writer, slog.New(slog.DiscardHandler)),
		Connections: &instance.Connections{Writer: writer, Keys: keys}, TestRuns: &instance.TestRuns{Writer: writer}, Bulk: jobs,
	}}))}
	o.must(`insert into task_definitions (id, task_id, name, version, type, execution_config, output_schema) values ($1, 'decide', 'Decide', '1.0.0', 'MANUAL', '{"executor": "x"}',
		'{"type": "object", "required": ["decision", "amount"], "properties": {"decision": {"enum": ["approved", "rejected"]}, "amount": {"type": "integer"}}}')`, anID)
	o.must(`insert into workflow_definitions (id, workflow_id, name, version, steps, input_schema) values ($1, 'loan', 'Loan', '1.0.0',
		'[{"stepId": "decide", "taskId": "decide"}]', '{"type": "object", "required": ["amount"], "properties": {"amount": {"type": "integer"}}}')`, aProcessID)
	o.must(`update workflow_definitions set status = 'active'`)
	return o
}

func (o *office) must(sql string, args ...any) {
	o.t.Helper()
	_, err := o.db.Exec(o.t.Context(), sql, args...)
	require.NoError(o.t, err)
}

// insert runs an insert that returns a UUID and answers the global id.
func (o *office) insert(prefix, sql string, args ...any) string {
	o.t.Helper()
	var id uuid.UUID
	require.NoError(o.t, o.db.QueryRow(o.t.Context(), sql+" returning id", args...).Scan(&id))
	return nodeid.Encode(prefix, id)
}

// uuidOf is the raw key in a global id.
func uuidOf(t *testing.T, id string) uuid.UUID {
	t.Helper()
	_, uid, err := nodeid.Decode(id)
	require.NoError(t, err)
	return uid
}

func (o *office) task(status string) string {
	return o.insert("tki", `insert into task_instances (task_definition_id, step_id, type, status, assignee) values ($1, 'decide', 'MANUAL', $2::text, case when $2::text <> 'PENDING' then 'ann' end)`, anID, status)
}

func (o *office) run(status string) string {
	return o.insert("wfi", `insert into workflow_instances (workflow_definition_id, status, input) values ($1, $2, '{"amount": 5}')`, aProcessID, status)
}

// payload is what the mutations of these tests select, the changed row under
// the name row.
type payload struct {
	Row *struct {
		ID       string
		Status   string
		Revision int
		History  []struct {
			What, From, To, By, Reason string
		}
	}
	UserErrors []userError
}

type userError struct {
	Type            string `json:"__typename"`
	Code, Path      string
	From, To        string
	Allowed         []string
	CurrentRevision int
}

const selected = `{ %s userErrors { __typename code path
	... on IllegalTransitionError { from to allowed } ... on ConflictError { currentRevision } } } }`

// send runs an operation in somebody's name and fills into.
func (o *office) send(who auth.Identity, query string, into any) (errs []string) {
	ctx := auth.With(graphql.StartOperationTrace(o.t.Context()), who)
	op, list := o.exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	if len(list) > 0 {
		return []string{list.Error()}
	}
	handler, ctx := o.exec.DispatchOperation(ctx, op)
	response := handler(loader.With(ctx, repository.NewStore(o.db)))
	for _, e := range response.Errors {
		errs = append(errs, e.Error())
	}
	if len(errs) == 0 {
		if err := json.Unmarshal(response.Data, into); err != nil {
			return []string{err.Error()}
		}
	}
	return errs
}

// statusOf selects the status of a row in a payload's field.
func statusOf(field string) string {
	switch field {
	case "workflowEventTrigger":
		return ""
	case "integrationInstance":
		return "status: state"
	}
	return "status"
}

// change runs a mutation with an input; field is the changed row's name in the
// payload.
func (o *office) change(who auth.Identity, mutation, field, input string) (payload, []string) {
	row := ` { id revision history { what from to by reason } ` + statusOf(field) + ` }`
	query := `mutation { it: ` + mutation + `(input: {` + input + `}) ` + replaced(selected, "row: "+field+row)
	var data struct{ It payload }
	errs := o.send(who, query, &data)
	return data.It, errs
}
