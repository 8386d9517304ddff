package migrations_test

import (
	"context"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// db is one session on a database, with the shortest words for what tests do.
type db struct {
	t    testing.TB
	conn *pgx.Conn
}

// migrated is a session on a new database with our schema.
func migrated(t testing.TB) db {
	t.Helper()
	return connect(t, testdb.URL(t))
}

func connect(t testing.TB, url string) db {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return db{t, conn}
}

// another is a second session on the same database.
func (d db) another() db {
	d.t.Helper()
	return connect(d.t, d.conn.Config().ConnString())
}

func (d db) exec(sql string, args ...any) {
	d.t.Helper()
	_, err := d.conn.Exec(d.t.Context(), sql, args...)
	require.NoError(d.t, err, sql)
}

// fails runs a statement that has to be refused and returns why.
func (d db) fails(sql string, args ...any) *pgconn.PgError {
	d.t.Helper()
	_, err := d.conn.Exec(d.t.Context(), sql, args...)
	var refused *pgconn.PgError
	require.ErrorAs(d.t, err, &refused, sql)
	return refused
}

// one reads a single value.
func one[T any](d db, sql string, args ...any) T {
	d.t.Helper()
	var value T
	require.NoError(d.t, d.conn.QueryRow(d.t.Context(), sql, args...).Scan(&value), sql)
	return value
}

// all reads a column.
func all[T any](d db, sql string, args ...any) []T {
	d.t.Helper()
	rows, err := d.conn.Query(d.t.Context(), sql, args...)
	require.NoError(d.t, err, sql)
	values, err := pgx.CollectRows(rows, pgx.RowTo[T])
	require.NoError(d.t, err, sql)
	return values
}

// id runs an insert that returns its id.
func (d db) id(sql string, args ...any) uuid.UUID {
	d.t.Helper()
	return one[[16]byte](d, sql, args...)
}

// world is one row in each of the 17 tables.
type world struct {
	definition, task, event, integration, component, test uuid.UUID
	trigger, instance, taskInstance, eventInstance        uuid.UUID
	subscription, sequence, queue, deadLetter, connection uuid.UUID
	run, result                                           uuid.UUID
}

func (d db) world() world {
	d.t.Helper()
	var w world
	w.definition = d.id(`insert into workflow_definitions (workflow_id, name, steps) values ('order', 'Order', '[{"stepId":"pick","taskId":"pick"}]') returning id`)
	w.task = d.id(`insert into task_definitions (task_id, name, type, execution_config) values ('pick', 'Pick', 'MANUAL', '{"executor":"human"}') returning id`)
	w.event = d.id(`insert into event_definitions (event_id, name, pattern) values ('OrderEvents.created', 'Order created', 'orders.created') returning id`)
	w.integration = d.id(`insert into integration_definitions (integration_id, name, auth_type) values ('xero', 'Xero', 'oauth2') returning id`)
	w.component = d.id(`insert into ui_components (component_id, name, component_type) values ('form', 'Form', 'Form') returning id`)
	w.test = d.id(`insert into test_definitions (test_id, name, type, target_id) values ('t', 'T', 'task', 'pick') returning id`)
	d.exec(`insert into workflow_task_references (source_id, path, target_business_id, target_id) values ($1, '/steps/0/taskId', 'pick', $2)`, w.definition, w.task)
	w.trigger = d.id(`insert into workflow_event_triggers (workflow_definition_id, event_pattern) values ($1, 'orders.*') returning id`, w.definition)
	w.eventInstance = d.id(`insert into event_instances (event_id, event_definition_id, pattern, source, payload, metadata)
		values ('e1', $1, 'orders.created', '{"type":"external","id":"shop"}', '{"order":1}', '{"correlationId":"c1","causationId":"e0"}') returning id`, w.event)
	w.instance = d.id(`insert into workflow_instances (workflow_definition_id, trigger_id, trigger_event_id) values ($1, $2, $3) returning id`, w.definition, w.trigger, w.eventInstance)
	w.taskInstance = d.id(`insert into task_instances (task_definition_id, workflow_instance_id, workflow_definition_id, step_id, type)
		values ($1, $2, $3, 'pick', 'MANUAL') returning id`, w.task, w.instance, w.definition)
	w.subscription = d.id(`insert into workflow_event_subscriptions (workflow_instance_id, event_pattern, wait_step_id) values ($1, 'orders.paid', 'wait') returning id`, w.instance)
	w.sequence = d.id(`insert into event_sequences (name) values ('S') returning id`)
	d.exec(`insert into event_sequence_events (sequence_id, event_id, position) values ($1, 'e1', 1)`, w.sequence)
	w.queue = d.id(`insert into event_queue_state (queue_id) values ('main-queue') returning id`)
	d.exec(`insert into event_queue_entries (queue_id, event_id) values ($1, 'e1')`, w.queue)
	w.deadLetter = d.id(`insert into dead_letter_queue (event_id, original_event, error_message) values ('e1', '{"eventId":"e1","pattern":"orders.created"}', 'no') returning id`)
	w.connection = d.id(`insert into integration_instances (integration_definition_id, name) values ($1, 'Our Xero') returning id`, w.integration)
	w.run = d.id(`insert into test_runs (test_definition_id) values ($1) returning id`, w.test)
	w.result = d.id(`insert into test_case_results (test_run_id, case_id, status) values ($1, 'c', 'passed') returning id`, w.run)
	return w
}
