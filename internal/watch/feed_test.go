package watch_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/google/uuid"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var instances = live.Filter{Kinds: []int{2}}

// screen is what a client shows of a feed. With exact it holds each change
// against what it shows: one that is missing or told twice does not fit.
type screen struct {
	t      *testing.T
	exact  bool
	shown  map[uuid.UUID]string
	ended  int // moves to a terminal status
	resync []string
	pieces int
	live   bool
}

func newScreen(t *testing.T, exact bool) *screen {
	return &screen{t: t, exact: exact, shown: map[uuid.UUID]string{}}
}

func (s *screen) take(e watch.FeedEvent) {
	if e.Resync != "" {
		s.resync, s.shown = append(s.resync, e.Resync), map[uuid.UUID]string{}
	}
	s.live = s.live || e.CaughtUp
	for _, o := range e.Objects {
		assert.NotContains(s.t, s.shown, o.ID, "an object is in the snapshot once")
		s.shown[o.ID] = *o.Status
		s.pieces++
	}
	for _, c := range e.Changes {
		if s.exact {
			assert.Equal(s.t, s.shown[*c.EntityID], text(c.OldStatus), "a change continues what is shown")
		}
		if c.Terminal() {
			s.ended++
		}
		if c.NewStatus == nil {
			delete(s.shown, *c.EntityID)
		} else {
			s.shown[*c.EntityID] = *c.NewStatus
		}
	}
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// Clients come at any moment of the turmoil, some break off and resume. What
// each shows at the end is the table, and every change fitted on the way.
func TestASnapshotAndTheChangesAfterItAreTheStateExactly(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	var over atomic.Int64 // the last batch, once there is one
	screens := make([]*screen, 6)
	var clients sync.WaitGroup
	for i := range screens {
		screens[i] = newScreen(t, true)
		clients.Go(func() {
			_ = waitFor(ctx, time.Duration(i)*60*time.Millisecond) // come while others write
			watchUntil(ctx, t, w, watch.Feed{Filter: instances, Snapshot: true, Heartbeat: 20 * time.Millisecond}, screens[i], &over, i%2 == 0)
		})
	}
	w.turmoil(6, 60)
	over.Store(w.head().N)
	clients.Wait()
	for _, s := range screens {
		require.Equal(t, w.statuses("true"), s.shown)
		require.NotZero(t, s.pieces)
		require.Empty(t, s.resync)
	}
}

// watchUntil follows a feed until the batch in over was passed; breaking off
// and resuming every few events when it is restless.
func watchUntil(ctx context.Context, t *testing.T, w *works, f watch.Feed, s *screen, over *atomic.Int64, restless bool) {
	for {
		session, cancel := context.WithCancel(ctx)
		events, err := w.Open(session, f)
		if !assert.NoError(t, err) {
			cancel()
			return
		}
		n, finished := 0, false
		for e := range events {
			s.take(e)
			if e.Place != nil {
				f.After = e.Place
			}
			n++
			if last := over.Load(); last > 0 && e.Place != nil && e.Place.N >= last {
				finished = true
				break
			}
			if restless && e.Place != nil && n > 9 {
				break
			}
		}
		cancel()
		for range events { //nolint:revive // until the stream has ended
		}
		if finished || ctx.Err() != nil {
			assert.NoError(t, ctx.Err())
			return
		}
	}
}

func waitFor(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A client that does not read at all while others write gets the newest of each
// object in one go, and every end.
func TestLatestLeavesOutWhatIsOutdatedButNoEnd(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	start := w.head()
	events, err := w.Open(ctx, watch.Feed{Filter: instances, After: &start, Latest: true, Heartbeat: time.Second})
	require.NoError(t, err)
	require.True(t, (<-events).CaughtUp)

	w.turmoil(4, 60)
	var ends, changes int
	require.NoError(t, w.db.QueryRow(ctx, `select count(*) filter (where new_status in ('FAILED', 'COMPLETED', 'CANCELLED')), count(*)
		from change_log where kind = 2 and what = 2`).Scan(&ends, &changes))
	last, s, told := w.head().N, newScreen(t, false), 0
	for e := range events {
		s.take(e)
		told += len(e.Changes)
		if e.Place.N >= last {
			break
		}
	}
	require.Equal(t, ends, s.ended, "each move to a terminal status was told")
	require.Less(t, told, changes, "others were not all told")
	for id, status := range w.statuses("true") {
		if shown, ok := s.shown[id]; ok {
			require.Equal(t, status, shown)
		}
	}
}

func TestOnlyEndsAreToldWhenOnlyTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	events, err := w.Open(within(t), watch.Feed{Filter: live.Filter{Terminal: true}, Snapshot: true, Heartbeat: time.Second})
	require.NoError(t, err)
	require.True(t, (<-events).CaughtUp, "nothing has ended, so the snapshot is empty")
	w.exec(`update workflow_instances set status = 'WAITING_FOR_EVENT' where instance_id = 'i1'`)
	w.exec(`update workflow_instances set status = 'FAILED' where instance_id = 'i1'`)
	e := <-events
	require.Len(t, e.Changes, 1)
	require.Equal(t, "FAILED", *e.Changes[0].NewStatus)
}

func TestAFeedThatBrokeStartsOverWithANewSnapshot(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	ctx := within(t)
	events, err := w.Open(ctx, watch.Feed{
		Filter: instances, After: &page.Position{Timeline: "00000009", N: 1}, Snapshot: true, Heartbeat: time.Second,
	})
	require.NoError(t, err)
	broken := <-events
	require.Equal(t, "FAILOVER_ROLLBACK", broken.Resync)
	require.Nil(t, broken.Place, "who breaks off here must not go on behind the snapshot")
	s := newScreen(t, true)
	for e := range events {
		if s.take(e); s.live {
			break
		}
	}
	require.Equal(t, w.statuses("true"), s.shown)
}

func TestASnapshotOfTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorks(t)
	w.exec(`insert into workflow_instances (workflow_definition_id, status) select d.id, 'CREATED' from workflow_definitions d, generate_series(1, 10000)`)
	_, err := w.Open(within(t), watch.Feed{Filter: instances, Snapshot: true, Heartbeat: time.Second})
	require.Equal(t, fault.QueryTooBroad, fault.CodeOf(err))
	some := live.Filter{Kinds: []int{2}, NewStatus: []string{"RUNNING"}}
	events, err := w.Open(within(t), watch.Feed{Filter: some, Snapshot: true, Heartbeat: time.Second})
	require.NoError(t, err)
	require.Len(t, (<-events).Objects, 30)
}
