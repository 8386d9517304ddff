package resolvers_test

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

func replaced(format, s string) string { return strings.Replace(format, "%s", s, 1) }

// verb is a mutation, where it may begin and where it leads.
type verb struct {
	name, input string
	from        []string
	to          string
	refusal     string // kind of error when the table has the arrow, but not for this verb
}

// table is a state table with the verbs that walk it. The arrows nobody walks
// by hand are the platform's.
type table struct {
	field    string
	statuses []string
	arrows   map[string][]string
	seed     func(o *office, status string) string
	verbs    []verb
	platform []string
	still    bool // a move is no edit: the revision stays
}

func arrowsOf[S model.Enum](t model.Transitions[S]) (statuses []string, arrows map[string][]string) {
	arrows = map[string][]string{}
	var s S
	for _, stored := range s.Values() {
		statuses = append(statuses, model.SpellEnum(stored))
		for _, to := range t[S(stored)] {
			arrows[model.SpellEnum(stored)] = append(arrows[model.SpellEnum(stored)], model.SpellEnum(string(to)))
		}
	}
	return statuses, arrows
}

func tables() []table {
	tasks := table{
		field: "taskInstance", seed: (*office).task,
		verbs: []verb{
			{"taskInstanceClaim", ``, []string{"PENDING"}, "ASSIGNED", "ConflictError"},
			{"taskInstanceAssign", `assignee: "approvers", assigneeType: ROLE, reason: "she knows it"`, []string{"PENDING", "ASSIGNED"}, "ASSIGNED", ""},
			{"taskInstanceRelease", `reason: "not mine"`, []string{"ASSIGNED"}, "PENDING", ""},
			{"taskInstanceStart", ``, []string{"ASSIGNED"}, "RUNNING", ""},
			{"taskInstanceComplete", `output: {decision: "approved", amount: 5}`, []string{"ASSIGNED", "RUNNING"}, "COMPLETED", ""},
			{"taskInstanceFail", `error: {code: "NETWORK_ERROR", message: "gone"}`, []string{"PENDING", "ASSIGNED", "RUNNING"}, "FAILED", ""},
			{"taskInstanceCancel", `reason: "not needed"`, []string{"PENDING", "ASSIGNED", "RUNNING"}, "CANCELLED", ""},
			{"taskInstanceRetry", ``, []string{"FAILED", "TIMED_OUT"}, "PENDING", ""},
		},
		platform: []string{"PENDING>TIMED_OUT", "ASSIGNED>TIMED_OUT", "RUNNING>TIMED_OUT"},
	}
	automated := table{
		field: "taskInstance",
		seed: func(o *office, status string) string {
			return o.insert("tki", `insert into task_instances (task_definition_id, step_id, type, status) values ($1, 'score', 'AUTOMATED', $2)`, anID, status)
		},
		verbs: []verb{{"taskInstanceStart", ``, []string{"PENDING", "ASSIGNED"}, "RUNNING", ""}},
	}
	runs := table{
		field: "workflowInstance", seed: (*office).run,
		verbs: []verb{
			{"workflowInstanceCancel", `reason: "withdrawn"`, []string{"CREATED", "RUNNING", "WAITING_FOR_EVENT"}, "CANCELLED", ""},
			{"workflowInstanceRetry", `reason: "it is back"`, []string{"FAILED"}, "RUNNING", ""},
		},
		platform: []string{"CREATED>RUNNING", "RUNNING>WAITING_FOR_EVENT", "RUNNING>COMPLETED", "RUNNING>FAILED", "WAITING_FOR_EVENT>RUNNING", "WAITING_FOR_EVENT>FAILED"},
	}
	letters := table{
		field: "deadLetter",
		seed: func(o *office, status string) string {
			return o.insert("dlq", `insert into dead_letter_queue (event_id, original_event, error_message, status, resolution_timestamp, resolution_strategy)
				select 'e', '{"eventId": "e", "pattern": "a.b"}', 'bad', lower($1::text), case when done then now() end, case when done then 'discard' end
				from (select lower($1::text) in ('resolved', 'discarded') as done) s`, status)
		},
		verbs: []verb{
			{"deadLetterResolve", `reason: "entered by hand"`, []string{"PENDING"}, "RESOLVED", ""},
			{"deadLetterDiscard", `reason: "too old"`, []string{"PENDING", "REPROCESSING"}, "DISCARDED", ""},
		},
		platform: []string{"PENDING>REPROCESSING", "REPROCESSING>RESOLVED", "REPROCESSING>PENDING"},
	}
	queues := table{
		field: "eventQueue",
		seed: func(o *office, status string) string {
			return o.insert("evq", `insert into event_queue_state (queue_id, status) values ('', lower($1))`, status)
		},
		verbs: []verb{
			{"eventQueueSetStatus", `status: PAUSED, reason: "maintenance"`, []string{"ACTIVE", "DRAINING"}, "PAUSED", ""},
			{"eventQueueSetStatus", `status: ACTIVE`, []string{"PAUSED", "DRAINING"}, "ACTIVE", ""},
			{"eventQueueSetStatus", `status: DRAINING`, []string{"ACTIVE"}, "DRAINING", ""},
		},
	}
	waits := table{
		field: "workflowEventSubscription",
		seed: func(o *office, status string) string {
			o.run("WAITING_FOR_EVENT")
			return o.insert("wfs", `insert into workflow_event_subscriptions (subscription_id, workflow_instance_id, event_pattern, wait_step_id, status)
				select '', max(id::text)::uuid, 'a.b', 'wait', lower($1::text) from workflow_instances`, status)
		},
		verbs:    []verb{{"workflowEventSubscriptionCancel", `reason: "no longer"`, []string{"ACTIVE"}, "CANCELLED", ""}},
		platform: []string{"ACTIVE>FULFILLED", "ACTIVE>EXPIRED"},
	}
	connections := table{
		field: "integrationInstance", seed: (*office).connection, still: true,
		verbs: []verb{
			{"integrationInstanceSetState", `state: ACTIVE, reason: "it answers"`, []string{"INACTIVE", "ERROR"}, "ACTIVE", ""},
			{"integrationInstanceSetState", `state: ERROR, error: "401", code: "AUTH_ERROR"`, []string{"ACTIVE"}, "ERROR", ""},
			{"integrationInstanceSetState", `state: INACTIVE`, []string{"ACTIVE", "ERROR"}, "INACTIVE", ""},
		},
	}
	tests := table{
		field: "testRun", seed: func(o *office, status string) string { return o.testRun(status, "") },
		verbs: []verb{
			{"testRunFinish", `reason: "done"`, []string{"RUNNING"}, "PASSED", ""},
			{"testRunFinish", `status: ERROR`, []string{"RUNNING"}, "ERROR", ""},
			{"testRunFinish", `status: CANCELLED, reason: "too slow"`, []string{"RUNNING"}, "CANCELLED", ""},
		},
		platform: []string{"RUNNING>FAILED"}, // by the next table
	}
	failing := table{
		field: "testRun", seed: func(o *office, status string) string { return o.testRun(status, "timeout") },
		verbs: []verb{{"testRunFinish", ``, []string{"RUNNING"}, "FAILED", ""}},
	}
	connections.statuses, connections.arrows = arrowsOf(model.IntegrationTransitions)
	tests.statuses, tests.arrows = arrowsOf(model.TestRunTransitions)
	failing.statuses, failing.arrows = arrowsOf(model.TestRunTransitions)
	tasks.statuses, tasks.arrows = arrowsOf(model.TaskInstanceTransitions)
	automated.statuses, automated.arrows = arrowsOf(model.TaskInstanceTransitions)
	runs.statuses, runs.arrows = arrowsOf(model.WorkflowInstanceTransitions)
	letters.statuses, letters.arrows = arrowsOf(model.DeadLetterTransitions)
	queues.statuses, queues.arrows = arrowsOf(model.EventQueueTransitions)
	waits.statuses, waits.arrows = arrowsOf(model.WorkflowEventSubscriptionTransitions)
	tasks.platform = append(tasks.platform, "PENDING>RUNNING") // of automated tasks
	return []table{tasks, automated, runs, letters, queues, waits, connections, tests, failing}
}

