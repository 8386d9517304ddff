package repository

import (
	"context"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// Listener is a trigger together with the version of the workflow it belongs
// to, as routing needs it.
type Listener struct {
	Trigger    model.WorkflowEventTrigger `db:"trigger"`
	Definition model.WorkflowDefinition   `db:"definition"`
}

// nestedAs names the columns of a table's row so that they scan into a field.
func nestedAs(alias, field string, columns []string) string {
	named := make([]string, len(columns))
	for i, c := range columns {
		named[i] = alias + "." + c + ` as "` + field + "." + c + `"`
	}
	return strings.Join(named, ", ")
}

var listenerColumns = nestedAs("t", "trigger", WorkflowEventTriggers.Columns()) + ", " +
	nestedAs("d", "definition", []string{"id", "workflow_id", "version", "status", "input_schema", "steps"})

// Listeners are the triggers that an event of this name fires, in the order
// they fire.
func (s *Store) Listeners(ctx context.Context, pattern string) ([]*Listener, error) {
	return s.listeners(ctx, "listeners", `
where (select aos_pattern_path($1)) ~ t.pattern_query and t.enabled and d.status = 'active'
order by t.priority, t.created_at, t.id`, pattern)
}

// AllListeners are the triggers whose pattern an event of this name matches,
// those first that fire, then those that are switched off or belong to a version
// that is not active.
func (s *Store) AllListeners(ctx context.Context, pattern string, atMost int) ([]*Listener, error) {
	return s.listeners(ctx, "all_listeners", `
where (select aos_pattern_path($1)) ~ t.pattern_query
order by (t.enabled and d.status = 'active') desc, d.status, t.priority, t.created_at, t.id limit $2`, pattern, atMost)
}

// NearListeners are triggers that would fire if the event had a slightly other
// name.
func (s *Store) NearListeners(ctx context.Context, pattern string, atMost int) ([]*Listener, error) {
	const name = "workflow_event_triggers.near_listeners"
	return listed[Listener](ctx, s, name, "/* "+name+" */ select "+listenerColumns+`
from workflow_event_triggers t join workflow_definitions d on d.id = t.workflow_definition_id
where not (select aos_pattern_path($1)) ~ t.pattern_query and t.enabled and d.status = 'active' and similarity(t.event_pattern, $1) > 0.45
order by similarity(t.event_pattern, $1) desc, t.id limit $2`, pattern, atMost)
}

func (s *Store) listeners(ctx context.Context, name, rest string, args ...any) ([]*Listener, error) {
	name = "workflow_event_triggers." + name
	return listed[Listener](ctx, s, name, "/* "+name+" */ select "+listenerColumns+`
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id`+rest, args...)
}

// listed reads all rows of a statement.
func listed[R any](ctx context.Context, s *Store, name, sql string, args ...any) (list []*R, err error) {
	err = scanEach(ctx, s, name, sql, args, func(row R) { list = append(list, &row) })
	return list, err
}

// StartedBy are the instances that an event started, by the UUID of the trigger.
func (s *Store) StartedBy(ctx context.Context, event uuid.UUID) (map[uuid.UUID]*model.WorkflowInstance, error) {
	const name = "workflow_instances.started_by"
	rows, err := listed[model.WorkflowInstance](ctx, s, name, "/* "+name+` */
select t.id, t.instance_id, t.status, t.trigger_id from workflow_instances t where t.trigger_event_id = $1 and t.trigger_id is not null`, event)
	started := make(map[uuid.UUID]*model.WorkflowInstance, len(rows))
	for _, run := range rows {
		started[*run.TriggerID] = run
	}
	return started, err
}

// PatternMeets tells whether a text is a pattern that can be listened to, and
// whether an event of this name matches it.
func (s *Store) PatternMeets(ctx context.Context, pattern, event string) (valid, matches bool, err error) {
	const name = "patterns.meet"
	err = scanEach(ctx, s, name, "/* "+name+" */ select aos_pattern_valid($1::text) as valid, aos_pattern_matches($1::text, $2::text) as matches",
		args{pattern, event}, func(r struct{ Valid, Matches bool }) { valid, matches = r.Valid, r.Matches })
	return valid, matches, err
}

// runColumns are what conditions see of an instance and what moving it needs.
var runColumns = []string{"id", "instance_id", "workflow_definition_id", "status", "current_step_id", "correlation_id", "input", "state", "cancellation", "revision"}

// open are the statuses that a workflow instance can be cancelled from.
func open() (statuses []string) {
	for _, s := range model.WorkflowInstanceTransitions.Sources(model.WorkflowInstanceCancelled) {
		statuses = append(statuses, string(s))
	}
	return statuses
}

// CorrelatedRuns are open instances of any version of a workflow with a
// correlation id, but not what the event itself started.
func (s *Store) CorrelatedRuns(ctx context.Context, workflowID, correlationID string, event uuid.UUID, atMost int) ([]*model.WorkflowInstance, error) {
	const name = "workflow_instances.correlated"
	return listed[model.WorkflowInstance](ctx, s, name, "/* "+name+" */ select "+selection{columns: runColumns}.list()+`
from workflow_instances t join workflow_definitions d on d.id = t.workflow_definition_id
where t.correlation_id = $2 and d.workflow_id = $1 and t.status = any ($4) and t.trigger_event_id is distinct from $3
order by t.id limit $5`, workflowID, correlationID, event, open(), atMost)
}

// Canceller is an entry of a version's cancellation triggers.
type Canceller struct {
	Definition model.WorkflowDefinition `db:"definition"`
	Entry      scalar.JSON              `db:"entry"`
}

// Cancellers are the cancellation triggers that an event of this name concerns.
func (s *Store) Cancellers(ctx context.Context, pattern string) ([]*Canceller, error) {
	const name = "workflow_definitions.cancellers"
	return listed[Canceller](ctx, s, name, "/* "+name+" */ select "+
		nestedAs("d", "definition", []string{"id", "workflow_id", "version", "status"})+`, x.entry
from workflow_definitions d cross join lateral jsonb_array_elements(
  case when jsonb_typeof(d.cancellation_triggers) = 'array' then d.cancellation_triggers else '[]' end) with ordinality x(entry, position)
where d.cancellation_triggers <> '[]'::jsonb and d.status <> 'draft'
  and (select aos_pattern_path($1)) ~ aos_pattern_query(x.entry ->> 'eventPattern')
order by d.id, x.position`, pattern)
}

// OpenRuns are the open instances of a version from one id on, but not what the
// event itself started.
func (s *Store) OpenRuns(ctx context.Context, definition, event, after uuid.UUID, atMost int) ([]*model.WorkflowInstance, error) {
	const name = "workflow_instances.open"
	return listed[model.WorkflowInstance](ctx, s, name, "/* "+name+" */ select "+selection{columns: runColumns}.list()+`
from workflow_instances t
where t.workflow_definition_id = $1 and t.status = any ($4) and t.id > $3 and t.trigger_event_id is distinct from $2
order by t.id limit $5`, definition, event, after, open(), atMost)
}

// Waiter is an active wait together with the instance that waits.
type Waiter struct {
	Wait model.WorkflowEventSubscription `db:"wait"`
	Run  model.WorkflowInstance          `db:"run"`
}

var waiterColumns = nestedAs("t", "wait", WorkflowEventSubscriptions.Columns()) + ", " + nestedAs("w", "run", runColumns)

// Waiters are the active waits whose pattern an event of this name matches, from
// one id on, of one instance only when run is given.
func (s *Store) Waiters(ctx context.Context, pattern string, run *uuid.UUID, after uuid.UUID, atMost int) ([]*Waiter, error) {
	const name = "workflow_event_subscriptions.waiters"
	return listed[Waiter](ctx, s, name, "/* "+name+" */ select "+waiterColumns+`
from aos_trigger_candidates($1) c
join workflow_event_subscriptions t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_instances w on w.id = t.workflow_instance_id
where t.status = 'active' and (select aos_pattern_path($1)) ~ t.pattern_query and t.id > $3 and ($2::uuid is null or w.id = $2)
order by t.id limit $4`, pattern, run, after, atMost)
}

// LateWaiters are active waits whose time is over. Instances that somebody else
// is busy with are left for later.
func (tx *Tx) LateWaiters(ctx context.Context, now time.Time, atMost int) ([]*Waiter, error) {
	const name = "workflow_event_subscriptions.late"
	return listed[Waiter](ctx, tx.Store, name, "/* "+name+" */ select "+waiterColumns+`
from workflow_event_subscriptions t join workflow_instances w on w.id = t.workflow_instance_id
where t.status = 'active' and t.timeout_sort <= $1
order by t.timeout_sort, t.id limit $2 for no key update of w skip locked`, now, atMost)
}

// LockRuns reads instances and keeps other writers out until the transaction
// ends. They are locked in the order of their ids, so that two who lock several
// do not wait for each other.
func (tx *Tx) LockRuns(ctx context.Context, ids []uuid.UUID) (map[uuid.UUID]*model.WorkflowInstance, error) {
	const name = "workflow_instances.lock_many"
	rows, err := listed[model.WorkflowInstance](ctx, tx.Store, name, "/* "+name+" */ select "+selection{columns: runColumns}.list()+`
from workflow_instances t where t.id = any ($1) order by t.id for no key update`, ids)
	locked := make(map[uuid.UUID]*model.WorkflowInstance, len(rows))
	for _, run := range rows {
		locked[run.UUID] = run
	}
	return locked, err
}
