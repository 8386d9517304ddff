package resolvers_test

import (
	"fmt"
	"testing"

	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

// desk is a task with components for different situations, done three times.
const desk = `
insert into ui_components (id, component_id, name, component_type, fields, layout, actions, status) values
  ('018f0000-0000-7000-8000-0000000000a1', 'form', 'Form', 'Form',
   '[{"fieldKey": "decision", "label": "Decision", "type": "select"},
     {"fieldKey": "reason", "label": "Reason", "type": "text", "visibleIf": "decision === ''no''"},
     {"fieldKey": "limit", "label": "Limit", "type": "number", "visibleIf": "input.amount > 1000"},
     {"fieldKey": "broken", "label": "Broken", "type": "text", "visibleIf": "input.amount >"}]',
   '{"type": "grid", "areas": [{"component": "note", "visibleIf": "workflow.variables.vip"}]}',
   '[{"actionKey": "approve", "label": "Approve", "visibleIf": "user.hasRole(''admin'')"}, {"actionKey": "audit", "label": "Audit", "visibleIf": "user.hasRole(''auditor'')"}]', 'draft'),
  ('018f0000-0000-7000-8000-0000000000a2', 'note', 'Note', 'Display', '[{"fieldKey": "vip", "label": "VIP", "type": "text", "visibleIf": "data.vip == true"}]', null, null, 'draft'),
  ('018f0000-0000-7000-8000-0000000000a3', 'trouble', 'Trouble', 'Display', null, null, null, 'draft'),
  ('018f0000-0000-7000-8000-0000000000a4', 'overview', 'Overview', 'Display', null, null, null, 'draft');
update ui_components set status = 'active';
insert into workflow_definitions (id, workflow_id, name, version, status, ui_components) values
  ('018f0000-0000-7000-8000-0000000000b1', 'loan', 'Loan', '1.0.0', 'draft', '[{"componentId": "overview", "condition": "workflow.status == ''running''", "priority": 1}]');
insert into task_definitions (id, task_id, name, version, type, execution_config, ui_components) values
  ('018f0000-0000-7000-8000-0000000000c1', 'decide', 'Decide', '1.0.0', 'MANUAL', '{"executor": "x"}',
   '[{"componentId": "form", "priority": 1}, {"componentId": "trouble", "priority": 9, "condition": "status == ''failed'' && error.code == ''LATE''"},
     {"componentId": "note", "priority": 5, "condition": "input.amount >"}, {"componentId": "note", "priority": 1, "condition": "uiState.wide"}]'),
  ('018f0000-0000-7000-8000-0000000000c2', 'look', 'Look', '1.0.0', 'MANUAL', '{"executor": "x"}', null);
insert into workflow_instances (id, instance_id, workflow_definition_id, status, state) values
  ('018f0000-0000-7000-8000-0000000000d1', 'loan-1', '018f0000-0000-7000-8000-0000000000b1', 'RUNNING', '{"variables": {"vip": true}}');
insert into task_instances (task_instance_id, task_definition_id, workflow_instance_id, workflow_definition_id, step_id, type, status, input, error) values
  ('fresh', '018f0000-0000-7000-8000-0000000000c1', '018f0000-0000-7000-8000-0000000000d1', '018f0000-0000-7000-8000-0000000000b1', 'a', 'MANUAL', 'ASSIGNED', '{"amount": 5000}', null),
  ('late', '018f0000-0000-7000-8000-0000000000c1', null, null, 'a', 'MANUAL', 'FAILED', '{"amount": 5}', '{"code": "LATE", "message": "too late"}'),
  ('bare', '018f0000-0000-7000-8000-0000000000c2', '018f0000-0000-7000-8000-0000000000d1', '018f0000-0000-7000-8000-0000000000b1', 'b', 'MANUAL', 'ASSIGNED', '{}', null);
`

func newDesk(t *testing.T) *world {
	t.Helper()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), desk)
	require.NoError(t, err)
	store := repository.NewStore(db)
	writeReferences(t, store, repository.TaskDefinitions)
	writeReferences(t, store, repository.UIComponents)
	writeReferences(t, store, repository.WorkflowDefinitions)
	return &world{t, db}
}

