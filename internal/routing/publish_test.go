package routing_test

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/stretchr/testify/require"
)

func ptr[T any](v T) *T { return &v }

func order(eventID, payload string) *model.EventInput {
	e := &model.EventInput{Pattern: "order.placed", Payload: scalar.JSON(payload)}
	if eventID != "" {
		e.EventID = &eventID
	}
	return e
}

func (h *house) publish(events ...*model.EventInput) []*routing.Published {
	h.Helper()
	out, err := h.publisher.Publish(h.Context(), model.EventPublishInput{Events: events})
	require.NoError(h, err)
	require.Len(h, out, len(events))
	return out
}

func TestAPublishedEventIsStoredWithItsKeyAndQueued(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out := h.publish(order("", `{"orderId": "a"}`))
	require.NoError(t, out[0].Err)
	e := out[0].Event
	require.Equal(t, e.ID(), e.EventID, "the id stands in for a key nobody gave")
	require.Equal(t, "1.0.0", e.Version)
	require.Equal(t, "external", *e.SourceType)
	require.Equal(t, e.EventID, *e.CorrelationID, "an event without a case begins one")
	require.NotNil(t, e.Metadata().ReceivedAt)
	require.Equal(t, 1, h.count(`select count(*) from event_queue_entries q join event_instance_keys k using (event_id)
		join event_instances e on e.id = k.id join event_definitions d on d.id = e.event_definition_id
		join event_queue_state s on s.id = q.queue_id where s.queue_id = 'main' and e.metadata ->> 'correlationId' = e.event_id`))
}

func TestEachEventHasItsOwnOutcomeAndErrorsPointIntoTheInput(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	late := time.Now().Add(48 * time.Hour)
	cases := []struct {
		event *model.EventInput
		code  fault.Code
		paths []string
	}{
		{order("good", `{"orderId": "a"}`), "", nil},
		{order("", `{"orderId": 5, "amount": "7"}`), fault.Validation, []string{"/events/1/payload/amount", "/events/1/payload/orderId"}},
		{order("", `[]`), fault.Validation, []string{"/events/2/payload"}},
		{&model.EventInput{Pattern: "order.plcaed", Payload: scalar.JSON(`{}`)}, fault.NotFound, []string{"/events/3/pattern"}},
		{&model.EventInput{Pattern: "order.placed", Version: ptr("3.0.0"), Payload: scalar.JSON(`{}`)}, fault.NotFound, []string{"/events/4/version"}},
		{&model.EventInput{Pattern: "order.placed", Version: ptr("2.0.0"), Payload: scalar.JSON(`{}`)}, fault.Conflict, []string{"/events/5/pattern"}},
		{&model.EventInput{Pattern: "fax.received", Payload: scalar.JSON(`{}`)}, fault.NotFound, []string{"/events/6/pattern"}},
		{&model.EventInput{Pattern: "order.placed", Payload: scalar.JSON(`{"orderId": "a"}`), Source: &model.EventOriginInput{Type: "task", ID: "x"}}, fault.Validation, []string{"/events/7/source/type"}},
		{&model.EventInput{Pattern: "order.placed", Payload: scalar.JSON(`{"orderId": "a"}`), Source: &model.EventOriginInput{Type: "alien", ID: ""}}, fault.Validation, []string{"/events/8/source/id", "/events/8/source/type"}},
		{&model.EventInput{Pattern: "order.placed", EventID: ptr(" "), Timestamp: &late, Payload: scalar.JSON(`{}`), Metadata: scalar.JSON(`{"tags": 1}`)}, fault.Validation, []string{"/events/9/eventId", "/events/9/timestamp", "/events/9/metadata/tags"}},
		{&model.EventInput{Pattern: "order.placed", Payload: scalar.JSON(`{"orderId": "a"}`), Metadata: scalar.JSON(`{"replay": true}`)}, fault.Validation, []string{"/events/10/metadata/replay"}},
	}
	events := make([]*model.EventInput, len(cases))
	for i, c := range cases {
		events[i] = c.event
	}
	for i, one := range h.publish(events...) {
		require.Equal(t, cases[i].code, fault.CodeOf(one.Err), "%d: %v", i, one.Err)
		require.Equal(t, cases[i].paths, paths(one.Err), "%d", i)
		require.Equal(t, one.Err == nil, one.Event != nil)
	}
	require.Equal(t, 1, h.count(`select count(*) from event_instances`))

	_, err := h.publisher.Publish(t.Context(), model.EventPublishInput{})
	require.Equal(t, fault.BadUserInput, fault.CodeOf(err))
	_, err = h.publisher.Publish(t.Context(), model.EventPublishInput{Events: events[:1], QueueID: ptr("nowhere")})
	require.NoError(t, err, "what is known already needs no queue")
	_, err = h.publisher.Publish(t.Context(), model.EventPublishInput{Events: []*model.EventInput{order("new", `{"orderId": "a"}`)}, QueueID: ptr("nowhere")})
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
}

func paths(err error) (out []string) {
	var list fault.List
	if errors.As(err, &list) {
		for _, f := range list {
			out = append(out, f.Path)
		}
		return out
	}
	var f *fault.Fault
	if errors.As(err, &f) {
		out = append(out, f.Path)
	}
	return out
}

