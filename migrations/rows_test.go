package migrations_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/nodeid"
)

func TestABusinessIdThatNobodyGaveIsTheId(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	for _, c := range []struct {
		table, column, prefix string
		id                    uuid.UUID
	}{
		{"workflow_instances", "instance_id", "wfi", w.instance},
		{"workflow_event_triggers", "trigger_id", "wft", w.trigger},
		{"workflow_event_subscriptions", "subscription_id", "wfs", w.subscription},
		{"task_instances", "task_instance_id", "tki", w.taskInstance},
		{"event_sequences", "sequence_id", "evs", w.sequence},
		{"dead_letter_queue", "entry_id", "dlq", w.deadLetter},
		{"integration_instances", "instance_id", "ini", w.connection},
		{"test_runs", "run_id", "tsr", w.run},
	} {
		assert.Equal(t, nodeid.Encode(c.prefix, c.id), one[string](d, "select "+c.column+" from "+c.table+" where id = $1", c.id), c.table)
	}
	assert.Regexp(t, "^evi_", one[string](d, `insert into event_instances (pattern) values ('a.b') returning event_id`))
	assert.Regexp(t, "^wfd_", one[string](d, `insert into workflow_definitions (name) values ('W') returning workflow_id`))
	assert.Equal(t, "mine", one[string](d, `insert into event_instances (event_id, pattern) values ('mine', 'a.b') returning event_id`))
}

func TestARevisionCountsTheChangesOfARow(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	before := one[time.Time](d, `select updated_at from task_instances where id = $1`, w.taskInstance)
	assert.Equal(t, 2, one[int](d, `update task_instances set assignee = 'bob', status = 'ASSIGNED' where id = $1 returning revision`, w.taskInstance))
	assert.Equal(t, 2, one[int](d, `update task_instances set assignee = 'bob' where id = $1 returning revision`, w.taskInstance), "nothing changed, and the row is returned")
	assert.Equal(t, 3, one[int](d, `update task_instances set revision = 77, priority = 'LOW' where id = $1 returning revision`, w.taskInstance), "nobody sets it")
	assert.True(t, one[time.Time](d, `select updated_at from task_instances where id = $1`, w.taskInstance).After(before))

	// Health and metrics move by themselves; an editor must not get a conflict from them.
	assert.Equal(t, 1, one[int](d, `update integration_instances set status = '{"state":"active"}', last_used_at = now() where id = $1 returning revision`, w.connection))
	assert.Equal(t, "active", one[string](d, `select state from integration_instances where id = $1`, w.connection))
	assert.Equal(t, 2, one[int](d, `update integration_instances set credentials = '\x01' where id = $1 returning revision`, w.connection))
	assert.Equal(t, 1, one[int](d, `update event_queue_state set queue_metrics = '{"totalProcessed":1}', checkpoint_id = 'e1' where id = $1 returning revision`, w.queue))
	assert.Equal(t, 2, one[int](d, `update event_queue_state set config = '{"batchSize":1}' where id = $1 returning revision`, w.queue))
}

func TestUpdatedAtNeverRunsBackwards(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	early, late := d, d.another()
	early.exec(`begin`)
	one[time.Time](early, `select now()`)
	newest := one[time.Time](late, `update workflow_instances set status = 'RUNNING' where id = $1 returning updated_at`, w.instance)
	assert.Equal(t, newest, one[time.Time](early, `update workflow_instances set status = 'FAILED' where id = $1 returning updated_at`, w.instance))
	early.exec(`commit`)
}

func TestADefinitionThatLeftDraftIsFrozen(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	d.exec(`update workflow_definitions set name = 'Order handling' where id = $1`, w.definition)
	d.exec(`update workflow_definitions set status = 'active' where id = $1`, w.definition)
	refused := d.fails(`update workflow_definitions set steps = '[]' where id = $1`, w.definition)
	assert.Equal(t, "workflow_definitions_frozen", refused.ConstraintName)
	assert.Contains(t, refused.Message, "order 1.0.0")
	assert.NotEmpty(t, refused.Hint)
	d.exec(`update workflow_definitions set status = 'deprecated' where id = $1`, w.definition)
	assert.Equal(t, "workflow_definitions_frozen", d.fails(`update workflow_definitions set description = 'x' where id = $1`, w.definition).ConstraintName)
	d.exec(`begin`)
	d.exec(`set local aos.bypass = 'on'`)
	when := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	got := one[time.Time](d, `update workflow_definitions set description = 'imported', updated_at = $2 where id = $1 returning updated_at`, w.definition, when)
	assert.True(t, when.Equal(got), "an import keeps the time of the change")
	d.exec(`commit`)
	assert.Equal(t, "workflow_definitions_frozen", d.fails(`update workflow_definitions set description = 'x' where id = $1`, w.definition).ConstraintName)
}

