package routing_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// outcomes are the verdicts of triggers by their key.
func outcomes(x *model.TriggerExplanation) map[string]model.RoutingOutcome {
	found := map[string]model.RoutingOutcome{}
	for _, v := range x.Verdicts {
		if v.Trigger != nil {
			found[v.Trigger.TriggerID] = v.Outcome
		}
	}
	return found
}

func TestRoutingDoesWhatExplainingSays(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	good := `{"order": "payload.orderId"}`
	h.trigger("starts", "START", "order.placed", "event.payload.amount > 5", good, "")
	h.trigger("false", "START", "order.placed", "event.payload.amount > 50", good, "")
	h.trigger("unreadable", "START", "order.placed", "event.payload.((", good, "")
	h.trigger("invalid", "START", "order.placed", "", `{"order": 5}`, "")
	h.trigger("unmappable", "START", "order.placed", "", `{"order": "payload.(("}`, "")
	h.trigger("cancels", "CANCEL", "order.placed", "", "", "payload.orderId")
	h.trigger("nothing", "CANCEL", "order.placed", "", "", "'nobody'")
	h.trigger("off", "START", "order.placed", "", good, "")
	h.trigger("near", "START", "order.place", "", good, "")
	h.must(`update workflow_event_triggers set enabled = false where trigger_id = 'off'`)
	victim := h.run("RUNNING", `{"order": "o1"}`, "o1")
	input := order("e1", `{"orderId": "o1", "amount": 7}`)

	want := map[string]model.RoutingOutcome{
		"starts": model.RoutingOutcomeStarts, "false": model.RoutingOutcomeConditionFalse, "unreadable": model.RoutingOutcomeConditionFailed,
		"invalid": model.RoutingOutcomeInputInvalid, "unmappable": model.RoutingOutcomeInputInvalid,
		"cancels": model.RoutingOutcomeCancels, "nothing": model.RoutingOutcomeNothingToCancel, "off": model.RoutingOutcomeDisabled,
	}
	decider := routing.NewDecider()
	sample, err := decider.ExplainSample(t.Context(), h.writer.Store, input, nil)
	require.NoError(t, err)
	require.Equal(t, want, outcomes(sample))
	require.Equal(t, "The event starts an instance and cancels an instance.", sample.Summary)
	require.Zero(t, h.count(`select count(*) from event_instances`), "explaining does nothing")
	for _, v := range sample.Verdicts {
		switch v.Trigger.TriggerID {
		case "starts":
			require.JSONEq(t, `{"order": "o1"}`, string(v.Input))
			require.Equal(t, "7", string(v.Trace[1].Value))
		case "invalid":
			require.Equal(t, "/input/order", v.Problems[0].Path)
		case "unmappable":
			require.Equal(t, "/inputMapping/order", v.Problems[0].Path)
		case "cancels":
			require.Equal(t, victim, v.Instances[0].UUID)
		}
	}

	h.publish(input)
	stored, err := decider.Explain(t.Context(), h.writer.Store, "e1", nil)
	require.NoError(t, err)
	require.Equal(t, want, outcomes(stored))
	h.routed()
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances i join workflow_event_triggers t on t.id = i.trigger_id where t.trigger_id = 'starts'`))
	require.Equal(t, 1, h.count(`select count(*) from workflow_instances where trigger_id is not null`))
	require.Equal(t, model.WorkflowInstanceCancelled, h.instance(victim).Status)
	require.Equal(t, 2, h.count(`select count(*) from dead_letter_queue where subscriber_id in ('invalid', 'unmappable')`))
	require.Equal(t, 2, h.count(`select count(*) from dead_letter_queue`))

	after, err := decider.Explain(t.Context(), h.writer.Store, stored.Event.UUID, nil)
	require.NoError(t, err)
	require.Equal(t, model.RoutingOutcomeAlreadyStarted, outcomes(after)["starts"])
	require.Equal(t, model.RoutingOutcomeNothingToCancel, outcomes(after)["cancels"])
	for _, v := range after.Verdicts {
		if v.Outcome == model.RoutingOutcomeAlreadyStarted {
			require.NotEmpty(t, v.Trace, "why it started is told afterwards, too")
			require.NotEmpty(t, v.Input)
		}
	}
	none, err := decider.Explain(t.Context(), h.writer.Store, uuid.Must(uuid.NewV7()), nil)
	require.NoError(t, err)
	require.Nil(t, none)
}

func TestAnExplanationTellsWhatIsWrongWithASampleAndWhatWasMeant(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	decider := routing.NewDecider()
	x, err := decider.ExplainSample(t.Context(), h.writer.Store, &model.EventInput{Pattern: "order.palced", Payload: scalar.JSON(`{}`)}, nil)
	require.NoError(t, err)
	require.Equal(t, "/pattern", x.Problems[0].Path)
	require.Equal(t, model.RoutingOutcomePatternDiffers, outcomes(x)["t"])
	require.Contains(t, x.Summary, "order.placed")
	x, err = decider.ExplainSample(t.Context(), h.writer.Store, &model.EventInput{Pattern: "order.placed", Payload: scalar.JSON(`{"orderId": 5}`)}, nil)
	require.NoError(t, err)
	require.Equal(t, "/payload/orderId", x.Problems[0].Path)
	require.Equal(t, model.RoutingOutcomeInputInvalid, outcomes(x)["t"])
	h.must(`update workflow_definitions set status = 'deprecated'`)
	x, err = decider.ExplainSample(t.Context(), h.writer.Store, order("", `{"orderId": "a"}`), nil)
	require.NoError(t, err)
	require.Equal(t, model.RoutingOutcomeVersionNotActive, outcomes(x)["t"])
}

func TestAWaitIsExplainedWithTheValuesOfBothSides(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.waiting("o1", "event.payload.orderId == workflow.input.order")
	x, err := routing.NewDecider().ExplainSample(t.Context(), h.writer.Store, event("order.paid", "p", `{"orderId": "o2"}`), nil)
	require.NoError(t, err)
	require.Equal(t, model.RoutingOutcomeConditionFalse, x.Verdicts[0].Outcome)
	var texts []string
	for _, s := range x.Verdicts[0].Trace {
		texts = append(texts, s.Text+" is "+string(s.Value))
	}
	require.Contains(t, texts, `event.payload.orderId is "o2"`)
	require.Contains(t, texts, `workflow.input.order is "o1"`)
}

func TestAPublicationWakesWorkersThatLeaveAQueueAlone(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	h.must(`insert into event_queue_state (queue_id, config) values ('main', '{"processingInterval": 600000}')`)
	workers := routing.NewWorkers(h.router, routing.Options{Workers: 2, Poll: 20 * time.Millisecond})
	h.publisher.Nudge = workers.Nudge
	workers.Start(t.Context())
	defer workers.Stop()
	for _, id := range []string{"e1", "e2", "e3"} {
		h.publish(order(id, `{"orderId": "a"}`))
		h.empty()
	}
	h.exactly(3)
}

func TestATriggerIsTriedBeforeItIsStored(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	victim := h.run("RUNNING", `{"order": "o1"}`, "o1")
	try := func(draft model.TriggerDraftInput) *model.RoutingVerdict {
		draft.WorkflowID = "fulfil"
		x, err := routing.NewDecider().ExplainSample(t.Context(), h.writer.Store, order("e1", `{"orderId": "o1", "amount": 7}`), &draft)
		require.NoError(t, err)
		require.Nil(t, x.Verdicts[0].Trigger)
		return x.Verdicts[0]
	}
	v := try(model.TriggerDraftInput{TriggerType: model.TriggerStart, EventPattern: "*.placed", EventCondition: ptr("event.payload.amount > 5"), InputMapping: scalar.JSON(`{"order": "payload.orderId"}`)})
	require.Equal(t, model.RoutingOutcomeStarts, v.Outcome)
	require.JSONEq(t, `{"order": "o1"}`, string(v.Input))
	v = try(model.TriggerDraftInput{TriggerType: model.TriggerStart, EventPattern: "order.placed", InputMapping: scalar.JSON(`{"order": "payload.amount"}`)})
	require.Equal(t, "/input/order", v.Problems[0].Path)
	v = try(model.TriggerDraftInput{TriggerType: model.TriggerCancel, EventPattern: "order.**", CorrelationKey: ptr("payload.orderId")})
	require.Equal(t, victim, v.Instances[0].UUID)
	require.Equal(t, model.RoutingOutcomePatternDiffers, try(model.TriggerDraftInput{TriggerType: model.TriggerStart, EventPattern: "order.*.placed"}).Outcome)
	require.Contains(t, try(model.TriggerDraftInput{TriggerType: model.TriggerStart, EventPattern: "order..placed"}).Reason, "is not a pattern")
	_, err := routing.NewDecider().ExplainSample(t.Context(), h.writer.Store, order("e1", `{}`), &model.TriggerDraftInput{WorkflowID: "none", EventPattern: "*"})
	require.Error(t, err)
}
