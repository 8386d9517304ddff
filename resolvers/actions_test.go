package resolvers_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

type allowedAction struct {
	Action, To string
	Allowed    bool
	Reason     *string
}

// actions are what somebody may do to a row, in the order of the answer.
func (o *office) actions(who auth.Identity, id, typ string) []allowedAction {
	o.t.Helper()
	var data struct {
		Node struct{ AllowedActions []allowedAction }
	}
	require.Empty(o.t, o.send(who, `{ node(id: "`+id+`") { ... on `+typ+` { allowedActions { action to allowed reason } } } }`, &data))
	return data.Node.AllowedActions
}

// action is one of them.
func (o *office) action(who auth.Identity, id, typ, name, to string) allowedAction {
	o.t.Helper()
	all := o.actions(who, id, typ)
	i := slices.IndexFunc(all, func(a allowedAction) bool { return a.Action == name && a.To == to })
	require.GreaterOrEqual(o.t, i, 0, "%s to %s is among %v", name, to, all)
	return all[i]
}

// everybody are callers with all kinds of rights.
var everybody = []auth.Identity{
	ann, auth.Local,
	{Name: "mia", Roles: []string{"worker"}},
	{Name: "bob", Roles: []string{"worker", "approvers"}},
	{Name: "ola", Roles: []string{"operator"}},
	{Name: "bea", Roles: []string{"builder"}},
	{Name: "rita"},
}

// state is an entity in one condition: how to make a row of it at a status.
type state struct {
	typ      string
	about    string
	statuses []string
	seed     func(o *office, status string) string
}

// inputs are what each action takes besides the id to lead where it says.
var inputs = map[string]string{
	"taskInstanceAssign":                        `assignee: "zoe", reason: "she knows it"`,
	"taskInstanceRelease":                       `reason: "not mine"`,
	"taskInstanceComplete":                      `output: {decision: "approved", amount: 5}`,
	"taskInstanceFail":                          `error: {code: "NETWORK_ERROR", message: "gone"}`,
	"taskInstanceCancel":                        `reason: "not needed"`,
	"taskInstanceSaveDraft":                     `draftOutput: {amount: 1}`,
	"workflowInstanceCancel":                    `reason: "withdrawn"`,
	"deadLetterResolve":                         `reason: "entered by hand"`,
	"deadLetterDiscard":                         `reason: "too old"`,
	"eventQueueSetStatus to ACTIVE":             `status: ACTIVE`,
	"eventQueueSetStatus to PAUSED":             `status: PAUSED`,
	"eventQueueSetStatus to DRAINING":           `status: DRAINING`,
	"workflowEventTriggerSetEnabled to ENABLED": `enabled: true`, "workflowEventTriggerSetEnabled to DISABLED": `enabled: false`,
	"integrationInstanceSetState to ACTIVE":   `state: ACTIVE`,
	"integrationInstanceSetState to ERROR":    `state: ERROR, error: "401"`,
	"integrationInstanceSetState to INACTIVE": `state: INACTIVE`,
	"integrationInstanceSave":                 `name: "Other"`,
	"integrationInstanceSetCredentials":       `credentials: {apikey: {key: "k"}}`,
	"testRunRecordResults":                    `results: [{caseId: "small", status: PASSED}]`,
	"testRunFinish to ERROR":                  `status: ERROR`,
	"testRunFinish to CANCELLED":              `status: CANCELLED`,
	"taskDefinitionSave":                      `name: "Other"`,
	"workflowDefinitionSave":                  `name: "Other"`,
	"eventDefinitionSave":                     `name: "Other"`,
	"integrationDefinitionSave":               `name: "Other"`,
	"uiComponentSave":                         `name: "Other"`,
	"testDefinitionSave":                      `name: "Other"`,
}

// beside are arguments that do not stand in the input.
var beside = map[string]string{"definitionDeprecate": `, retire: true`}

// does tries an action and tells whether it was done, and else what was said.
func (o *office) does(who auth.Identity, id string, a allowedAction) (done bool, said string) {
	o.t.Helper()
	field := mutationNamed(a.Action)
	if refusal := graph.Refuses(who, field); refusal != nil {
		return false, refusal.Error()
	}
	arguments := `id: "` + id + `", status: ` + a.To
	if field.Arguments.ForName("input") != nil {
		input := `id: "` + id + `", `
		if more, ok := inputs[a.Action+" to "+a.To]; ok {
			input += more
		} else {
			input += inputs[a.Action]
		}
		arguments = `input: {` + input + `}` + beside[a.Action]
	}
	var data struct {
		It struct {
			UserErrors []struct{ Message string }
		}
	}
	errs := o.send(who, `mutation { it: `+a.Action+`(`+arguments+`) { userErrors { message } } }`, &data)
	if len(errs) > 0 {
		return false, fmt.Sprint(errs)
	}
	return len(data.It.UserErrors) == 0, fmt.Sprint(data.It.UserErrors)
}

