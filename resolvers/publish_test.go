package resolvers_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEventsArePublishedThroughTheFrontDoor(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	o.must(`insert into event_definitions (event_id, name, pattern, payload_schema) values ('asked.v1', 'Asked', 'loan.asked', '{"type": "object", "properties": {"amount": {"type": "integer"}}}')`)
	o.must(`update event_definitions set status = 'active'`)
	var data struct {
		It struct {
			Outcomes []struct {
				Accepted, Duplicate bool
				Event               *struct {
					EventID       string
					CorrelationID string
					Source        struct{ Type, ID string }
					Definition    struct{ EventID string }
					Queue         struct{ QueueID string }
				}
				UserErrors []userError
			}
			UserErrors []userError
		}
	}
	const selected = `{ outcomes { accepted duplicate event { eventId correlationId source { type id } definition { eventId } queue { queueId } } userErrors { __typename code path } } userErrors { code path } } }`
	require.Empty(t, o.send(ann, `mutation { it: eventPublish(input: {events: [
		{pattern: "loan.asked", eventId: "e1", payload: {amount: 5}, metadata: {correlationId: "case"}},
		{pattern: "loan.asked", payload: {amount: "5"}}]}) `+selected, &data))
	good, bad := data.It.Outcomes[0], data.It.Outcomes[1]
	require.True(t, good.Accepted)
	require.Equal(t, "case", good.Event.CorrelationID)
	require.Equal(t, "ann", good.Event.Source.ID)
	require.Equal(t, "asked.v1", good.Event.Definition.EventID)
	require.Equal(t, "main", good.Event.Queue.QueueID)
	require.False(t, bad.Accepted)
	require.Nil(t, bad.Event)
	require.Equal(t, "/events/1/payload/amount", bad.UserErrors[0].Path)

	require.Empty(t, o.send(ann, `mutation { it: eventPublish(input: {events: [{pattern: "loan.asked", eventId: "e1", payload: {amount: 5}}]}) `+selected, &data))
	require.True(t, data.It.Outcomes[0].Duplicate)
	require.Equal(t, "e1", data.It.Outcomes[0].Event.EventID)
	require.Empty(t, o.send(ann, `mutation { it: eventPublish(input: {events: []}) `+selected, &data))
	require.Equal(t, "/events", data.It.UserErrors[0].Path)
}
