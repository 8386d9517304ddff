package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"

	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
)

// screen is a request and the statement that a person would write for it.
type screen struct{ name, query, sql string }

var screens = []screen{
	{
		"workflow builder: definition, steps, tasks, components",
		`{ workflowDefinition(workflowId: "bakery_order") { name version steps { stepId task { taskId name uiComponents { component { componentId title } } } } } }`,
		`select json_build_object('data', json_build_object('workflowDefinition', (
  select json_build_object('name', w.name, 'version', w.version, 'steps', (
    select json_agg(json_build_object('stepId', s.value ->> 'stepId', 'task', (
      select json_build_object('taskId', t.task_id, 'name', t.name, 'uiComponents', coalesce((
        select json_agg(json_build_object('component', json_build_object('componentId', u.component_id, 'title', u.title)) order by x.path)
        from task_ui_component_references x join ui_components u on u.id = x.target_id where x.source_id = t.id), '[]'))
      from workflow_task_references r join task_definitions t on t.id = r.target_id
      where r.source_id = w.id and r.path = '/steps/' || (s.ordinality - 1) || '/taskId')) order by s.ordinality)
    from jsonb_array_elements(w.steps) with ordinality as s))
  from workflow_definitions w where w.workflow_id = 'bakery_order' and w.status = 'active')))::text`,
	},
	{
		"runs with their tasks: 50 by 10",
		`{ workflowInstances(first: 50) { nodes { instanceId status definition { name version } tasks(first: 10, orderBy: CREATED_AT_ASC) { nodes { stepId status assignee } } } } }`,
		`select json_build_object('data', json_build_object('workflowInstances', json_build_object('nodes', (
  select json_agg(json_build_object('instanceId', i.instance_id, 'status', i.status,
    'definition', json_build_object('name', d.name, 'version', d.version), 'tasks', json_build_object('nodes', coalesce((
      select json_agg(json_build_object('stepId', t.step_id, 'status', t.status, 'assignee', t.assignee) order by t.id)
      from (select id, step_id, status, assignee from task_instances t where t.workflow_instance_id = i.id order by id limit 10) t), '[]'))) order by i.id desc)
  from (select * from workflow_instances order by id desc limit 50) i join workflow_definitions d on d.id = i.workflow_definition_id))))::text`,
	},
	{
		"runs with computed fields: 50",
		`{ workflowInstances(first: 50) { nodes { instanceId status phase terminal durationMs definition { name } } } }`,
		`select json_build_object('data', json_build_object('workflowInstances', json_build_object('nodes', (
  select json_agg(json_build_object('instanceId', i.instance_id, 'status', i.status,
    'phase', case i.status when 'CREATED' then 'PENDING' when 'RUNNING' then 'ACTIVE' when 'WAITING_FOR_EVENT' then 'WAITING' when 'COMPLETED' then 'SUCCEEDED' else i.status end,
    'terminal', i.status in ('COMPLETED', 'FAILED', 'CANCELLED'),
    'durationMs', floor(extract(epoch from i.completed_at - i.started_at) * 1000)::bigint,
    'definition', json_build_object('name', d.name)) order by i.id desc)
  from (select * from workflow_instances order by id desc limit 50) i join workflow_definitions d on d.id = i.workflow_definition_id))))::text`,
	},
	{
		"task inbox: 100 of one role by priority",
		`{ taskInstances(where: { status: { eq: ASSIGNED } }, orderBy: PRIORITY, first: 100) { nodes { taskReference priority retryCount definition { name type } workflowInstance { instanceId status } } } }`,
		`select json_build_object('data', json_build_object('taskInstances', json_build_object('nodes', coalesce((
  select json_agg(json_build_object('taskReference', t.task_reference, 'priority', t.priority, 'retryCount', t.retry_count,
    'definition', json_build_object('name', d.name, 'type', upper(d.type)),
    'workflowInstance', case when i.id is not null then json_build_object('instanceId', i.instance_id, 'status', i.status) end) order by t.priority_rank, t.due_sort, t.id)
  from (select * from task_instances where status = 'ASSIGNED' order by priority_rank, due_sort, id limit 100) t
  join task_definitions d on d.id = t.task_definition_id left join workflow_instances i on i.id = t.workflow_instance_id), '[]'))))::text`,
	},
}

// byHand answers with the statement written by hand.
func (s screen) byHand(pool *pgxpool.Pool) func(context.Context) ([]byte, error) {
	return func(ctx context.Context) ([]byte, error) {
		var text []byte
		err := pool.QueryRow(ctx, "/* bench.by_hand */ "+s.sql).Scan(&text)
		return text, err
	}
}

// asked answers through the front door.
func (s screen) asked(handler http.Handler) func(context.Context) ([]byte, error) {
	return post(handler, s.query)
}

func post(handler http.Handler, query string) func(context.Context) ([]byte, error) {
	body, err := json.Marshal(map[string]string{"query": query})
	return func(ctx context.Context) ([]byte, error) {
		if err != nil {
			return nil, err
		}
		request := httptest.NewRequestWithContext(ctx, http.MethodPost, "/graphql", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		response := httptest.NewRecorder()
		handler.ServeHTTP(response, request)
		text := response.Body.Bytes()
		if response.Code != http.StatusOK || bytes.Contains(text, []byte(`"errors"`)) {
			return nil, fmt.Errorf("%d: %.300s", response.Code, text)
		}
		return text, nil
	}
}

// pageSize times ten thousand rows have to be there for the last page.
const pageSize = 5

// pages compare the first page of a list with the ten-thousandth.
func pages(ctx context.Context, pool *pgxpool.Pool, handler http.Handler) ([]group, error) {
	var id uuid.UUID
	err := pool.QueryRow(ctx, "/* bench.deep */ select id from task_instances order by id desc offset $1 limit 1", 9_999*pageSize-1).Scan(&id)
	if err != nil {
		return nil, fmt.Errorf("there are not ten thousand pages; -scale has to be 8 or more: %w", err)
	}
	after := repository.Cursor("CREATED_AT_DESC", []any{id})
	query := func(arguments string) string {
		return fmt.Sprintf("{ taskInstances(first: %d%s) { nodes { taskReference status definition { name } } } }", pageSize, arguments)
	}
	return []group{{name: "tasks, newest first: pages", differs: true, ways: []way{
		{"page 1", post(handler, query(""))},
		{"page 10,000", post(handler, query(fmt.Sprintf(", after: %q", after)))},
	}}}, nil
}