func mutationNamed(name string) *ast.FieldDefinition {
	return generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields.ForName(name)
}

// TestWhatIsOfferedIsWhatIsDone takes every entity through all its statuses,
// asks as everybody what may be done, and tries it: what is allowed happens,
// what is not is refused.
func TestWhatIsOfferedIsWhatIsDone(t *testing.T) {
	t.Parallel()
	for _, s := range states() {
		t.Run(s.typ+" "+s.about, func(t *testing.T) {
			t.Parallel()
			o := newOffice(t)
			for _, status := range s.statuses {
				for _, who := range everybody {
					o.tryAll(s, status, who)
				}
			}
		})
	}
}

func (o *office) tryAll(s state, status string, who auth.Identity) {
	o.t.Helper()
	id := s.seed(o, status)
	for i := range o.actions(who, id, s.typ) {
		a := o.actions(who, id, s.typ)[i]
		done, said := o.does(who, id, a)
		label := fmt.Sprintf("%s at %s: %s to %s by %s: %s", s.typ, status, a.Action, a.To, who.Name, said)
		require.Equal(o.t, a.Allowed, done, label)
		require.Equal(o.t, a.Allowed, a.Reason == nil, label)
		if done {
			id = s.seed(o, status)
		}
	}
}

// TestEachMutationOfAnObjectIsOffered finds a mutation on an object that no
// allowedActions tell of.
func TestEachMutationOfAnObjectIsOffered(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	offered := map[string]bool{}
	for _, s := range states() {
		for _, status := range s.statuses {
			for _, a := range o.actions(ann, s.seed(o, status), s.typ) {
				offered[a.Action] = true
			}
		}
	}
	makes := []string{"workflowInstanceStart", "testRunStart", "eventPublish", "bulkOperationStart"} // of no object that is there
	for _, f := range generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields {
		require.NotEqual(t, slices.Contains(makes, f.Name), offered[f.Name], f.Name)
	}
}

func TestWhoHasNoRoleForAnActionIsToldWhich(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.task("PENDING")
	mia := auth.Identity{Name: "mia", Roles: []string{"worker"}}
	require.True(t, o.action(mia, id, "TaskInstance", "taskInstanceClaim", "ASSIGNED").Allowed)
	require.Equal(t, "taskInstanceAssign takes one of the roles operator, admin.", *o.action(mia, id, "TaskInstance", "taskInstanceAssign", "ASSIGNED").Reason)
	_, errs := o.change(ann, "taskInstanceAssign", "taskInstance", `id: "`+id+`", assignee: "bob"`)
	require.Empty(t, errs)
	require.Equal(t, "the task is assigned to bob; ask for a reassignment", *o.action(mia, id, "TaskInstance", "taskInstanceStart", "RUNNING").Reason)
	require.Contains(t, *o.action(mia, id, "TaskInstance", "taskInstanceClaim", "ASSIGNED").Reason, "already assigned to bob")
}

// TestAnAdministratorIsInEveryTeam: a role's task is claimed by its members, and
// by administrators, such as the caller of a server without authentication.
func TestAnAdministratorIsInEveryTeam(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.taskOf("approvers")
	require.False(t, o.action(auth.Identity{Name: "mia", Roles: []string{"worker"}}, id, "TaskInstance", "taskInstanceClaim", "ASSIGNED").Allowed)
	require.True(t, o.action(auth.Local, id, "TaskInstance", "taskInstanceClaim", "ASSIGNED").Allowed)
	got, errs := o.change(auth.Local, "taskInstanceClaim", "taskInstance", `id: "`+id+`"`)
	require.Empty(t, errs)
	require.Empty(t, got.UserErrors)
}

// spelled are the statuses of a table as the graph spells them.
func spelled[S model.Enum](t model.Transitions[S]) []string {
	statuses, _ := arrowsOf(t)
	return statuses
}