func TestATaskShowsTheComponentWhoseConditionIsMet(t *testing.T) {
	t.Parallel()
	w := newDesk(t)
	const ui = `{ primary { componentId } components { componentId conditionMet conditionProblem priority component { name } } }`
	answer, _ := w.ask(`{ late: taskInstance(taskInstanceId: "late") { ui ` + ui + ` } wide: taskInstance(taskInstanceId: "fresh") { ui(state: {wide: true}) { primary { componentId } components { componentId conditionMet } } }
		bare: taskInstance(taskInstanceId: "bare") { ui { primary { componentId } } } }`)
	require.Contains(t, answer, `"late":{"ui":{"primary":{"componentId":"trouble"},"components":[{"componentId":"trouble","conditionMet":true,"conditionProblem":null,"priority":9,"component":{"name":"Trouble"}},{"componentId":"note","conditionMet":false,"conditionProblem":"`)
	require.Contains(t, answer, `"wide":{"ui":{"primary":{"componentId":"form"},"components":[{"componentId":"trouble","conditionMet":false},{"componentId":"note","conditionMet":false},{"componentId":"form","conditionMet":true},{"componentId":"note","conditionMet":true}]}}`)
	require.Contains(t, answer, `"bare":{"ui":{"primary":{"componentId":"overview"}}}`, "a task without components shows those of its workflow")
}

func TestVisibilityIsToldAsFarAsItIsKnown(t *testing.T) {
	t.Parallel()
	w := newDesk(t)
	const shown = `{ primary { fields { fieldKey visible } actions { actionKey visible } layout { areas { visible component { fields { visible } } } } children { fields { visible } } } }`
	answer, _ := w.ask(`{ unsaid: taskInstance(taskInstanceId: "fresh") { ui ` + shown + ` } said: taskInstance(taskInstanceId: "fresh") { ui(state: {decision: "yes"}) { primary { fields { visible } } } }
		uiComponent(componentId: "form") { fields { visible } } }`)
	require.JSONEq(t, `{
		"unsaid": {"ui": {"primary": {
			"fields": [{"fieldKey": "decision", "visible": true}, {"fieldKey": "reason", "visible": null}, {"fieldKey": "limit", "visible": true}, {"fieldKey": "broken", "visible": false}],
			"actions": [{"actionKey": "approve", "visible": true}, {"actionKey": "audit", "visible": false}],
			"layout": {"areas": [{"visible": true, "component": {"fields": [{"visible": true}]}}]}, "children": [{"fields": [{"visible": true}]}]}}},
		"said": {"ui": {"primary": {"fields": [{"visible": true}, {"visible": false}, {"visible": true}, {"visible": false}]}}},
		"uiComponent": {"fields": [{"visible": null}, {"visible": null}, {"visible": null}, {"visible": null}]}}`, answer)
	require.Contains(t, w.refuse(`{ taskInstance(taskInstanceId: "fresh") { ui(state: [1]) { primary { name } } } }`), "object")
}

func TestAllTasksOfAPageShareTheStatementsOfTheirUI(t *testing.T) {
	t.Parallel()
	w := newDesk(t)
	const query = `{ taskInstances(first: %d, where: {stepId: {eq: "a"}, workflowInstanceId: {isNull: false}}) { nodes { ui { primary { componentId } components { condition component { name } } }
		integrationInstance { instanceId } overdue } } }`
	_, one := w.ask(fmt.Sprintf(query, 1))
	rows, err := w.db.Query(t.Context(), `insert into task_instances (task_definition_id, workflow_instance_id, workflow_definition_id, step_id, type, status)
		select '018f0000-0000-7000-8000-0000000000c1', '018f0000-0000-7000-8000-0000000000d1', '018f0000-0000-7000-8000-0000000000b1', 'a', 'MANUAL', 'ASSIGNED' from generate_series(1, 60)`)
	require.NoError(t, err)
	rows.Close()
	require.NoError(t, rows.Err())
	_, many := w.ask(fmt.Sprintf(query, 60))
	require.Len(t, many, len(one))
}

