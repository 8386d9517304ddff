package routing_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func event(pattern, id, payload string) *model.EventInput {
	return &model.EventInput{Pattern: pattern, EventID: &id, Payload: scalar.JSON(payload)}
}

func (h *house) instance(id uuid.UUID) *model.WorkflowInstance {
	h.Helper()
	found, err := repository.ByKeys(h.Context(), h.writer.Store, repository.WorkflowInstances, repository.Relation{}, repository.WorkflowInstances.Columns(), []any{id})
	require.NoError(h, err)
	require.NotNil(h, found[id])
	return found[id]
}

func TestAnEventStartsAnInstancePerTriggerWhoseConditionHolds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mapping := `{"order": "event.payload.orderId", "amount": "payload.amount || 7"}`
	h.trigger("yes", "START", "order.placed", "event.payload.amount > 5", mapping, "payload.orderId")
	h.trigger("wild", "START", "order.*", "", mapping, "")
	h.trigger("no", "START", "order.placed", "event.payload.amount > 50", mapping, "")
	h.trigger("missing", "START", "order.placed", "event.payload.nothing.at.all == 1", mapping, "")
	h.trigger("broken", "START", "order.placed", "event.payload.((", mapping, "")
	h.trigger("off", "START", "order.placed", "", mapping, "")
	h.must(`update workflow_event_triggers set enabled = false where trigger_id = 'off'`)
	h.publish(order("e1", `{"orderId": "a", "amount": 10}`))
	h.routed()
	require.Equal(t, 2, h.count(`select count(*) from workflow_instances where status = 'RUNNING' and started_at is not null and current_step_id = 'pick'`))
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances i join workflow_event_triggers t on t.id = i.trigger_id
		join event_instance_keys k on k.id = i.trigger_event_id
		where t.trigger_id = 'yes' and k.event_id = 'e1' and i.correlation_id = 'a' and i.input = '{"order": "a", "amount": 10}'`))
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances i join workflow_event_triggers t on t.id = i.trigger_id where t.trigger_id = 'wild' and i.correlation_id = 'e1'`))
	require.Zero(t, h.count(`select count(*) from dead_letter_queue`))
	require.Equal(t, 2, h.count(`select count(*) from change_log where kind = 2 and actor = 'routing' and reason = 'event e1'`))
	require.Equal(t, 1, h.count(`select count(*) from event_queue_state where checkpoint_id = 'e1' and (queue_metrics ->> 'totalProcessed')::int = 1`))
}

func TestATriggerThatFailsGetsADeadLetterAndStopsNobody(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("a", "START", "order.placed", "", `{"amount": "payload.orderId"}`, "")
	h.trigger("b", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	h.trigger("c", "START", "order.placed", "", "", "")
	h.publish(order("e1", `{"orderId": "a"}`))
	h.routed()
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances`))
	require.Equal(t, 2, h.count(`select count(*) from dead_letter_queue where status = 'pending' and event_id = 'e1' and error_type = 'ValidationError'
		and subscriber_id in ('a', 'c') and original_event -> 'payload' ->> 'orderId' = 'a' and error_context -> 'violations' -> 0 ->> 'path' like '/input/%'`))
}

func TestAnEventCancelsWhatItConcerns(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("start", "START", "order.withdrawn", "", `{"order": "payload.orderId"}`, "payload.case")
	h.trigger("cancel", "CANCEL", "order.withdrawn", "", "", "payload.case")
	same, other, ended := h.run("RUNNING", `{"order": "x"}`, "c1"), h.run("RUNNING", `{"order": "x"}`, "c2"), h.run("COMPLETED", `{"order": "x"}`, "c1")
	named := h.run("CREATED", `{"order": "o1"}`, "c9")
	waits := h.waiting("o1", "")
	h.must(`insert into task_definitions (id, task_id, name, version, type, execution_config) values ('018f0000-0000-7000-8000-0000000000a1', 'x', 'X', '1.0.0', 'MANUAL', '{"executor": "x"}')`)
	h.must(`insert into task_instances (task_definition_id, workflow_instance_id, step_id, type, status) values ('018f0000-0000-7000-8000-0000000000a1', $1, 'pick', 'MANUAL', 'ASSIGNED')`, same)
	h.publish(event("order.withdrawn", "w1", `{"orderId": "o1", "case": "c1"}`))
	h.routed()
	require.Equal(t, model.WorkflowInstanceCancelled, h.instance(same).Status)
	require.Equal(t, "EVENT", *h.instance(same).Cancellation().Source)
	require.Equal(t, model.WorkflowInstanceRunning, h.instance(other).Status)
	require.Equal(t, model.WorkflowInstanceCompleted, h.instance(ended).Status)
	require.Equal(t, model.WorkflowInstanceCancelled, h.instance(named).Status, "its definition names the event")
	require.Equal(t, "the customer withdrew", h.instance(named).Cancellation().Reason)
	require.Equal(t, model.WorkflowInstanceCancelled, h.instance(waits).Status)
	require.Equal(t, 1, h.count(`select count(*) from workflow_event_subscriptions where status = 'cancelled'`))
	require.Equal(t, 1, h.count(`select count(*) from task_instances where status = 'CANCELLED'`))
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances where status = 'RUNNING' and correlation_id = 'c1'`), "an event never cancels what it starts")
}

