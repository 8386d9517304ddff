package live_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// nowLive is where a subscription, which runs until the test ends, became live.
func nowLive(t *testing.T, feed *live.Feed, filter live.Filter) page.Position {
	t.Helper()
	place := make(chan page.Position, 1)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = feed.Subscribe(ctx, filter, nil, time.Minute, func(e live.Event) bool {
			if e.CaughtUp {
				place <- e.Position
			}
			return true
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	return <-place
}

func instances(t *testing.T, db *pgxpool.Pool) (ids []uuid.UUID) {
	t.Helper()
	rows, err := db.Query(t.Context(), `select id from workflow_instances order by instance_id`)
	require.NoError(t, err)
	for rows.Next() {
		var id uuid.UUID
		require.NoError(t, rows.Scan(&id))
		ids = append(ids, id)
	}
	require.NoError(t, rows.Err())
	return ids
}

// woken takes what a follower has once it is woken.
func woken(t *testing.T, f *live.Follower, wake <-chan struct{}) []live.Event {
	t.Helper()
	select {
	case <-wake:
	case <-time.After(10 * time.Second):
		t.Fatal("nothing came")
	}
	_, events, ok := f.Take()
	require.True(t, ok)
	return events
}

func waker() (func(), <-chan struct{}) {
	wake := make(chan struct{}, 1)
	return func() {
		select {
		case wake <- struct{}{}:
		default:
		}
	}, wake
}

func TestFollowersTakeWhatConcernsThemAndOnlyThat(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	ids := instances(t, db)
	at := nowLive(t, feed, live.Filter{})
	followers := make([]*live.Follower, len(ids))
	wakes := make([]<-chan struct{}, len(ids))
	for i, id := range ids {
		wake, woke := waker()
		followers[i], wakes[i] = feed.Follow(live.Filter{IDs: []uuid.UUID{id}}, at, 0, wake), woke
		require.NotNil(t, followers[i])
		defer followers[i].Leave()
	}
	for _, status := range []string{"WAITING_FOR_EVENT", "RUNNING", "FAILED"} {
		_, err := db.Exec(t.Context(), `update workflow_instances set status = $1 where id = any($2)`, status, ids[:3])
		require.NoError(t, err)
		for i := range 3 {
			events := woken(t, followers[i], wakes[i])
			require.Len(t, events, 1)
			require.Len(t, events[0].Changes, 1)
			require.Equal(t, status, *events[0].Changes[0].NewStatus)
			require.Equal(t, ids[i], *events[0].Changes[0].EntityID)
		}
	}
	for i := 3; i < len(ids); i++ {
		require.Empty(t, wakes[i], "nothing happened to this one")
	}
}

func TestAQuietFollowerHearsWhereTheFeedIs(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	ids := instances(t, db)
	at := nowLive(t, feed, live.Filter{})
	wake, woke := waker()
	begin := time.Now()
	f := feed.Follow(live.Filter{IDs: ids[:1]}, at, time.Second, wake)
	require.NotNil(t, f)
	defer f.Leave()
	_, err := db.Exec(t.Context(), `update workflow_instances set status = 'FAILED' where id = $1`, ids[1])
	require.NoError(t, err)
	events := woken(t, f, woke)
	require.Len(t, events, 1)
	require.Empty(t, events[0].Changes)
	require.Greater(t, events[0].Position.N, at.N, "what happened to others is behind it")
	require.Greater(t, time.Since(begin), 900*time.Millisecond)
}

func TestAFollowerThatIsNotTakenFromLosesItsPlaceAndCanGoOn(t *testing.T) {
	t.Parallel()
	db, feed := started(t)
	wake, woke := waker()
	before := nowLive(t, feed, live.Filter{})
	f := feed.Follow(live.Filter{}, before, 0, wake)
	require.NotNil(t, f)
	defer f.Leave()
	const changes = 100 // more than wait for anybody
	flip(t, db, changes)
	seen := map[string]int{}
	note := func(events []live.Event) {
		for _, e := range events {
			for _, c := range e.Changes {
				seen[fmt.Sprint(c.XID)]++
			}
		}
	}
	require.Eventually(t, func() bool { return nowLive(t, feed, live.Filter{}).N >= before.N+changes }, 10*time.Second, 10*time.Millisecond)
	var from page.Position
	for ok := true; ok; {
		<-woke
		var events []live.Event
		from, events, ok = f.Take()
		note(events)
	}
	require.Less(t, len(seen), changes)
	require.Nil(t, feed.Follow(live.Filter{}, page.Position{Timeline: from.Timeline, N: from.N + 10_000}, 0, wake), "a place that nobody reached")
	ctx, cancel := context.WithCancel(t.Context())
	require.NoError(t, feed.Subscribe(ctx, live.Filter{}, &from, time.Minute, func(e live.Event) bool {
		note([]live.Event{e})
		return !e.CaughtUp
	}))
	cancel()
	require.Len(t, seen, changes)
	for xid, n := range seen {
		require.Equal(t, 1, n, xid)
	}
}