func TestATaskUsesTheConnectionThatItNamesThatARuleFindsOrThatFitsItsAssignee(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `
insert into integration_definitions (id, integration_id, name, version, auth_type) values ('018f0000-0000-7000-8000-0000000000e1', 'mail', 'Mail', '1.0.0', 'apikey');
insert into integration_instances (instance_id, integration_definition_id, name, context_type, context_id, config, status) values
  ('house', '018f0000-0000-7000-8000-0000000000e1', 'House', 'global', null, '{"sender": "us@house.example"}', '{"state": "active"}'),
  ('north', '018f0000-0000-7000-8000-0000000000e1', 'North', 'client', 'c-north', '{"sender": "desk@north.example"}', '{"state": "inactive"}'),
  ('ann', '018f0000-0000-7000-8000-0000000000e1', 'Ann', 'user', 'ann', '{}', '{"state": "error"}');
insert into task_definitions (id, task_id, name, version, type, execution_config) values
  ('018f0000-0000-7000-8000-0000000000f1', 'named', 'Named', '1.0.0', 'INTEGRATION', '{"integration": {"type": "mail", "instanceSelector": {"type": "EXPLICIT", "value": "north"}}}'),
  ('018f0000-0000-7000-8000-0000000000f2', 'ruled', 'Ruled', '1.0.0', 'INTEGRATION', '{"integration": {"type": "mail", "instanceSelector": {"type": "RULE", "value": "sender_match", "parameters": {"field": "from"}}}}'),
  ('018f0000-0000-7000-8000-0000000000f3', 'open', 'Open', '1.0.0', 'INTEGRATION', '{"integration": {"type": "mail"}}');
insert into task_instances (task_instance_id, task_definition_id, step_id, type, status, assignee, input) values
  ('named', '018f0000-0000-7000-8000-0000000000f1', 'a', 'INTEGRATION', 'PENDING', 'ann', '{}'),
  ('by-config', '018f0000-0000-7000-8000-0000000000f2', 'a', 'INTEGRATION', 'PENDING', null, '{"from": "DESK@north.example"}'),
  ('by-name', '018f0000-0000-7000-8000-0000000000f2', 'a', 'INTEGRATION', 'PENDING', null, '{"from": "ann"}'),
  ('by-nothing', '018f0000-0000-7000-8000-0000000000f2', 'a', 'INTEGRATION', 'PENDING', null, '{"from": "nobody@else.example"}'),
  ('unruled', '018f0000-0000-7000-8000-0000000000f2', 'a', 'INTEGRATION', 'PENDING', null, '{}'),
  ('anns', '018f0000-0000-7000-8000-0000000000f3', 'a', 'INTEGRATION', 'ASSIGNED', 'ann', '{}'),
  ('bobs', '018f0000-0000-7000-8000-0000000000f3', 'a', 'INTEGRATION', 'ASSIGNED', 'bob', '{}')`)
	require.NoError(t, err)
	w := &world{t, db}
	for task, want := range map[string]string{
		"named": "north", "by-config": "north", "by-name": "ann", "unruled": "house", "anns": "ann", "bobs": "house",
	} {
		answer, _ := w.ask(fmt.Sprintf(`{ taskInstance(taskInstanceId: %q) { integrationInstance { instanceId } } }`, task))
		require.JSONEq(t, fmt.Sprintf(`{"taskInstance": {"integrationInstance": {"instanceId": %q}}}`, want), answer, task)
	}
	answer, _ := w.ask(`{ none: taskInstance(taskInstanceId: "by-nothing") { integrationInstance { id } } north: taskInstance(taskInstanceId: "anns") { integrationInstance(contextType: CLIENT, contextId: "c-north") { instanceId } } }`)
	require.JSONEq(t, `{"none": {"integrationInstance": null}, "north": {"integrationInstance": {"instanceId": "north"}}}`, answer)
	_, sql := w.ask(`{ taskInstances { nodes { integrationInstance { instanceId } } } }`)
	require.Equal(t, []string{"task_instances.list", "task_definitions.by_key", "integration_instances.for_tasks"}, counted(sql))
}

