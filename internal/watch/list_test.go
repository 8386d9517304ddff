package watch_test

import (
	"context"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

var waiting = model.WorkflowInstanceWaitingForEvent

func waitingOnes(first int) repository.ListQuery {
	return repository.ListQuery{
		Name: "live", Columns: []string{"status"}, Order: "UPDATED_AT_DESC", Page: page.Request{Size: first},
		Where: &model.WorkflowInstanceWhere{Status: &model.WorkflowInstanceStatusFilter{Eq: &waiting}},
	}
}

// After the turmoil the client holds exactly the rows that match, whatever came
// and left on the way.
func TestALiveListHoldsWhatMatchesInTheEnd(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	news, err := watch.List(ctx, w.Source, repository.WorkflowInstances, waitingOnes(100))
	require.NoError(t, err)
	first := <-news
	require.True(t, first.Snapshot)
	require.Empty(t, first.Nodes)

	over := make(chan struct{})
	go func() { defer close(over); w.turmoil(4, 40) }()
	held := map[uuid.UUID]string{}
	left := 0
	take := func(e *model.LiveList[model.WorkflowInstance]) {
		for _, row := range e.Nodes {
			held[row.UUID] = string(row.Status)
		}
		for _, id := range e.Left {
			_, key, err := nodeid.Decode(id)
			require.NoError(t, err)
			require.Contains(t, held, key, "only what the client has can leave")
			delete(held, key)
			left++
		}
	}
	for finished := false; !finished; {
		select {
		case e := <-news:
			take(e)
		case <-over:
			finished = true
		}
	}
	for !same(w.statuses("status = 'WAITING_FOR_EVENT'"), held) {
		select {
		case e := <-news:
			take(e)
		case <-ctx.Done():
			require.Equal(t, w.statuses("status = 'WAITING_FOR_EVENT'"), held)
		}
	}
	require.NotZero(t, left)
}

func same(a, b map[uuid.UUID]string) bool {
	for id := range a {
		if _, ok := b[id]; !ok {
			return false
		}
	}
	return len(a) == len(b)
}

func TestALiveListSaysWhenItsSnapshotIsNotAll(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.exec(`update workflow_instances set status = 'WAITING_FOR_EVENT'`)
	news, err := watch.List(within(t), w.Source, repository.WorkflowInstances, waitingOnes(10))
	require.NoError(t, err)
	first := <-news
	require.True(t, first.Truncated)
	require.Len(t, first.Nodes, 10)
	w.exec(`truncate workflow_instances cascade`)
	anew := <-news
	require.True(t, anew.Snapshot)
	require.Empty(t, anew.Nodes)
}

func TestARunIsFollowedUntilItEnds(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	var id uuid.UUID
	require.NoError(t, w.db.QueryRow(ctx, `select id from workflow_instances where instance_id = 'i1'`).Scan(&id))
	events, err := w.Run(ctx, id, nil)
	require.NoError(t, err)
	begin := <-events
	require.Empty(t, begin.Changes)

	w.exec(`update workflow_instances set status = 'FAILED' where instance_id = 'i2'`) // another run
	w.exec(`insert into task_definitions (task_id, name, version, type, execution_config) values ('t', 'T', '1.0.0', 'MANUAL', '{"executor": "x"}')`)
	w.exec(`insert into task_instances (task_definition_id, workflow_instance_id, step_id, type) select d.id, $1, 's', 'MANUAL' from task_definitions d`, id)
	task := <-events
	require.Equal(t, []int{6}, kinds(task))
	w.exec(`update workflow_instances set current_step_id = 's' where id = $1`, id)
	require.Equal(t, []int{2}, kinds(<-events))
	w.exec(`with r as (update workflow_instances set status = 'COMPLETED' where id = $1) update task_instances set status = 'COMPLETED'`, id)
	require.ElementsMatch(t, []int{6, 2}, kinds(<-events))
	_, more := <-events
	require.False(t, more, "it completes with the run")

	events, err = w.Run(ctx, id, &begin.Position)
	require.NoError(t, err)
	var told []int
	for e := range events {
		told = append(told, kinds(e)...)
	}
	require.ElementsMatch(t, []int{6, 2, 6, 2}, told, "who comes back after the end is told what happened meanwhile")

	events, err = w.Run(ctx, id, nil)
	require.NoError(t, err)
	<-events
	_, more = <-events
	require.False(t, more, "nothing is left to come")
	_, err = w.Run(ctx, uuid.New(), nil)
	require.Equal(t, fault.NotFound, fault.CodeOf(err))
}

func kinds(e live.Event) []int {
	var out []int
	for _, c := range e.Changes {
		out = append(out, c.Kind)
	}
	return out
}

func TestTheCountsAreThoseOfTheTables(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	first := w.Stats(ctx, time.Millisecond)
	require.Equal(t, []*model.StatusCount{{Status: "RUNNING", Count: 30}}, (<-first).WorkflowInstances)
	inner, leave := context.WithCancel(ctx)
	second := w.Stats(inner, time.Millisecond)
	<-second
	w.turmoil(4, 40)
	leave() // one leaves, the other stays
	want := map[string]int64{}
	for _, status := range w.statuses("true") {
		want[status]++
	}
	w.exec(`insert into event_queue_state (queue_id) values ('q')`)
	w.exec(`insert into event_instances (event_id, pattern) values ('e', 'a.b')`)
	w.exec(`insert into event_queue_entries (queue_id, event_id) select id, 'e' from event_queue_state`)
	for {
		got := map[string]int64{}
		numbers, ok := <-first
		require.True(t, ok, "the counts never became %v", want)
		for _, c := range numbers.WorkflowInstances {
			got[c.Status] = c.Count
		}
		if equal(want, got) && numbers.QueueDepth == 1 {
			return
		}
	}
}

func equal(a, b map[string]int64) bool {
	for k, v := range a {
		if b[k] != v {
			return false
		}
	}
	return len(a) == len(b)
}
