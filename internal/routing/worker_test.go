package routing_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/stretchr/testify/require"
)

func newWorkers(h *house) *routing.Workers {
	return routing.NewWorkers(h.router, routing.Options{Workers: 2, Poll: 20 * time.Millisecond})
}

// flood publishes n events that each start one instance and end one wait.
func (h *house) flood(n int) {
	h.Helper()
	h.trigger("t", "START", "order.placed", "", `{"order": "payload.orderId"}`, "")
	for from := 0; from < n; from += routing.MaxPublished {
		var events []*model.EventInput
		for i := from; i < min(n, from+routing.MaxPublished); i++ {
			events = append(events, order(fmt.Sprint("e", i), fmt.Sprintf(`{"orderId": "o%d"}`, i)))
		}
		for _, one := range h.publish(events...) {
			require.NoError(h, one.Err)
		}
	}
}

// exactly tells that each of n events has started its one instance.
func (h *house) exactly(n int) {
	h.Helper()
	require.Equal(h, n, h.count(`select count(*) from workflow_instances where trigger_event_id is not null`))
	require.Equal(h, n, h.count(`select count(distinct trigger_event_id) from workflow_instances`))
	require.Zero(h, h.count(`select count(*) from dead_letter_queue`))
}

func TestSeveralPoolsOnOneDatabaseRouteEachEventOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	const events = 120
	h.flood(events)
	var pools []*routing.Workers
	for range 3 {
		w := newWorkers(h)
		w.Start(t.Context())
		pools = append(pools, w)
	}
	var stops sync.WaitGroup
	stops.Go(pools[0].Stop) // one leaves in the middle
	h.empty()
	for _, w := range pools[1:] {
		w.Stop()
	}
	stops.Wait()
	h.exactly(events)
	var counted int64
	for _, w := range pools {
		processed, failed := w.Counts()
		counted += processed
		require.Zero(t, failed)
	}
	require.EqualValues(t, events, counted, "what metrics show")
	require.Equal(t, events, h.count(`select sum((queue_metrics ->> 'totalProcessed')::int) from event_queue_state`))
}

func TestAnEventWhoseWorkerVanishedIsTakenByAnother(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.flood(20)
	h.must(`update event_queue_entries set status = 'processing', lease_owner = 'gone', lease_until = now() - interval '1 second' where event_id < 'e5'`)
	h.routed()
	h.exactly(20)
}

func TestAnEventThatStopsEveryWorkerBecomesADeadLetter(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.flood(1)
	h.must(`update event_queue_entries set attempts = 6`)
	h.routed()
	require.Equal(t, 1, h.count(`select count(*) from dead_letter_queue where subscriber_id is null and error_type = 'ServiceUnavailableError'`))
	require.Zero(t, h.count(`select count(*) from workflow_instances`))
}

func TestAFailureThatMayPassIsTriedAgainLater(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.flood(1)
	h.must(`create function no() returns trigger language plpgsql as 'begin raise exception ''out of order'' using errcode = ''53000''; end'`)
	h.must(`create trigger no before insert on workflow_instances for each row execute function no()`)
	w := newWorkers(h)
	w.Start(t.Context())
	require.Eventually(t, func() bool {
		return h.count(`select count(*) from event_queue_entries where attempts = 1 and status = 'waiting' and available_at > now() and last_error not like '%order%'`) == 1
	}, 10*time.Second, 5*time.Millisecond)
	require.Eventually(t, func() bool {
		return h.count(`select count(*) from event_queue_state where queue_metrics ->> 'totalErrors' = '1'`) == 1
	}, 10*time.Second, 5*time.Millisecond, "the batch is counted when it is over")
	h.must(`update event_queue_entries set attempts = 5, available_at = now()`)
	h.empty()
	w.Stop()
	require.Equal(t, 1, h.count(`select count(*) from dead_letter_queue where subscriber_id = 't' and error_type = 'InternalError' and error_message not like '%order%'`))
}
