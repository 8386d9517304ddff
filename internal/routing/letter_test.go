package routing_test

import (
	"sync"
	"testing"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// dead routes an event to a trigger that cannot start with it and answers the
// dead letter.
func (h *house) dead() (letter uuid.UUID) {
	h.Helper()
	h.trigger("t", "START", "order.placed", "", `{"order": 5}`, "")
	h.publish(order("e1", `{"orderId": "a"}`))
	h.routed()
	require.NoError(h, h.db.QueryRow(h.Context(), `select id from dead_letter_queue where subscriber_id = 't'`).Scan(&letter))
	return letter
}

func TestADeadLetterIsTriedAgainUntilItWorks(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	letter := h.dead()
	ctx := auth.With(t.Context(), auth.Identity{Name: "ann"})
	for n := 1; n <= 5; n++ {
		tried, err := h.router.Retry(ctx, instance.Target{ID: letter}, false)
		require.NoError(t, err)
		require.Equal(t, model.DeadLetterPending, tried.Status)
		require.Equal(t, n, tried.RetryCount)
		require.Len(t, tried.RetryHistory(), n)
		require.Contains(t, tried.RetryHistory()[n-1].Error.Message, "/input/order")
	}
	_, err := h.router.Retry(ctx, instance.Target{ID: letter}, false)
	require.Equal(t, fault.Conflict, fault.CodeOf(err), "it was tried as often as it may be")
	require.Equal(t, 1, h.count(`select count(*) from dead_letter_queue`), "a try that fails makes no second one")

	h.must(`update workflow_event_triggers set input_mapping = '{"order": "payload.orderId"}'`)
	done, err := h.router.Retry(ctx, instance.Target{ID: letter, Reason: "the mapping is mended"}, true)
	require.NoError(t, err)
	require.Equal(t, model.DeadLetterResolved, done.Status)
	require.Equal(t, model.ResolvedByManualRetry, *done.ResolutionStrategy)
	require.Equal(t, "ann", *done.ResolvedBy)
	require.Contains(t, *done.ResolutionNotes, "started wfi_")
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances where trigger_event_id is not null`))
	require.Equal(t, 6, h.count(`select count(*) from change_log where kind = 11 and new_status = 'reprocessing'`), "each try is in the history")
}

func TestOfManyWhoTryADeadLetterAgainOneDoesIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	letter := h.dead()
	h.must(`update workflow_event_triggers set input_mapping = '{"order": "payload.orderId"}'`)
	errs := make([]error, 8)
	var all sync.WaitGroup
	for i := range errs {
		all.Go(func() { _, errs[i] = h.router.Retry(t.Context(), instance.Target{ID: letter}, false) })
	}
	all.Wait()
	winners := 0
	for _, err := range errs {
		if err == nil {
			winners++
			continue
		}
		require.Equal(t, fault.IllegalTransition, fault.CodeOf(err), "%v", err)
	}
	require.Equal(t, 1, winners)
	h.exactlyOne()
}

func (h *house) exactlyOne() {
	h.Helper()
	require.Equal(h, 1, h.count(`select count(*) from workflow_instances where trigger_event_id is not null`))
}

func TestATriggerThatWasReplacedStandsForThoseOfTheActiveVersion(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	letter := h.dead()
	h.must(`update workflow_definitions set status = 'deprecated'`)
	tried, err := h.router.Retry(t.Context(), instance.Target{ID: letter}, false)
	require.NoError(t, err)
	require.Equal(t, model.DeadLetterPending, tried.Status)
	require.Equal(t, "NotFoundError", *tried.ErrorType, "nobody listens")

	const next = "018f0000-0000-7000-8000-0000000000b2"
	h.must(`insert into workflow_definitions (id, workflow_id, name, version, steps) values ($1, 'fulfil', 'Fulfil', '1.1.0', '[{"stepId": "pick"}]')`, next)
	h.must(`update workflow_definitions set status = 'active' where id = $1`, next)
	h.must(`insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern, input_mapping) values ('t2', $1, 'order.*', '{"order": "payload.orderId"}')`, next)
	h.must(`insert into workflow_definitions (id, workflow_id, name, version, steps) values ('018f0000-0000-7000-8000-0000000000b3', 'other', 'Other', '1.0.0', '[{"stepId": "pick"}]')`)
	h.must(`update workflow_definitions set status = 'active' where workflow_id = 'other'`)
	h.must(`insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern) values ('t3', '018f0000-0000-7000-8000-0000000000b3', 'order.placed')`)
	done, err := h.router.Retry(t.Context(), instance.Target{ID: letter}, false)
	require.NoError(t, err)
	require.Equal(t, model.DeadLetterResolved, done.Status)
	h.exactlyOne()
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances where workflow_definition_id = $1`, next))
}

func TestALetterOfAnInstanceEndsItsWaitOnly(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.publish(event("order.paid", "p1", `{}`))
	h.routed()
	mine, other := h.waiting("o1", ""), h.waiting("o2", "")
	var letter uuid.UUID
	require.NoError(t, h.db.QueryRow(t.Context(), `insert into dead_letter_queue (entry_id, event_id, subscriber_id, original_event, error_message)
		values ('', 'p1', $1, '{"eventId": "p1", "pattern": "order.paid"}', 'x') returning id`, "workflow_"+mine.String()).Scan(&letter))
	done, err := h.router.Retry(t.Context(), instance.Target{ID: letter}, false)
	require.NoError(t, err)
	require.Equal(t, model.DeadLetterResolved, done.Status)
	require.Equal(t, model.WorkflowInstanceRunning, h.instance(mine).Status)
	require.Equal(t, model.WorkflowInstanceWaitingForEvent, h.instance(other).Status)
}