// kinds of definition: the columns that a valid one needs, and those of one that
// must not become active.
var definitionKinds = []struct{ typ, table, prefix, key, columns, fit, unfit string }{
	{"WorkflowDefinition", "workflow_definitions", "wfd", "workflow_id", "steps", `'[{"stepId": "a", "type": "END"}]'`, `'[{"stepId": "a", "taskId": "nowhere"}]'`},
	{"TaskDefinition", "task_definitions", "tkd", "task_id", "type, execution_config", `'AUTOMATED', '{"executor": "x"}'`, `'AUTOMATED', '{"executor": "x", "integration": {"type": "nowhere", "method": "m"}}'`},
	{"EventDefinition", "event_definitions", "evd", "event_id", "pattern, payload_schema", `'thing.' || gen_random_uuid(), '{}'`, `'thing.' || gen_random_uuid(), '{}'`},
	{"IntegrationDefinition", "integration_definitions", "ind", "integration_id", "type, auth_type", `'integration', 'apikey'`, ``},
	{"UIComponent", "ui_components", "uic", "component_id", "component_type", `'Display'`, ``},
	{"TestDefinition", "test_definitions", "tsd", "test_id", "type, target_id, cases", `'workflow', 'loan', '[{"caseId": "one", "input": {}}]'`, `'workflow', 'nowhere', '[{"caseId": "one", "input": {}}]'`},
}

// definition seeds a version of a business key of its own.
func (o *office) definition(typ, status string, fit bool) string {
	i := slices.IndexFunc(definitionKinds, func(k struct{ typ, table, prefix, key, columns, fit, unfit string }) bool { return k.typ == typ })
	k := definitionKinds[i]
	values := map[bool]string{true: k.fit, false: k.unfit}[fit]
	id := o.insert(k.prefix, `insert into `+k.table+` (`+k.key+`, name, version, `+k.columns+`) values (gen_random_uuid(), 'It', '1.0.0', `+values+`)`)
	uid := uuidOf(o.t, id)
	if strings.Contains(values, "nowhere") && typ != "TestDefinition" {
		reference := map[string]string{"WorkflowDefinition": "workflow_task_references", "TaskDefinition": "task_integration_references"}[typ]
		path := map[string]string{"WorkflowDefinition": "/steps/0/taskId", "TaskDefinition": "/execution_config/integration/type"}[typ]
		o.must(`insert into `+reference+` (source_id, path, target_business_id) values ($1, $2, 'nowhere')`, uid, path)
	}
	if status != "DRAFT" {
		o.must(`update `+k.table+` set status = 'active' where id = $1`, uid)
		o.must(`update `+k.table+` set status = lower($2) where id = $1 and status <> lower($2)`, uid, status)
	}
	if typ == "EventDefinition" && !fit {
		o.must(`with holder as (insert into event_definitions (event_id, name, version, pattern, payload_schema)
			select gen_random_uuid(), 'Holder', '1.0.0', pattern, '{}' from event_definitions where id = $1 returning id) select from holder`, uid)
		o.must(`update event_definitions set status = 'active' where name = 'Holder' and status = 'draft'`)
	}
	return id
}