func TestEachVerbMovesFromWhereItMayAndIsRefusedElsewhere(t *testing.T) {
	t.Parallel()
	for _, tb := range tables() {
		t.Run(tb.field+" by "+tb.verbs[0].name+" to "+tb.verbs[0].to, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			walked := slices.Clone(tb.platform)
			for _, v := range tb.verbs {
				for _, from := range tb.statuses {
					o.walk(tb, v, from)
				}
				for _, from := range v.from {
					require.Contains(t, tb.arrows[from], v.to, "%s from %s", v.name, from)
					walked = append(walked, from+">"+v.to)
				}
			}
			if len(tb.verbs) == 1 && tb.platform == nil {
				return // a variant of another table
			}
			for from, to := range tb.arrows {
				for _, s := range to {
					require.Contains(t, walked, from+">"+s, "somebody walks every arrow")
				}
			}
		})
	}
}

// Every entity that has statuses of its own and mutations is in tables, or
// nobody has looked at what its verbs refuse.
func TestEachEntityThatMutationsMoveHasItsTable(t *testing.T) {
	t.Parallel()
	var fields []string
	for _, tb := range tables() {
		fields = append(fields, tb.field)
	}
	mutations := generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields
	for _, d := range repository.All {
		field := strings.ToLower(d.Name[:1]) + d.Name[1:]
		moved := slices.ContainsFunc(mutations, func(m *ast.FieldDefinition) bool { return strings.HasPrefix(m.Name, field) })
		status := d.ColumnType("status")
		if moved && status != nil && status != reflect.TypeFor[model.DefinitionStatus]() {
			require.Contains(t, fields, field)
		}
	}
}

