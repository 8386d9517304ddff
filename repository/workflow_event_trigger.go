package repository

import (
	"context"
	"slices"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// WorkflowEventTriggers bind event patterns to versions of workflows.
var WorkflowEventTriggers = Define[model.WorkflowEventTrigger](Descriptor{
	Name:  "WorkflowEventTrigger",
	Table: "workflow_event_triggers",
	Where: model.WorkflowEventTriggerWhere{},
	Key:   "trigger_id",
	Orders: Orders{
		"PRIORITY":        Asc("priority"),
		"CREATED_AT_DESC": Desc(),
		"UPDATED_AT_DESC": Desc("updated_at"),
	},
	Computed: Computed{
		"allowedActions": {"enabled"},
		"history":        {"id"},
	},
	Relations: map[string]Relation{
		"eventDefinitions":   Via("event_pattern", "event_definitions", "t.pattern_path ~ (select aos_pattern_query(k.key))"),
		"workflowDefinition": One("workflow_definition_id", "workflow_definitions"),
		"startedInstances":   Many("workflow_instances", "trigger_id"),
	},
})

// copied are the columns that a trigger takes along to another version.
const copied = "name, description, event_pattern, trigger_type, event_condition, input_mapping, correlation_key, enabled, priority"

// inTurn are the id and the creation time of the nth of several new triggers, a
// millisecond apart: triggers of one priority fire in the order of their ids.
const inTurn = "aos_uuid_v7(now() + n * interval '1 ms'), now() + n * interval '1 ms'"

// CopyTriggers gives a version of a workflow the triggers of another one. Each
// copy gets a business key of its own.
func CopyTriggers(ctx context.Context, tx *Tx, from, to uuid.UUID) error {
	_, err := tx.Exec(ctx, "workflow_event_triggers.copy", `insert into workflow_event_triggers (id, created_at, trigger_id, workflow_definition_id, `+copied+`)
select `+inTurn+`, '', $2, `+copied+`
from (select t.*, row_number() over (order by priority, id) as n from workflow_event_triggers t where workflow_definition_id = $1) t`, from, to)
	return err
}

// MaxTriggers is how many triggers a version of a workflow may have.
const MaxTriggers = 200

// Triggers reads the triggers of versions of workflows in the order they fire.
func (s *Store) Triggers(ctx context.Context, definitions ...any) (map[any][]*model.WorkflowEventTrigger, error) {
	q := ListQuery{Name: "triggers", Columns: WorkflowEventTriggers.Columns(), Order: "PRIORITY", Page: page.Request{Size: MaxTriggers}}
	return ListByKeys(ctx, s, WorkflowEventTriggers, WorkflowDefinitions.Relations["triggers"], q, definitions)
}

// SaveTriggers makes the triggers of a version those given: it changes those
// whose business key it knows, makes the others and removes the rest. It tells
// whether that changed anything.
func SaveTriggers(ctx context.Context, tx *Tx, definition uuid.UUID, triggers []*model.WorkflowEventTrigger) (changed bool, err error) {
	var columns [10][]any
	keys := []string{}
	for _, t := range triggers {
		for i, v := range []any{
			t.TriggerID, t.Name, t.Description, t.EventPattern, string(t.TriggerType), t.EventCondition, documentOf(t.InputMapping), t.CorrelationKey, t.Enabled, t.Priority,
		} {
			columns[i] = append(columns[i], v)
		}
		if t.TriggerID != "" {
			keys = append(keys, t.TriggerID)
		}
	}
	gone, err := tx.Exec(ctx, "workflow_event_triggers.remove", "delete from workflow_event_triggers where workflow_definition_id = $1 and trigger_id <> all ($2)", definition, keys)
	if err != nil || len(triggers) == 0 {
		return gone > 0, err
	}
	parameters := []any{definition}
	for _, c := range columns {
		parameters = append(parameters, c)
	}
	const name = "workflow_event_triggers.save"
	var settled []bool
	rows, err := tx.DB.Query(ctx, saveTriggers, parameters...)
	if err != nil {
		return false, writeError(name, err)
	}
	if settled, err = pgx.CollectRows(rows, pgx.RowTo[bool]); err != nil {
		return false, writeError(name, err)
	}
	if len(settled) < len(triggers) {
		return false, fault.Errorf(fault.Conflict, "a trigger with one of these keys belongs to another version").At("/triggers").
			Hint("leave triggerId out to make a trigger of this version")
	}
	return gone > 0 || slices.Contains(settled, true), nil
}

// saveTriggers answers for each trigger whether it is new or was changed in
// this transaction.
const saveTriggers = `/* workflow_event_triggers.save */
insert into workflow_event_triggers as t (id, created_at, workflow_definition_id, trigger_id, ` + copied + `)
select ` + inTurn + `, $1::uuid, trigger_id, ` + copied + `
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::boolean[], $11::int[])
  with ordinality as g(trigger_id, ` + copied + `, n)
on conflict (trigger_id) do update set name = excluded.name, description = excluded.description, event_pattern = excluded.event_pattern,
  trigger_type = excluded.trigger_type, event_condition = excluded.event_condition, input_mapping = excluded.input_mapping,
  correlation_key = excluded.correlation_key, enabled = excluded.enabled, priority = excluded.priority
where t.workflow_definition_id = excluded.workflow_definition_id
returning t.updated_at = now()`

func documentOf(doc scalar.JSON) *string {
	if len(doc) == 0 {
		return nil
	}
	text := string(doc)
	return &text
}
