package migrations_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	inserted = iota + 1
	status
	routing
	progress
	definition
	deleted
)

// change is what tests compare of a row in the change log.
type change struct {
	What, Kind            int
	Entity                uuid.UUID
	OldStatus, NewStatus  string
	OldAssignee, Assignee string
	OldPriority, Priority string
	OldStep, Step         string
	Actor, Reason         string
}

// changes returns what was logged after seq, and the last seq.
func (d db) changes(after *int64) []change {
	d.t.Helper()
	rows, err := d.conn.Query(d.t.Context(), `
		select what, kind, entity_id, coalesce(old_status, ''), coalesce(new_status, ''), coalesce(old_assignee, ''), coalesce(new_assignee, ''),
		  coalesce(old_priority, ''), coalesce(new_priority, ''), coalesce(old_step_id, ''), coalesce(new_step_id, ''),
		  coalesce(actor, ''), coalesce(reason, '')
		from change_log where seq > $1 order by seq`, *after)
	require.NoError(d.t, err)
	got, err := pgx.CollectRows(rows, pgx.RowToStructByPos[change])
	require.NoError(d.t, err)
	*after = one[int64](d, `select coalesce(max(seq), 0) from change_log`)
	return got
}

func TestEveryInsertIsCaptured(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	var seen int64
	w := d.world()
	got := map[int]change{}
	for _, c := range d.changes(&seen) {
		assert.Equal(t, inserted, c.What)
		assert.Empty(t, c.OldStatus)
		got[c.Kind] = c
	}
	want := []struct {
		id     uuid.UUID
		status string
	}{
		{w.definition, "draft"}, {w.instance, "CREATED"}, {w.trigger, "enabled"}, {w.subscription, "active"},
		{w.task, "draft"}, {w.taskInstance, "PENDING"},
		{w.event, "draft"}, {w.eventInstance, ""}, {w.sequence, "created"}, {w.queue, "active"}, {w.deadLetter, "pending"},
		{w.integration, "draft"}, {w.connection, "inactive"},
		{w.component, "draft"},
		{w.test, "draft"}, {w.run, "running"}, {w.result, "passed"},
	}
	for i, row := range want {
		assert.Equal(t, row.id, got[i+1].Entity, core[i])
		assert.Equal(t, row.status, got[i+1].NewStatus, core[i])
	}
	assert.Equal(t, w.instance, uuid.UUID(one[[16]byte](d, `select workflow_instance_id from change_log where entity_id = $1`, w.taskInstance)))
	assert.Equal(t, w.task, uuid.UUID(one[[16]byte](d, `select definition_id from change_log where entity_id = $1`, w.taskInstance)))
}

