package repository_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

// crowd is a workflow with a hundred runs, of which one failed, and a small one.
const crowd = `
insert into workflow_definitions (id, workflow_id, name) values
  ('018f0000-0000-7000-8000-000000000001', 'busy', 'Busy'), ('018f0000-0000-7000-8000-000000000002', 'calm', 'Calm');
insert into workflow_instances (instance_id, workflow_definition_id, status, current_step_id, started_at, created_at)
select 'run-' || i, ('018f0000-0000-7000-8000-00000000000' || case when i % 50 = 0 then 2 else 1 end)::uuid, case when i = 7 then 'FAILED' when i % 2 = 0 then 'RUNNING' else 'COMPLETED' end, 'step-' || i % 3,
  now() - make_interval(mins => i), now() - make_interval(hours => i)
from generate_series(1, 100) i;
analyze;`

func newCrowd(t *testing.T) func(order string, where model.WorkflowInstanceWhere) ([]string, error) {
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), crowd)
	require.NoError(t, err)
	store := repository.NewStore(db).Large(0)
	return func(order string, where model.WorkflowInstanceWhere) (names []string, err error) {
		rows, err := repository.List(t.Context(), store, repository.WorkflowInstances, repository.ListQuery{
			Name: "list", Columns: []string{"instance_id"}, Where: &where, Order: order, Page: page.Request{Size: 3},
		})
		for _, row := range rows {
			names = append(names, row.InstanceID)
		}
		return names[:min(3, len(names))], err
	}
}

func TestAnIndexServesChoicesAndStretchesOfTime(t *testing.T) {
	t.Parallel()
	list := newCrowd(t)
	statuses := &model.WorkflowInstanceStatusFilter{In: []model.WorkflowInstanceStatus{"FAILED", "RUNNING", "FAILED"}}
	names, err := list("CREATED_AT_ASC", model.WorkflowInstanceWhere{Status: statuses})
	require.NoError(t, err)
	require.Equal(t, []string{"run-100", "run-98", "run-96"}, names)
	names, err = list("CREATED_AT_DESC", model.WorkflowInstanceWhere{Status: statuses})
	require.NoError(t, err)
	require.Equal(t, []string{"run-2", "run-4", "run-6"}, names, "merged in order, each once")
	busy := &model.WorkflowDefinitionWhere{WorkflowID: &model.StringFilter{In: []string{"busy", "calm"}}}
	names, err = list("UPDATED_AT_DESC", model.WorkflowInstanceWhere{Definition: busy, Status: statuses})
	require.NoError(t, err, "what a relation filter leads to counts as values")
	require.Len(t, names, 3)
}

func TestAListThatNoIndexServesIsReadWhenItIsFewRowsAndElseRefused(t *testing.T) {
	t.Parallel()
	list := newCrowd(t)
	failed := &model.WorkflowInstanceStatusFilter{Eq: new(model.WorkflowInstanceStatus("FAILED"))}
	names, err := list("STARTED_AT_DESC", model.WorkflowInstanceWhere{Status: failed})
	require.NoError(t, err)
	require.Equal(t, []string{"run-7"}, names)

	running := model.WorkflowInstanceWhere{Status: &model.WorkflowInstanceStatusFilter{Eq: new(model.WorkflowInstanceStatus("RUNNING"))}}
	_, err = list("STARTED_AT_DESC", running)
	var f *fault.Fault
	require.True(t, errors.As(err, &f))
	require.Equal(t, fault.QueryTooBroad, f.Code)
	require.Equal(t, "/where", f.Path)
	require.Equal(t, "use orderBy CREATED_AT_ASC or CREATED_AT_DESC or UPDATED_AT_DESC with this filter; in this order, filter by eq or in of workflowDefinitionId", f.Remedy)
	for _, order := range []string{"CREATED_AT_ASC", "CREATED_AT_DESC", "UPDATED_AT_DESC"} {
		names, err := list(order, running)
		require.NoError(t, err, "what the remedy names is answered")
		require.Len(t, slices.Compact(names), 3)
	}
}

func TestWhatWaitsForARoleIsAnInbox(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `
insert into task_definitions (id, task_id, name, type, execution_config) values ('018f0000-0000-7000-8000-000000000001', 'check', 'Check', 'MANUAL', '{}');
insert into task_instances (task_instance_id, task_definition_id, step_id, type, status, assignee, assignee_type, priority)
select 'task-' || i, '018f0000-0000-7000-8000-000000000001', 'step', 'MANUAL', 'ASSIGNED', 'caretaker', case when i % 2 = 0 then 'ROLE' else 'USER' end,
  case when i = 50 then 'CRITICAL' else 'MEDIUM' end
from generate_series(1, 200) i;
analyze`)
	require.NoError(t, err)
	tasks, err := repository.List(t.Context(), repository.NewStore(db).Large(0), repository.TaskInstances, repository.ListQuery{
		Name: "list", Columns: []string{"task_instance_id"}, Order: "PRIORITY", Page: page.Request{Size: 3},
		Where: &model.TaskInstanceWhere{
			Assignee: &model.StringFilter{In: []string{"caretaker", "conservator"}}, AssigneeType: &model.AssigneeTypeFilter{Eq: new(model.AssigneeType("ROLE"))},
			Status: &model.TaskInstanceStatusFilter{In: []model.TaskInstanceStatus{model.TaskInstancePending, model.TaskInstanceAssigned}},
		},
	})
	require.NoError(t, err)
	require.Equal(t, "task-50", tasks[0].TaskInstanceID)
	require.Equal(t, "task-2", tasks[1].TaskInstanceID, "and none of the person with the same name")
}
