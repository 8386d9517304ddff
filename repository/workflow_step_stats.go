package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// On how much the numbers of the steps of a version are measured at most: the
// latest of a stretch of time, so that a busy workflow costs what another does.
const (
	maxMeasuredRuns  = 100
	maxMeasuredTasks = 200
)

// The states of steps without what went in and came out of them, which may be
// large and is not measured.
const measuredRunsSQL = `/* workflow_instances.measured */ select k.key as parent_key, t.id as "row.id", t.status as "row.status",
  t.current_step_id as "row.current_step_id", t.started_at as "row.started_at",
  jsonb_build_object('steps', (
    select jsonb_object_agg(s.key, s.value - '{input,output,error}'::text[])
    from jsonb_each(case jsonb_typeof(t.state -> 'steps') when 'object' then t.state -> 'steps' else '{}' end) s
    where jsonb_typeof(s.value) = 'object')) as "row.state"
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.id, i.status, i.current_step_id, i.started_at, i.state
  from workflow_instances i
  where i.workflow_definition_id = k.key and i.started_sort >= $2 and i.started_sort < $3
  order by i.started_sort desc limit $4) t`

const measuredTasksSQL = `/* task_instances.measured */ select k.key as parent_key, t.id as "row.id", t.step_id as "row.step_id",
  t.status as "row.status", t.due_at as "row.due_at", t.execution_metadata as "row.execution_metadata",
  t.created_at as "row.created_at", t.updated_at as "row.updated_at"
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.id, i.step_id, i.status, i.due_at, i.execution_metadata, i.created_at, i.updated_at
  from task_instances i
  where i.workflow_definition_id = k.key and i.id >= aos_uuid_floor($2) and i.id < aos_uuid_floor($3)
  order by i.id desc limit $4) t`

// StepStats tells how the steps of definitions went in the executions that
// started in a stretch of time and the tasks that were created in it. Three
// statements serve all definitions.
func (s *Store) StepStats(ctx context.Context, from, to time.Time, definitions []uuid.UUID) (map[any][]*model.WorkflowStepStats, error) {
	keys := make([]any, len(definitions))
	for i, id := range definitions {
		keys[i] = id
	}
	versions, err := ByKeys(ctx, s, WorkflowDefinitions, Relation{}, []string{"steps"}, keys)
	if err != nil {
		return nil, err
	}
	runs, err := measured[model.WorkflowInstance](ctx, s, "workflow_instances.measured", measuredRunsSQL, args{definitions, from, to, maxMeasuredRuns})
	if err != nil {
		return nil, err
	}
	tasks, err := measured[model.TaskInstance](ctx, s, "task_instances.measured", measuredTasksSQL, args{definitions, from, to, maxMeasuredTasks})
	if err != nil {
		return nil, err
	}
	found := make(map[any][]*model.WorkflowStepStats, len(definitions))
	for key, version := range versions {
		found[key] = model.MeasureSteps(version, runs[key], tasks[key])
	}
	return found, nil
}

func measured[T any](ctx context.Context, s *Store, name, sql string, a args) (map[any][]*T, error) {
	found := map[any][]*T{}
	err := scanEach(ctx, s, name, sql, a, func(r keyed[T]) {
		key := parentKey(r.ParentKey)
		found[key] = append(found[key], &r.Row)
	})
	return found, err
}
