package importer

import (
	"context"
	"fmt"
)

// contradiction is something that two rows say differently. Both are stored as
// they are: which of them is right is not ours to decide.
type contradiction struct {
	table, path, message string
	sql                  string // staged rows s in contradiction, and the value to show
}

// contradictions look at the rows of the bundle after all of it is stored.
var contradictions = []contradiction{
	{
		"workflow_instances", "/state/waitingForEvent", "the instance has ended and its state still waits for an event",
		`select s.*, s.status as shown from aos_import_workflow_instances s where s.status in ('COMPLETED', 'FAILED', 'CANCELLED') and jsonb_typeof(s.state -> 'waitingForEvent') = 'object'`,
	},
	{
		"workflow_instances", "/status", "the instance waits for an event, and nothing says for which",
		`select s.*, s.status as shown from aos_import_workflow_instances s where s.status = 'WAITING_FOR_EVENT' and jsonb_typeof(s.state -> 'waitingForEvent') is distinct from 'object'
  and not exists (select from workflow_event_subscriptions w where w.workflow_instance_id = s.id and w.status = 'active')`,
	},
	{
		"workflow_instances", "/completed_at", "the instance has ended, and nothing says when",
		`select s.*, s.status as shown from aos_import_workflow_instances s where s.status in ('COMPLETED', 'FAILED', 'CANCELLED') and s.completed_at is null`,
	},
	{
		"workflow_instances", "/completed_at", "the instance has a time of its end and has not ended",
		`select s.*, s.status as shown from aos_import_workflow_instances s where s.status in ('CREATED', 'RUNNING', 'WAITING_FOR_EVENT') and s.completed_at is not null`,
	},
	{
		"workflow_instances", "/current_step_id", "the workflow has no such step",
		`select s.*, s.current_step_id as shown from aos_import_workflow_instances s join workflow_definitions d on d.id = s.workflow_definition_id
where s.current_step_id is not null and not ` + stepExists("d.steps", "s.current_step_id"),
	},
	{
		"task_instances", "/status", "the task is open and its workflow instance has ended",
		`select s.*, s.status as shown from aos_import_task_instances s join workflow_instances w on w.id = s.workflow_instance_id
where s.status in ('PENDING', 'ASSIGNED', 'RUNNING') and w.status in ('COMPLETED', 'CANCELLED')`,
	},
	{
		"task_instances", "/step_id", "the workflow has no such step",
		`select s.*, s.step_id as shown from aos_import_task_instances s join workflow_instances w on w.id = s.workflow_instance_id
join workflow_definitions d on d.id = coalesce(s.workflow_definition_id, w.workflow_definition_id) where not ` + stepExists("d.steps", "s.step_id") +
			` and not ` + stepExists("d.compensation_steps", "s.step_id"),
	},
	{
		"task_instances", "/workflow_definition_id", "the workflow instance runs another version of the workflow",
		`select s.*, s.workflow_definition_id::text as shown from aos_import_task_instances s join workflow_instances w on w.id = s.workflow_instance_id
where s.workflow_definition_id <> w.workflow_definition_id`,
	},
	{
		"workflow_event_subscriptions", "/status", "the wait is active and its workflow instance has ended",
		`select s.*, s.status as shown from aos_import_workflow_event_subscriptions s join workflow_instances w on w.id = s.workflow_instance_id
where s.status = 'active' and w.status in ('COMPLETED', 'CANCELLED', 'FAILED')`,
	},
	{
		"test_runs", "/status", "the run has passed and one of its cases has not",
		`select s.*, s.status as shown from aos_import_test_runs s where s.status = 'passed'
  and exists (select from test_case_results c where c.test_run_id = s.id and c.status in ('failed', 'error', 'timeout'))`,
	},
}

// stepExists asks for a step at any depth of a list of steps.
func stepExists(steps, step string) string {
	return fmt.Sprintf("jsonb_path_exists(%s, '$.** ? (@.stepId == $step)', jsonb_build_object('step', %s))", steps, step)
}

// contradict tells what rows of the bundle say against each other.
func (r *run) contradict(ctx context.Context) error {
	for _, c := range contradictions {
		t := tableOf(c.table)
		if !r.bundle.has(c.table) {
			continue
		}
		found, err := r.hits(ctx, fmt.Sprintf("/* import.contradictions */ select x.n, x.row_source, coalesce(x.row_label, ''), x.shown from (%s) x order by x.n", c.sql))
		if err != nil {
			return fmt.Errorf("import: contradictions of %s: %w", c.table, err)
		}
		for _, h := range found {
			r.note(h.entry(t, Kept, Inconsistent, c.path, c.message))
		}
	}
	return nil
}
