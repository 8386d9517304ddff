package routing_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/instance"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// sequence adds one whose items are first, then left and right side by side,
// then last; right is optional.
func (h *house) sequence(strategy string) {
	h.Helper()
	h.must(`insert into event_sequences (id, sequence_id, name, rollback_strategy) values ('018f0000-0000-7000-8000-0000000000c1', 's', 'S', nullif($1, '')::jsonb)`, strategy)
	h.must(`insert into event_sequence_events (sequence_id, event_id, position, required) values
		('018f0000-0000-7000-8000-0000000000c1', 'first', 1, true), ('018f0000-0000-7000-8000-0000000000c1', 'left', 2, true),
		('018f0000-0000-7000-8000-0000000000c1', 'right', 2, false), ('018f0000-0000-7000-8000-0000000000c1', 'last', 3, true)`)
}

func (h *house) sequenceIs(status string) func() bool {
	return func() bool { return h.count(`select count(*) from event_sequences where status = $1`, status) == 1 }
}

func TestEventsOfASequenceAreRoutedInItsOrder(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	h.sequence("")
	const good = `{"orderId": "a"}`
	workers := newWorkers(h)
	workers.Start(t.Context())
	defer workers.Stop()
	h.publish(order("last", good), order("left", good))
	require.Eventually(t, func() bool {
		return h.count(`select count(*) from event_queue_entries where available_at > now() and attempts = 0`) == 2
	}, 10*time.Second, 5*time.Millisecond)
	require.Zero(t, h.count(`select count(*) from workflow_instances`))
	h.publish(order("first", good))
	require.Eventually(t, h.sequenceIs("completed"), 4*time.Second, 5*time.Millisecond, "who waits is told, not found by looking")
	var got []string
	rows, err := h.db.Query(t.Context(), `select k.event_id from workflow_instances i join event_instance_keys k on k.id = i.trigger_event_id order by i.created_at, i.id`)
	require.NoError(t, err)
	for rows.Next() {
		var id string
		require.NoError(t, rows.Scan(&id))
		got = append(got, id)
	}
	require.Equal(t, []string{"first", "left", "last"}, got, "an optional one is not waited for")
	require.Equal(t, 3, h.count(`select count(*) from event_sequence_events where status = 'processed' and processing_timestamp is not null`))
}

func TestARequiredEventThatFailsStopsItsSequenceUntilItIsMended(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId", "amount": "payload.amount"}`, "")
	h.must(`update workflow_event_triggers set input_mapping = '{"order": 5}'`)
	h.sequence(`{"type": "manual"}`)
	h.publish(order("first", `{"orderId": "a"}`), order("left", `{"orderId": "a"}`))
	h.routed()
	require.True(t, h.sequenceIs("failed")())
	require.Equal(t, 2, h.count(`select count(*) from dead_letter_queue where status = 'pending'`), "what comes after a failure is not lost")
	h.must(`update workflow_event_triggers set input_mapping = '{"order": "payload.orderId"}'`)
	var letter uuid.UUID
	require.NoError(t, h.db.QueryRow(t.Context(), `select id from dead_letter_queue where event_id = 'first'`).Scan(&letter))
	done, err := h.router.Retry(t.Context(), instance.Target{ID: letter}, false)
	require.NoError(t, err)
	require.Equal(t, "resolved", string(done.Status))
	require.True(t, h.sequenceIs("in_progress")())
	require.Equal(t, 1, h.count(`select count(*) from event_sequence_events where event_id = 'first' and status = 'processed'`))
}

func TestASequenceMayWantFailedEventsTriedAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.amount"}`, "")
	h.sequence(`{"type": "retry", "max_retries": 1}`)
	h.publish(order("first", `{"orderId": "a"}`))
	workers := newWorkers(h)
	workers.Start(t.Context())
	defer workers.Stop()
	require.Eventually(t, func() bool {
		return h.count(`select count(*) from event_queue_entries where attempts = 1 and last_error like 'sequence s tries again:%'`) == 1
	}, 10*time.Second, 5*time.Millisecond)
	h.must(`update event_queue_entries set available_at = now()`)
	require.Eventually(t, h.sequenceIs("failed"), 10*time.Second, 5*time.Millisecond)
	require.Equal(t, 1, h.count(`select count(*) from dead_letter_queue where subscriber_id = 't'`))
}

func TestAFailedSequencePublishesTheEventsThatUndoIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.customer"}`, "")
	h.sequence(`{"type": "compensating_events", "compensating_events": [
		{"eventId": "order.withdrawn.v1", "payload_template": {"orderId": "${events[0].payload.orderId}", "why": "Sequence failed: ${error.message}"}},
		{"eventId": "unknown.v1"}]}`)
	h.must(`update event_sequences set metadata = '{"correlationId": "case"}'`)
	h.publish(order("first", `{"orderId": "a"}`))
	h.routed()
	require.True(t, h.sequenceIs("failed")())
	require.Equal(t, 1, h.count(`select count(*) from event_instances where pattern = 'order.withdrawn' and payload ->> 'orderId' = 'a'
		and payload ->> 'why' like 'Sequence failed: /input/order%' and correlation_id = 'case' and causation_id = 'first' and source_type = 'system'`))
	require.Equal(t, 1, h.count(`select count(*) from dead_letter_queue where subscriber_id = 'sequence_s' and error_type = 'NotFoundError'`))
}