// walk tries one verb from one status.
func (o *office) walk(tb table, v verb, from string) {
	o.t.Helper()
	t, label := o.t, v.name+" from "+from
	id := tb.seed(o, from)
	got, errs := o.change(ann, v.name, tb.field, `id: "`+id+`", `+v.input)
	require.Empty(t, errs, label)
	if slices.Contains(v.from, from) {
		require.Empty(t, got.UserErrors, label)
		require.Equal(t, v.to, got.Row.Status, label)
		if !tb.still {
			require.Equal(t, 2, got.Row.Revision, label)
		}
		require.Equal(t, "ann", got.Row.History[0].By, label)
		require.NotEmpty(t, got.Row.History[0].Reason, label)
		require.Equal(t, []string{from, v.to}, []string{got.Row.History[0].From, got.Row.History[0].To}, label)
		if _, given, ok := strings.Cut(v.input, `reason: "`); ok {
			require.Equal(t, strings.TrimSuffix(given, `"`), got.Row.History[0].Reason, label)
		}
		return
	}
	require.Nil(t, got.Row, label)
	require.Len(t, got.UserErrors, 1, label)
	refused := got.UserErrors[0]
	if v.refusal != "" && slices.Contains(tb.arrows[from], v.to) {
		require.Equal(t, v.refusal, refused.Type, label)
		require.Equal(t, 1, refused.CurrentRevision, label)
	} else {
		require.Equal(t, "IllegalTransitionError", refused.Type, label)
		require.Equal(t, []string{from, v.to}, []string{refused.From, refused.To}, label)
		require.ElementsMatch(t, tb.arrows[from], refused.Allowed, label)
	}
	var after struct {
		Node struct {
			Status   string
			Revision int
		}
	}
	typ := strings.ToUpper(tb.field[:1]) + tb.field[1:]
	require.Empty(t, o.send(ann, `{ node(id: "`+id+`") { ... on `+typ+` { `+statusOf(tb.field)+` revision } } }`, &after), label)
	require.Equal(t, from, after.Node.Status, label)
	require.Equal(t, 1, after.Node.Revision, label)
}
