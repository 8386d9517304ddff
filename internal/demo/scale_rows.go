package demo

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// rows is a batch of what Scale made, one slice per table.
type rows struct {
	events    []eventRow
	instances []instanceRow
	waits     []waitRow
	tasks     []taskRow
}

type eventRow struct {
	id                        uuid.UUID
	key, pattern              string
	definition                uuid.UUID
	source, payload, metadata json.RawMessage
	at                        time.Time
}

type instanceRow struct {
	id                                uuid.UUID
	key, status, step, correlation    string
	definition, trigger, triggerEvent uuid.UUID
	parent                            *uuid.UUID
	input, output, state              json.RawMessage
	err, cancellation                 json.RawMessage
	created, updated                  time.Time
	started, completed                *time.Time
	revision                          int
}

type waitRow struct {
	id, instance         uuid.UUID
	key, pattern, status string
	step                 string
	created, updated     time.Time
	timeout, fulfilled   *time.Time
	by                   *uuid.UUID
}

type taskRow struct {
	id, definition, instance, workflow          uuid.UUID
	key, step, status, kind, executor           string
	assignee                                    *string
	assigneeType, priority, reference           string
	input, output, draft, err, retry, execution json.RawMessage
	retries, revision                           int
	created, updated                            time.Time
	due                                         *time.Time
}

// copyTo stores the batch. Events come first, because instances point at them.
func (r *rows) copyTo(ctx context.Context, tx pgx.Tx) error {
	for _, each := range []struct {
		table   string
		columns []string
		count   int
		row     func(int) []any
	}{
		{"event_instances", []string{"id", "event_id", "event_definition_id", "pattern", "source", "timestamp", "payload", "metadata", "created_at", "updated_at"}, len(r.events), r.event},
		{"workflow_instances", []string{"id", "instance_id", "workflow_definition_id", "status", "current_step_id", "input", "output", "state", "error", "cancellation", "trigger_id", "trigger_event_id", "parent_instance_id", "correlation_id", "started_at", "completed_at", "revision", "created_at", "updated_at"}, len(r.instances), r.instance},
		{"workflow_event_subscriptions", []string{"id", "subscription_id", "workflow_instance_id", "event_pattern", "status", "timeout_at", "fulfilled_at", "fulfilled_by_event_id", "wait_step_id", "created_at", "updated_at"}, len(r.waits), r.wait},
		{"task_instances", []string{"id", "task_instance_id", "task_definition_id", "workflow_instance_id", "workflow_definition_id", "step_id", "status", "type", "input", "output", "draft_output", "error", "executor_id", "assignee", "assignee_type", "priority", "retry_count", "retry_policy", "execution_metadata", "task_reference", "due_at", "revision", "created_at", "updated_at"}, len(r.tasks), r.task},
	} {
		source := pgx.CopyFromSlice(each.count, func(i int) ([]any, error) { return each.row(i), nil })
		if _, err := tx.CopyFrom(ctx, pgx.Identifier{each.table}, each.columns, source); err != nil {
			return err
		}
	}
	return nil
}

func (r *rows) event(i int) []any {
	e := &r.events[i]
	return []any{e.id, e.key, orNull(e.definition), e.pattern, e.source, e.at, e.payload, e.metadata, e.at, e.at}
}

func (r *rows) instance(i int) []any {
	w := &r.instances[i]
	return []any{w.id, w.key, w.definition, w.status, orNull(w.step), w.input, w.output, w.state, w.err, w.cancellation,
		w.trigger, w.triggerEvent, w.parent, w.correlation, w.started, w.completed, w.revision, w.created, w.updated}
}

func (r *rows) wait(i int) []any {
	s := &r.waits[i]
	return []any{s.id, s.key, s.instance, s.pattern, s.status, s.timeout, s.fulfilled, s.by, s.step, s.created, s.updated}
}

func (r *rows) task(i int) []any {
	t := &r.tasks[i]
	return []any{t.id, t.key, t.definition, t.instance, t.workflow, t.step, t.status, t.kind, t.input, t.output, t.draft, t.err, t.executor,
		t.assignee, t.assigneeType, t.priority, t.retries, t.retry, t.execution, t.reference, t.due, t.revision, t.created, t.updated}
}

// orNull is nil for a zero value.
func orNull[T comparable](value T) any {
	var zero T
	if value == zero {
		return nil
	}
	return value
}