func states() []state {
	all := []state{
		{"TaskInstance", "somebody's", spelled(model.TaskInstanceTransitions), (*office).task},
		{"TaskInstance", "a role's", []string{"ASSIGNED"}, func(o *office, _ string) string { return o.taskOf("approvers") }},
		{"TaskInstance", "automated", spelled(model.TaskInstanceTransitions), func(o *office, status string) string {
			return o.insert("tki", `insert into task_instances (task_definition_id, step_id, type, status) values ($1, 'score', 'AUTOMATED', $2)`, anID, status)
		}},
		{"TaskInstance", "of a run that is over", spelled(model.TaskInstanceTransitions), func(o *office, status string) string {
			run := o.run("CANCELLED")
			return o.insert("tki", `insert into task_instances (task_definition_id, step_id, type, status, workflow_instance_id) values ($1, 'score', 'AUTOMATED', $2, $3)`, anID, status, uuidOf(o.t, run))
		}},
		{"WorkflowInstance", "of an active workflow", spelled(model.WorkflowInstanceTransitions), (*office).run},
		{"WorkflowInstance", "whose input is out of date", spelled(model.WorkflowInstanceTransitions), func(o *office, status string) string {
			return o.insert("wfi", `insert into workflow_instances (workflow_definition_id, status, input) values ($1, $2, '{}')`, aProcessID, status)
		}},
		{"WorkflowInstance", "of a retired workflow", spelled(model.WorkflowInstanceTransitions), func(o *office, status string) string {
			retired := o.definition("WorkflowDefinition", "DEPRECATED", true)
			return o.insert("wfi", `insert into workflow_instances (workflow_definition_id, status, input) values ($1, $2, '{}')`, uuidOf(o.t, retired), status)
		}},
		{"WorkflowInstance", "of nobody knows what", spelled(model.WorkflowInstanceTransitions), func(o *office, status string) string {
			return o.insert("wfi", `insert into workflow_instances (status, input) values ($1, '{}')`, status)
		}},
		{"DeadLetter", "without subscriber", spelled(model.DeadLetterTransitions), func(o *office, status string) string { return o.letter(status, nil) }},
		{"DeadLetter", "of somebody outside", spelled(model.DeadLetterTransitions), func(o *office, status string) string { return o.letter(status, "billing") }},
		{"EventQueue", "", spelled(model.EventQueueTransitions), func(o *office, status string) string {
			return o.insert("evq", `insert into event_queue_state (queue_id, status) values ('', lower($1))`, status)
		}},
		{"WorkflowEventSubscription", "", spelled(model.WorkflowEventSubscriptionTransitions), func(o *office, status string) string {
			run := o.run("WAITING_FOR_EVENT")
			return o.insert("wfs", `insert into workflow_event_subscriptions (subscription_id, workflow_instance_id, event_pattern, wait_step_id, status)
				values ('', $1, 'a.b', 'wait', lower($2::text))`, uuidOf(o.t, run), status)
		}},
		{"WorkflowEventTrigger", "", []string{"true", "false"}, func(o *office, enabled string) string {
			return o.insert("wft", `insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern, trigger_type, enabled) values ('', $1, 'a.b', 'START', $2)`, aProcessID, enabled == "true")
		}},
		{"IntegrationInstance", "", spelled(model.IntegrationTransitions), (*office).connection},
		{"IntegrationInstance", "that a task names", spelled(model.IntegrationTransitions), (*office).namedConnection},
		{"TestRun", "without cases", spelled(model.TestRunTransitions), func(o *office, status string) string { return o.testRun(status, "") }},
		{"TestRun", "whose cases are tried", spelled(model.TestRunTransitions), func(o *office, status string) string { return o.testRun(status, "timeout") }},
		{"TestRun", "with an error", spelled(model.TestRunTransitions), func(o *office, status string) string { return o.testRun(status, "error") }},
		{"TestRun", "whose cases are not tried", spelled(model.TestRunTransitions), func(o *office, status string) string {
			id := o.testRun(status, "passed")
			o.must(`delete from test_case_results where test_run_id = $1`, uuidOf(o.t, id))
			return id
		}},
		{"BulkOperation", "", spelled(model.BulkOperationTransitions), func(o *office, status string) string {
			return o.insert("blk", `insert into bulk_operations (kind, status, reason, at_most, requested_by) values ('CANCEL_TASKS', $1, 'r', 1, 'ann')`, status)
		}},
		{"TestDefinition", "that was tried", []string{"DRAFT"}, func(o *office, status string) string {
			id := o.definition("TestDefinition", status, true)
			o.must(`insert into test_runs (run_id, test_definition_id) values ('', $1)`, uuidOf(o.t, id))
			return id
		}},
	}
	for _, k := range definitionKinds {
		all = append(all, state{k.typ, "that is fit", spelled(model.DefinitionTransitions), func(o *office, status string) string { return o.definition(k.typ, status, true) }})
		if k.unfit != "" {
			all = append(all, state{k.typ, "with problems", []string{"DRAFT", "DEPRECATED"}, func(o *office, status string) string { return o.definition(k.typ, status, false) }})
		}
	}
	return all
}

func (o *office) taskOf(role string) string {
	return o.insert("tki", `insert into task_instances (task_definition_id, step_id, type, status, assignee, assignee_type) values ($1, 'decide', 'MANUAL', 'ASSIGNED', $2, 'ROLE')`, anID, role)
}

func (o *office) letter(status string, subscriber any) string {
	return o.insert("dlq", `insert into dead_letter_queue (event_id, original_event, error_message, status, subscriber_id, resolution_timestamp, resolution_strategy)
		select 'e', '{"eventId": "e", "pattern": "a.b"}', 'bad', lower($1::text), $2::text, case when done then now() end, case when done then 'discard' end
		from (select lower($1::text) in ('resolved', 'discarded') as done) s`, status, subscriber)
}

// namedConnection is a connection that a version of a task names.
func (o *office) namedConnection(state string) string {
	id := o.connection(state)
	uid := uuidOf(o.t, id)
	var key string
	require.NoError(o.t, o.db.QueryRow(o.t.Context(), `select instance_id from integration_instances where id = $1`, uid).Scan(&key))
	task := o.insert("tkd", `insert into task_definitions (task_id, name, version, type, execution_config) values ($1::text, 'Send', '1.0.0', 'INTEGRATION',
		jsonb_build_object('executor', 'x', 'integration', jsonb_build_object('type', 'mail', 'instanceSelector', jsonb_build_object('type', 'EXPLICIT', 'value', $1::text))))`, key)
	o.must(`insert into task_integration_references (source_id, path, target_business_id)
		select $1, '/execution_config/integration/type', integration_id from integration_definitions where id = $2`, uuidOf(o.t, task), anIntegrationID)
	return id
}