func TestAWorkflowTellsHowItsRunsWent(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `
insert into workflow_definitions (id, workflow_id, name, version, status) values
  ('018f0000-0000-7000-8000-0000000000b1', 'loan', 'Loan', '1.0.0', 'draft'), ('018f0000-0000-7000-8000-0000000000b2', 'idle', 'Idle', '1.0.0', 'draft');
insert into workflow_instances (workflow_definition_id, status, current_step_id, started_at, completed_at)
select '018f0000-0000-7000-8000-0000000000b1', status, step, at::timestamptz, at::timestamptz + took::interval
from (values
  ('COMPLETED', null, '2026-03-01T10:00:00Z', '10 seconds'), ('COMPLETED', null, '2026-03-01T11:00:00Z', '20 seconds'), ('COMPLETED', null, '2026-03-02T23:59:00Z', '2 minutes'),
  ('FAILED', 'pay', '2026-03-02T08:00:00Z', '1 second'), ('FAILED', 'pay', '2026-03-02T09:00:00Z', '1 second'), ('FAILED', 'ship', '2026-03-02T10:00:00Z', '1 second'),
  ('CANCELLED', 'pay', '2026-03-02T12:00:00Z', '1 second'), ('RUNNING', 'pay', '2026-03-03T08:00:00Z', null), ('COMPLETED', null, '2026-02-01T08:00:00Z', '1 second')
) as r(status, step, at, took)`)
	require.NoError(t, err)
	w := &world{t, db}
	answer, sql := w.ask(`{ workflowDefinitions { nodes { workflowId stats(range: {gte: "2026-03-01T00:00:00Z", lt: "2026-03-03T00:00:00Z"}) {
		started completed failed cancelled successRate durationMs { count avg p50 p95 max } failuresByStep { key count } perBucket { at started completed failed cancelled } } } } }`)
	require.JSONEq(t, `{"workflowDefinitions": {"nodes": [
		{"workflowId": "idle", "stats": {"started": 0, "completed": 0, "failed": 0, "cancelled": 0, "successRate": null, "durationMs": {"count": 0, "avg": null, "p50": null, "p95": null, "max": null}, "failuresByStep": [], "perBucket": []}},
		{"workflowId": "loan", "stats": {"started": 7, "completed": 2, "failed": 3, "cancelled": 1, "successRate": 0.4, "durationMs": {"count": 2, "avg": 15000, "p50": 10000, "p95": 20000, "max": 20000},
			"failuresByStep": [{"key": "pay", "count": 2}, {"key": "ship", "count": 1}],
			"perBucket": [{"at": "2026-03-01T00:00:00Z", "started": 2, "completed": 2, "failed": 0, "cancelled": 0}, {"at": "2026-03-02T00:00:00Z", "started": 5, "completed": 0, "failed": 3, "cancelled": 1}]}}
	]}}`, answer)
	require.Equal(t, []string{"workflow_definitions.list", "workflow_definitions.stats"}, counted(sql))
	require.Contains(t, w.refuse(`{ workflowDefinition(id: "wfd_01hw000000e0080000000000nh") { id } workflowDefinitions { nodes { stats(range: {ago: "P60D"}, bucket: HOUR) { started } } } }`), "1000 buckets")
}