func TestPublishingAgainAnswersTheFirstEvent(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first := h.publish(order("e1", `{"orderId": "a", "amount": 10}`))[0].Event
	again := h.publish(order("e1", `{"amount": 10.0, "orderId": "a"}`), order("e1", `{"orderId": "b"}`), order("e2", `{"orderId": "c"}`), order("e2", `{"orderId": "c"}`), order("e2", `{"orderId": "d"}`))
	require.True(t, again[0].Duplicate)
	require.Equal(t, first.UUID, again[0].Event.UUID, "the same content in other words is the same event")
	require.Equal(t, fault.Conflict, fault.CodeOf(again[1].Err))
	require.Equal(t, []string{"/events/1/eventId"}, paths(again[1].Err))
	stored, twice, other := 0, 0, 0
	for _, one := range again[2:] {
		switch {
		case one.Err != nil:
			other++
		case one.Duplicate:
			twice++
		default:
			stored++
		}
	}
	require.Equal(t, 1, stored, "of an event that a request has twice one is stored")
	require.Equal(t, 2, twice+other)
	require.Equal(t, 2, h.count(`select count(*) from event_instances`))
	require.Equal(t, 2, h.count(`select count(*) from event_queue_entries`))
}

func TestOfManyWhoPublishAnEventOneStoresIt(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const publishers = 16
	out := make([][]*routing.Published, publishers)
	var all sync.WaitGroup
	for i := range publishers {
		all.Go(func() {
			events := []*model.EventInput{order("x", `{"orderId": "a"}`), order("y", `{"orderId": "a"}`)}
			if i%2 == 1 {
				events[0], events[1] = events[1], events[0]
			}
			out[i], _ = h.publisher.Publish(t.Context(), model.EventPublishInput{Events: events})
		})
	}
	all.Wait()
	stored := 0
	for _, answers := range out {
		require.Len(t, answers, 2)
		for _, one := range answers {
			require.NoError(t, one.Err)
			require.NotNil(t, one.Event)
			if !one.Duplicate {
				stored++
			}
		}
	}
	require.Equal(t, 2, stored)
	require.Equal(t, 2, h.count(`select count(*) from event_queue_entries`))
}

func TestValidatingStoresNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	out, err := h.publisher.Publish(t.Context(), model.EventPublishInput{ValidateOnly: true, Events: []*model.EventInput{
		order("a", `{"orderId": "a"}`), order("b", `{}`), {Pattern: "order.placed", Version: ptr("0.9.0"), Payload: scalar.JSON(`{}`)},
	}})
	require.NoError(t, err)
	require.NoError(t, out[0].Err)
	require.Nil(t, out[0].Event)
	require.Equal(t, []string{"/events/1/payload/orderId"}, paths(out[1].Err))
	require.Len(t, out[2].Problems, 1)
	require.Equal(t, "DEPRECATED_DEFINITION", out[2].Problems[0].Code)
	require.Zero(t, h.count(`select (select count(*) from event_instances) + (select count(*) from event_instance_keys) + (select count(*) from event_queue_state)`))
}

func TestAQueueTakesWhatItHasRoomFor(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.must(`insert into event_queue_state (queue_id, status, config) values ('main', 'paused', '{"maxQueueDepth": 3, "highWatermark": 2}')`)
	var events []*model.EventInput
	for i := range 5 {
		events = append(events, order(fmt.Sprint(i), `{"orderId": "a"}`))
	}
	out := h.publish(events...)
	for i, want := range []fault.Code{"", "", "", fault.QueueFull, fault.QueueFull} {
		require.Equal(t, want, fault.CodeOf(out[i].Err))
		require.Equal(t, i == 2, len(out[i].Problems) == 1, "above the high watermark")
	}
	require.Equal(t, 3, h.count(`select count(*) from event_instances`))
	require.Equal(t, 3, h.count(`select count(*) from event_instance_keys`), "a refused event keeps its key free")
	require.True(t, h.publish(events[0])[0].Duplicate, "what is in needs no room")

	h.must(`delete from event_queue_entries`)
	h.must(`update event_queue_state set status = 'active'`)
	h.must(`update event_queue_state set status = 'draining'`)
	require.Equal(t, fault.QueueFull, fault.CodeOf(h.publish(events[4])[0].Err))
}

func TestAKeyedRequestSentAgainPublishesNothingAgain(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	send := func(key, payload string) []*routing.Published {
		out, err := h.publisher.Publish(t.Context(), model.EventPublishInput{IdempotencyKey: &key, Events: []*model.EventInput{order("", payload), order("", payload)}})
		require.NoError(t, err)
		return out
	}
	first, again := send("k", `{"orderId": "a"}`), send("k", `{"orderId": "a"}`)
	for i := range first {
		require.Equal(t, first[i].Event.UUID, again[i].Event.UUID)
		require.True(t, again[i].Duplicate)
	}
	require.Equal(t, 2, h.count(`select count(*) from event_instances`))
	require.Equal(t, fault.IdempotencyKey, fault.CodeOf(send("k", `{"orderId": "b"}`)[0].Err))
	require.NoError(t, send("l", `{"orderId": "b"}`)[0].Err)
}