func TestAnEventEndsTheWaitsItFulfilsAndTheirInstancesGoOn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	mine, yours, anybodys := h.waiting("o1", "event.payload.orderId == workflow.input.order"), h.waiting("o2", "event.payload.orderId == workflow.input.order"), h.waiting("o3", "")
	h.publish(event("order.paid", "p1", `{"orderId": "o1", "amount": 12.50, "payer": {"name": "Ann"}}`))
	h.routed()
	require.Equal(t, model.WorkflowInstanceWaitingForEvent, h.instance(yours).Status)
	require.Equal(t, model.WorkflowInstanceRunning, h.instance(anybodys).Status)
	run := h.instance(mine)
	require.Equal(t, model.WorkflowInstanceRunning, run.Status)
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances where id = $1 and state -> 'variables' = '{"kept": 1, "paid": 12.50, "by": "Ann"}'
		and state -> 'steps' -> 'pay' ->> 'status' = 'COMPLETED' and state -> 'steps' -> 'pay' -> 'output' = '{"paid": 12.50, "by": "Ann"}'
		and not state ? 'waitingForEvent' and not state ? 'currentWaitStep'`, mine))
	require.Equal(t, 2, h.count(`select count(*) from workflow_event_subscriptions s join event_instance_keys k on k.id = s.fulfilled_by_event_id
		where s.status = 'fulfilled' and s.fulfilled_at is not null and k.event_id = 'p1'`))
	h.publish(event("order.paid", "p2", `{"orderId": "o1"}`))
	h.routed()
	require.Equal(t, 2, h.count(`select count(*) from workflow_event_subscriptions where status = 'fulfilled'`), "a wait is fulfilled once")
}

func TestAnEventThatCameBeforeTheWaitCountsOnlyWhenReplayed(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	e := h.publish(event("order.paid", "p1", `{}`))[0].Event
	run := h.waiting("o1", "")
	h.must(`update workflow_event_subscriptions set created_at = now() + interval '1 second'`)
	h.routed()
	require.Equal(t, model.WorkflowInstanceWaitingForEvent, h.instance(run).Status)
	report, err := h.router.Replay(t.Context(), e.UUID, "r1")
	require.NoError(t, err)
	require.Equal(t, 1, report.Resumed)
	require.Equal(t, model.WorkflowInstanceRunning, h.instance(run).Status)
	require.Equal(t, 1, h.count(`select count(*) from event_instances where metadata @> '{"replay": true, "replayId": "r1"}'`))
	require.Equal(t, 1, h.count(`select count(*) from event_instances`))
}

func TestAReplayStartsOnlyWhatWasNotStarted(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("first", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	e := h.publish(order("e1", `{"orderId": "a"}`))[0].Event
	h.routed()
	h.trigger("second", "START", "order.placed", "event.metadata.replayId == 'r1'", `{"order": "payload.orderId"}`, "")
	for range 2 {
		_, err := h.router.Replay(t.Context(), e.UUID, "r1")
		require.NoError(t, err)
	}
	require.Equal(t, 2, h.count(`select count(*) from workflow_instances`))
	_, err := h.router.Replay(t.Context(), uuid.Must(uuid.NewV7()), "r1")
	require.Error(t, err)
}

func TestAWaitWhoseTimeIsOverGoesToItsHandlerOrFailsTheInstance(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	handled, lost, patient := h.waiting("o1", ""), h.waiting("o2", ""), h.waiting("o3", "")
	h.must(`insert into workflow_event_subscriptions (workflow_instance_id, event_pattern, wait_step_id) values ($1, 'order.paid', 'elsewhere')`, lost)
	h.must(`update workflow_event_subscriptions set timeout_at = now() - interval '1 minute', timeout_handler_step_id = case when workflow_instance_id = $1 then 'remind' end
		where workflow_instance_id <> $2 and wait_step_id = 'pay'`, handled, patient)
	left := h.run("FAILED", `{"order": "o4"}`, "o4")
	h.must(`insert into workflow_event_subscriptions (workflow_instance_id, event_pattern, wait_step_id, timeout_at) values ($1, 'order.paid', 'pay', now())`, left)
	require.NoError(t, h.router.Expire(t.Context()))
	require.Equal(t, model.WorkflowInstanceFailed, h.instance(left).Status)
	require.Nil(t, h.instance(left).ErrorJSON, "an instance that had ended stays as it was")
	run := h.instance(handled)
	require.Equal(t, model.WorkflowInstanceRunning, run.Status)
	require.Equal(t, "remind", *run.CurrentStepID)
	run = h.instance(lost)
	require.Equal(t, model.WorkflowInstanceFailed, run.Status)
	require.Equal(t, "TIMEOUT", *run.Error().Category)
	require.Equal(t, "pay", *run.Error().FailedStepID)
	require.NotNil(t, run.CompletedAt)
	require.Equal(t, model.WorkflowInstanceWaitingForEvent, h.instance(patient).Status)
	require.Equal(t, 3, h.count(`select count(*) from workflow_event_subscriptions where status = 'expired'`))
	require.Equal(t, 1, h.count(`select count(*) from workflow_event_subscriptions where status = 'cancelled'`))
}

func TestAPausedQueueKeepsItsEventsAndADrainedOneRests(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	h.must(`insert into event_queue_state (queue_id, status) values ('main', 'paused')`)
	h.publish(order("e1", `{"orderId": "a"}`))
	workers := newWorkers(h)
	workers.Start(t.Context())
	defer workers.Stop()
	h.must(`insert into event_queue_state (queue_id) values ('other')`)
	_, err := h.publisher.Publish(t.Context(), model.EventPublishInput{Events: []*model.EventInput{order("e2", `{"orderId": "b"}`)}, QueueID: ptr("other")})
	require.NoError(t, err)
	started := func(event string) func() bool {
		return func() bool {
			return h.count(`select count(*) from workflow_instances i join event_instance_keys k on k.id = i.trigger_event_id where k.event_id = $1`, event) == 1
		}
	}
	require.Eventually(t, started("e2"), 10*time.Second, 5*time.Millisecond)
	require.False(t, started("e1")(), "its queue is paused")
	h.must(`update event_queue_state set status = 'active' where queue_id = 'main'`)
	h.must(`update event_queue_state set status = 'draining' where queue_id = 'main'`)
	require.Eventually(t, started("e1"), 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		return h.count(`select count(*) from event_queue_state where queue_id = 'main' and status = 'paused'`) == 1
	}, 10*time.Second, 5*time.Millisecond)
}
