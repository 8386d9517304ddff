package routing_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// house is a database with an event type and a workflow that listens to it.
type house struct {
	*testing.T
	db        *pgxpool.Pool
	writer    *repository.Writer
	publisher *routing.Publisher
	router    *routing.Router
}

func newHouse(t *testing.T) *house {
	t.Helper()
	db := testdb.New(t)
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	h := &house{t, db, writer, &routing.Publisher{Writer: writer}, routing.NewRouter(writer, slog.New(slog.NewTextHandler(t.Output(), nil)))}
	h.must(`insert into event_definitions (event_id, name, pattern, version, source_types, payload_schema, status) values
		('order.placed.v1', 'Order placed', 'order.placed', '1.0.0', '["external", "system"]', '{"type": "object", "required": ["orderId"], "properties": {"orderId": {"type": "string"}, "amount": {"type": "integer"}}}', 'draft'),
		('order.placed.v1', 'Order placed', 'order.placed', '0.9.0', '[]', '{"type": "object"}', 'draft'),
		('order.placed.v1', 'Order placed', 'order.placed', '2.0.0', '[]', '{"type": "object"}', 'draft'),
		('order.withdrawn.v1', 'Order withdrawn', 'order.withdrawn', '1.0.0', '[]', '{"type": "object"}', 'draft'),
		('order.paid.v1', 'Order paid', 'order.paid', '1.0.0', '[]', '{"type": "object"}', 'draft'),
		('fax.v1', 'Fax', 'fax.received', '1.0.0', '[]', '{"type": "object"}', 'draft')`)
	h.must(`update event_definitions set status = 'active' where version = '1.0.0'`)
	h.must(`update event_definitions set status = 'deprecated' where version = '0.9.0' or event_id = 'fax.v1'`)
	h.must(`insert into workflow_definitions (id, workflow_id, name, version, steps, input_schema, cancellation_triggers) values
		($1, 'fulfil', 'Fulfil', '1.0.0', '[{"stepId": "pick", "taskId": "x", "next": [{"nextStepId": "pay"}]},
			{"stepId": "pay", "type": "EVENT_WAIT", "eventPattern": "order.paid", "eventPayloadMapping": {"paid": "amount", "by": "event.payload.payer.name"}}]',
			'{"type": "object", "required": ["order"], "properties": {"order": {"type": "string"}, "amount": {"type": "integer"}}}',
			'[{"eventPattern": "order.withdrawn", "eventCondition": "event.payload.orderId === workflow.input.order", "reason": "the customer withdrew"}]')`, fulfilID)
	h.must(`update workflow_definitions set status = 'active'`)
	return h
}

const fulfilID = "018f0000-0000-7000-8000-0000000000b1"

// trigger adds a trigger of the workflow; the mapping and the condition may be
// empty.
func (h *house) trigger(id, kind, pattern, condition, mapping, key string) {
	h.Helper()
	h.must(`insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern, trigger_type, event_condition, input_mapping, correlation_key)
		values ($1, $2, $3, $4, nullif($5, ''), nullif($6, '')::jsonb, nullif($7, ''))`, id, fulfilID, pattern, kind, condition, mapping, key)
}

// run adds an instance with an input and a correlation id and answers its UUID.
func (h *house) run(status, input, correlation string) (id uuid.UUID) {
	h.Helper()
	require.NoError(h, h.db.QueryRow(h.Context(), `insert into workflow_instances (workflow_definition_id, status, input, correlation_id, current_step_id, state)
		values ($1, $2, $3, $4, 'pay', '{"variables": {"kept": 1}, "currentStepId": "pay", "currentWaitStep": "pay", "waitingForEvent": {"eventPattern": "order.paid"}}') returning id`,
		fulfilID, status, input, correlation).Scan(&id))
	return id
}

// waiting adds an instance that waits at its step pay.
func (h *house) waiting(order, filter string) (run uuid.UUID) {
	h.Helper()
	run = h.run("WAITING_FOR_EVENT", `{"order": "`+order+`"}`, order)
	h.must(`insert into workflow_event_subscriptions (workflow_instance_id, event_pattern, filter_condition, wait_step_id) values ($1, 'order.paid', nullif($2, ''), 'pay')`, run, filter)
	return run
}

// routed runs workers until the queue is empty.
func (h *house) routed() {
	h.Helper()
	workers := routing.NewWorkers(h.router, routing.Options{Workers: 2, Poll: 20 * time.Millisecond})
	workers.Start(h.Context())
	h.empty()
	workers.Stop()
}

func (h *house) empty() {
	h.Helper()
	require.Eventually(h, func() bool { return h.count(`select count(*) from event_queue_entries`) == 0 }, 20*time.Second, 5*time.Millisecond)
}

func (h *house) must(sql string, args ...any) {
	h.Helper()
	_, err := h.db.Exec(h.Context(), sql, args...)
	require.NoError(h, err, sql)
}

// count answers the one number of a statement.
func (h *house) count(sql string, args ...any) (n int) {
	h.Helper()
	require.NoError(h, h.db.QueryRow(h.Context(), sql, args...).Scan(&n), sql)
	return n
}
