package demo

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// catalogue is what Scale knows of the definitions of the world.
type catalogue struct {
	workflows [][]*workflow // the versions of each workflow, oldest first
	tasks     map[string]*task
	events    map[string]eventType // by pattern
}

type workflow struct {
	ID        uuid.UUID
	Key       string
	Steps     []step
	CreatedAt time.Time
	Start     uuid.UUID // the trigger that starts it
	Requested string    // the pattern of the event that does
	Withdrawn string    // the pattern of the event that cancels it
	byStep    map[string]*step
}

type step struct {
	ID           string   `json:"stepId"`
	Type         string   `json:"type"`
	Task         string   `json:"taskId"`
	Next         []onward `json:"next"`
	EventPattern string   `json:"eventPattern"`
	Branches     []struct {
		Steps []step `json:"steps"`
	} `json:"parallelBranches"`
}

type onward struct {
	Step      string `json:"nextStepId"`
	Condition string `json:"condition"`
}

type task struct {
	ID       uuid.UUID
	Type     string
	Executor string
	Role     string
	Hours    float64 // until it is due, 0 for never
	Retry    json.RawMessage
	Outputs  []outputField
}

type eventType struct {
	ID      uuid.UUID
	Example map[string]any
}

// readCatalogue reads the active and deprecated definitions that the files of
// the world name. What somebody else has defined stays out of it.
func readCatalogue(ctx context.Context, db *pgxpool.Pool) (*catalogue, error) {
	c := &catalogue{tasks: map[string]*task{}, events: map[string]eventType{}}
	var ours []struct {
		WorkflowID string `json:"workflow_id"`
	}
	if err := readWorld("workflow_definitions", &ours); err != nil {
		return nil, err
	}
	keys := make([]string, len(ours))
	for i, definition := range ours {
		keys[i] = definition.WorkflowID
	}
	rows, err := db.Query(ctx, sqlScaleWorkflows, keys)
	if err != nil {
		return nil, err
	}
	versions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*workflow, error) {
		w := &workflow{byStep: map[string]*step{}}
		err := row.Scan(&w.ID, &w.Key, &w.Steps, &w.CreatedAt, &w.Start, &w.Requested, &w.Withdrawn)
		w.index(w.Steps)
		return w, err
	})
	if err != nil {
		return nil, err
	}
	for _, version := range versions { // ordered by key and age
		last := len(c.workflows) - 1
		if last < 0 || c.workflows[last][0].Key != version.Key {
			c.workflows = append(c.workflows, nil)
			last++
		}
		c.workflows[last] = append(c.workflows[last], version)
	}
	if len(c.workflows) == 0 {
		return nil, ErrNoWorld
	}
	if err := c.readTasks(ctx, db); err != nil {
		return nil, err
	}
	return c, c.readEvents(ctx, db)
}

func (w *workflow) index(steps []step) {
	for i := range steps {
		w.byStep[steps[i].ID] = &steps[i]
		for _, branch := range steps[i].Branches {
			w.index(branch.Steps)
		}
	}
}

func (c *catalogue) readTasks(ctx context.Context, db *pgxpool.Pool) error {
	rows, err := db.Query(ctx, sqlScaleTasks)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var key string
		var outputs []byte
		t := &task{}
		if err := rows.Scan(&key, &t.ID, &t.Type, &t.Executor, &t.Role, &t.Hours, &t.Retry, &outputs); err != nil {
			return err
		}
		if t.Outputs, err = outputFields(outputs); err != nil {
			return fmt.Errorf("output of %s: %w", key, err)
		}
		c.tasks[key] = t
	}
	return rows.Err()
}

func (c *catalogue) readEvents(ctx context.Context, db *pgxpool.Pool) error {
	rows, err := db.Query(ctx, sqlScaleEvents)
	if err != nil {
		return err
	}
	defer rows.Close()
	for rows.Next() {
		var pattern string
		var e eventType
		if err := rows.Scan(&pattern, &e.ID, &e.Example); err != nil {
			return err
		}
		c.events[pattern] = e
	}
	return rows.Err()
}

// version is the one that was active at a time, the oldest for earlier times.
func (c *catalogue) version(of []*workflow, at time.Time) *workflow {
	place, _ := slices.BinarySearchFunc(of, at, func(w *workflow, at time.Time) int { return cmp.Compare(w.CreatedAt.UnixNano(), at.UnixNano()) })
	return of[max(place-1, 0)]
}

// outputField is one property of what a task answers.
type outputField struct {
	name, kind string
	choices    []string
}

func outputFields(schema []byte) ([]outputField, error) {
	var s struct {
		Properties map[string]struct {
			Type   string   `json:"type"`
			Format string   `json:"format"`
			Enum   []string `json:"enum"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(schema, &s); err != nil {
		return nil, err
	}
	var fields []outputField
	for name, property := range s.Properties {
		fields = append(fields, outputField{name, cmp.Or(property.Format, property.Type), property.Enum})
	}
	slices.SortFunc(fields, func(a, b outputField) int { return cmp.Compare(a.name, b.name) })
	return fields, nil
}

const sqlScaleWorkflows = `/* demo.workflows */
select w.id, w.workflow_id, w.steps, w.created_at, s.id, s.event_pattern, coalesce(x.event_pattern, '')
from workflow_definitions w
join lateral (
  select t.id, t.event_pattern from workflow_event_triggers t join workflow_definitions o on o.id = t.workflow_definition_id
  where o.workflow_id = w.workflow_id and t.trigger_type = 'START' and aos_pattern_concrete(t.event_pattern)
  order by t.workflow_definition_id = w.id desc, t.id limit 1) s on true
left join lateral (
  select t.event_pattern from workflow_event_triggers t join workflow_definitions o on o.id = t.workflow_definition_id
  where o.workflow_id = w.workflow_id and t.trigger_type = 'CANCEL' and aos_pattern_concrete(t.event_pattern)
  order by t.workflow_definition_id = w.id desc, t.id limit 1) x on true
where w.status <> 'draft' and w.workflow_id = any($1)
order by w.workflow_id, w.created_at, w.id`

const sqlScaleTasks = `/* demo.tasks */
select distinct on (task_id) task_id, id, type, coalesce(execution_config ->> 'executor', 'standard-executor'),
  coalesce(execution_config -> 'assignmentRules' ->> 'role', ''), coalesce((metadata ->> 'slaHours')::float8, 0), retry_policy, output_schema
from task_definitions where status <> 'draft' order by task_id, status = 'active' desc, id desc`

const sqlScaleEvents = `/* demo.events */
select pattern, id, coalesce(examples -> 0, '{}') from event_definitions where status = 'active'`

const sqlScalePrepare = `/* demo.prepare */
select exists (select from workflow_instances where instance_id = $1)
from (select set_config('aos.actor', 'demo', true), set_config('aos.reason', 'scale', true), set_config('statement_timeout', '0', true),
  set_config('idle_in_transaction_session_timeout', '0', true), set_config('synchronous_commit', 'off', true)) as s`