func TestAChangeIsLoggedAsWhatItIs(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	var seen int64
	d.changes(&seen)
	expect := func(sql string, id uuid.UUID, want ...change) {
		t.Helper()
		d.exec(sql, id)
		for i := range want {
			want[i].Entity = id
		}
		assert.Equal(t, want, d.changes(&seen), sql)
	}

	expect(`update workflow_instances set status = 'RUNNING', current_step_id = 'pick' where id = $1`, w.instance,
		change{What: status, Kind: 2, OldStatus: "CREATED", NewStatus: "RUNNING", Step: "pick"})
	expect(`update workflow_instances set current_step_id = 'pack' where id = $1`, w.instance,
		change{What: progress, Kind: 2, OldStatus: "RUNNING", NewStatus: "RUNNING", OldStep: "pick", Step: "pack"})
	expect(`update workflow_instances set state = '{"steps":{"pick":{"status":"COMPLETED"}}}' where id = $1`, w.instance,
		change{What: progress, Kind: 2, OldStatus: "RUNNING", NewStatus: "RUNNING", OldStep: "pack", Step: "pack"})
	d.exec(`update workflow_instances set state = '{"steps":{"pick":{"status":"COMPLETED"}},"variables":{"x":1}}', output = '{}' where id = $1`, w.instance)
	assert.Empty(t, d.changes(&seen), "nobody routes by a variable")

	expect(`update task_instances set status = 'ASSIGNED', assignee = 'bob' where id = $1`, w.taskInstance,
		change{What: status, Kind: 6, OldStatus: "PENDING", NewStatus: "ASSIGNED", Assignee: "bob", OldPriority: "MEDIUM", Priority: "MEDIUM", OldStep: "pick", Step: "pick"})
	expect(`update task_instances set assignee = 'eve' where id = $1`, w.taskInstance,
		change{What: routing, Kind: 6, OldStatus: "ASSIGNED", NewStatus: "ASSIGNED", OldAssignee: "bob", Assignee: "eve", OldPriority: "MEDIUM", Priority: "MEDIUM", OldStep: "pick", Step: "pick"})
	expect(`update task_instances set priority = 'CRITICAL' where id = $1`, w.taskInstance,
		change{What: routing, Kind: 6, OldStatus: "ASSIGNED", NewStatus: "ASSIGNED", OldAssignee: "eve", Assignee: "eve", OldPriority: "MEDIUM", Priority: "CRITICAL", OldStep: "pick", Step: "pick"})
	d.exec(`update task_instances set due_at = '2030-01-01Z' where id = $1`, w.taskInstance)
	assert.Len(t, d.changes(&seen), 1)
	assert.True(t, time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC).Equal(one[time.Time](d, `select new_due_at from change_log where old_due_at is null and seq = $1`, seen)))
	d.exec(`update task_instances set draft_output = '{"a":1}' where id = $1`, w.taskInstance)
	assert.Empty(t, d.changes(&seen))

	expect(`update workflow_definitions set steps = '[]' where id = $1`, w.definition, change{What: definition, Kind: 1, OldStatus: "draft", NewStatus: "draft"})
	expect(`update workflow_definitions set status = 'active' where id = $1`, w.definition, change{What: status, Kind: 1, OldStatus: "draft", NewStatus: "active"})
	expect(`update workflow_event_triggers set enabled = false where id = $1`, w.trigger, change{What: status, Kind: 3, OldStatus: "enabled", NewStatus: "disabled"})
	expect(`update workflow_event_triggers set priority = 1 where id = $1`, w.trigger, change{What: definition, Kind: 3, OldStatus: "disabled", NewStatus: "disabled"})
	expect(`update integration_instances set config = '{"a":1}' where id = $1`, w.connection, change{What: definition, Kind: 13, OldStatus: "inactive", NewStatus: "inactive"})
	expect(`update integration_instances set status = '{"state":"error"}' where id = $1`, w.connection, change{What: status, Kind: 13, OldStatus: "inactive", NewStatus: "error"})
	d.exec(`update integration_instances set status = '{"state":"error","metrics":{"requestsToday":1}}', last_used_at = now() where id = $1`, w.connection)
	d.exec(`update event_queue_state set queue_metrics = '{"totalErrors":1}' where id = $1`, w.queue)
	d.exec(`update event_instances set metadata = '{"tags":{"a":"b"}}' where id = $1`, w.eventInstance)
	assert.Empty(t, d.changes(&seen), "metrics and tags are not news")
	d.exec(`update event_sequence_events set status = 'processed'`)
	assert.Equal(t, []change{{What: progress, Kind: 9, Entity: w.sequence, OldStep: "e1", Step: "e1"}}, d.changes(&seen))

	d.exec(`delete from task_instances where id = $1`, w.taskInstance)
	assert.Equal(t, []change{{What: deleted, Kind: 6, Entity: w.taskInstance, OldStatus: "ASSIGNED", OldAssignee: "eve", OldPriority: "CRITICAL", OldStep: "pick"}}, d.changes(&seen))
	expect(`delete from dead_letter_queue where id = $1`, w.deadLetter, change{What: deleted, Kind: 11, OldStatus: "pending"})
	d.exec(`delete from event_instances where id = $1`, w.eventInstance)
	assert.Empty(t, d.changes(&seen), "events happen and stay; detaching old ones is not a change")
}

func TestAChangeSaysWhoAndWhy(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	var seen int64
	d.changes(&seen)
	d.exec(`begin`)
	d.exec(`select set_config('aos.actor', 'alice', true), set_config('aos.reason', 'customer called', true)`)
	d.exec(`update workflow_instances set status = 'CANCELLED' where id = $1`, w.instance)
	d.exec(`commit`)
	d.exec(`update workflow_event_subscriptions set status = 'cancelled' where id = $1`, w.subscription)
	got := d.changes(&seen)
	require.Len(t, got, 2)
	assert.Equal(t, "alice: customer called", got[0].Actor+": "+got[0].Reason)
	assert.Empty(t, got[1].Actor+got[1].Reason, "the settings ended with their transaction")
}

func TestAnEventIsLoggedUnderTheInstanceThatEmittedIt(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	key := one[string](d, `select instance_id from workflow_instances where id = $1`, w.instance)
	for _, source := range []string{w.instance.String(), key} {
		id := d.id(`insert into event_instances (pattern, source) values ('a.b', jsonb_build_object('type', 'workflow', 'id', $1::text)) returning id`, source)
		assert.Equal(t, w.instance, uuid.UUID(one[[16]byte](d, `select workflow_instance_id from change_log where entity_id = $1`, id)), source)
	}
}

func TestRolledBackChangesLeaveNoTrace(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	var seen int64
	d.changes(&seen)
	d.exec(`begin`)
	d.exec(`update workflow_instances set status = 'RUNNING' where id = $1`, w.instance)
	d.exec(`savepoint s`)
	d.exec(`update workflow_instances set status = 'FAILED' where id = $1`, w.instance)
	d.exec(`rollback to s`)
	d.exec(`commit`)
	got := d.changes(&seen)
	require.Len(t, got, 1)
	assert.Equal(t, "RUNNING", got[0].NewStatus)
}