func TestOneVersionOfADefinitionIsActive(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	d.world()
	d.exec(`insert into workflow_definitions (workflow_id, name, version, status) values ('order', 'Order', '1.1.0', 'active')`)
	assert.Equal(t, "workflow_definitions_one_active", d.fails(`update workflow_definitions set status = 'active' where version = '1.0.0'`).ConstraintName)
	assert.Equal(t, "workflow_definitions_workflow_id_version_key", d.fails(`insert into workflow_definitions (workflow_id, name, version) values ('order', 'Order', '1.1.0')`).ConstraintName)
	assert.Equal(t, "event_definitions_one_active_per_pattern", d.fails(
		`insert into event_definitions (event_id, name, pattern, status) values ('a', 'A', 'orders.paid', 'active'), ('b', 'B', 'orders.paid', 'active')`).ConstraintName)
}

func TestAnEventIsStoredOnce(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	refused := d.fails(`insert into event_instances (event_id, pattern) values ('e1', 'a.b')`)
	assert.Equal(t, "23505", refused.Code)
	assert.Equal(t, "event_instance_keys_pkey", refused.ConstraintName)
	// Claim the key first, then store: the way to be idempotent without an error.
	id := uuid.Must(uuid.NewV7())
	const claim = `insert into event_instance_keys (event_id, id) values ($1, $2) on conflict do nothing`
	d.exec(claim, "e2", id)
	sec, nsec := id.Time().UnixTime()
	d.exec(`insert into event_instances (id, event_id, pattern, created_at) values ($1, 'e2', 'a.b', $2)`, id, time.Unix(sec, nsec))
	assert.Equal(t, w.eventInstance, uuid.UUID(one[[16]byte](d, `select id from event_instance_keys where event_id = 'e1'`)))

	// One event starts one instance per trigger, ever.
	assert.Equal(t, "workflow_instances_one_start_per_event",
		d.fails(`insert into workflow_instances (trigger_id, trigger_event_id) values ($1, $2)`, w.trigger, w.eventInstance).ConstraintName)
	// The key outlives the row, so references to it do, too.
	d.exec(`delete from event_instances where id = $1`, w.eventInstance)
	assert.Equal(t, w.eventInstance, uuid.UUID(one[[16]byte](d, `select trigger_event_id from workflow_instances where id = $1`, w.instance)))
}

func TestSortColumnsAreNeverNull(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	nullable := all[string](d, `
		select attrelid::regclass || '.' || attname from pg_attribute
		where attrelid = any ($1::text[]::regclass[]) and attname ~ '_(sort|rank)$' and not attnotnull`, core)
	assert.Empty(t, nullable)
	assert.Equal(t, 3, one[int](d, `select priority_rank from task_instances where id = $1 and due_sort = '9999-12-31Z'`, w.taskInstance))
	assert.Equal(t, []string{"CRITICAL", "HIGH", "MEDIUM", "LOW"}, all[string](d, `
		with made as (insert into task_instances (task_definition_id, step_id, type, priority)
		  select $1, 's', 'MANUAL', p from unnest(array['LOW', 'CRITICAL', 'MEDIUM', 'HIGH']) as p returning priority, priority_rank)
		select priority from made order by priority_rank`, w.task))
}

func TestReferencesBetweenDefinitionsHold(t *testing.T) {
	t.Parallel()
	d := migrated(t)
	w := d.world()
	assert.Equal(t, "workflow_task_references_pin_has_target",
		d.fails(`insert into workflow_task_references (source_id, path, target_business_id, pinned) values ($1, '/steps/1/taskId', 'gone', true)`, w.definition).ConstraintName)
	d.exec(`insert into workflow_task_references (source_id, path, target_business_id) values ($1, '/steps/1/taskId', 'dangling')`, w.definition)
	require.Equal(t, "23503", d.fails(`delete from task_definitions where id = $1`, w.task).Code)
	d.exec(`delete from workflow_instances where id = $1`, w.instance)
	d.exec(`delete from workflow_definitions where id = $1`, w.definition)
	assert.Zero(t, one[int64](d, `select count(*) from workflow_task_references`))
}
