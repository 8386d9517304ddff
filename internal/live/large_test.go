package live_test

import (
	"encoding/binary"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

const huge = 200_000

// commitHuge is one commit with huge changes; the i-th, from 1 on, is of the
// object numbered(i).
func commitHuge(t *testing.T, db *pgxpool.Pool) {
	t.Helper()
	_, err := db.Exec(t.Context(), `insert into change_log (what, kind, entity_id, old_status, new_status)
select 2, 2, ('00000000-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'RUNNING', 'FAILED' from generate_series(1, $1) i`, huge)
	require.NoError(t, err)
}

func numbered(i int) uuid.UUID {
	id := uuid.MustParse("00000000-0000-7000-8000-000000000000")
	binary.BigEndian.PutUint32(id[12:], uint32(i))
	return id
}

// tallied counts the changes of a huge commit, each of which must be the next.
func tallied(t *testing.T, next *int, until int, pause func()) func(live.Event) bool {
	return func(e live.Event) bool {
		if e.Resync != "" {
			t.Errorf("resync %s after %d", e.Resync, *next)
			return false
		}
		for _, c := range e.Changes {
			if *c.EntityID != numbered(*next) {
				t.Errorf("%s instead of number %d", c.EntityID, *next)
				return false
			}
			*next++
		}
		pause()
		return *next <= until
	}
}

// heaviest samples what lives in memory until stop is called.
func heaviest() (stop func() uint64) {
	now := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	base := now()
	var most atomic.Uint64
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		for {
			select {
			case <-quit:
				return
			case <-time.After(100 * time.Millisecond):
				most.Store(max(most.Load(), now()))
			}
		}
	}()
	return func() uint64 {
		close(quit)
		<-done
		return most.Load() - min(most.Load(), base)
	}
}

// Not parallel: it measures memory.
func TestAHugeCommitReachesEverybodyWithoutBeingHeld(t *testing.T) {
	db, feed := started(t)
	before := nowLive(t, feed, live.Filter{})
	wake, woke := waker()
	one := feed.Follow(live.Filter{IDs: []uuid.UUID{numbered(150_000)}}, before, time.Second, wake)
	require.NotNil(t, one)
	defer one.Leave()
	stop := heaviest()
	subscribe := func(after *page.Position, next int, pause func()) <-chan error {
		ended := make(chan error, 1)
		go func() {
			err := feed.Subscribe(t.Context(), live.Filter{}, after, time.Minute, tallied(t, &next, huge, pause))
			if err == nil && next != huge+1 {
				t.Errorf("%d of %d", next-1, huge)
			}
			ended <- err
		}()
		return ended
	}
	fast := subscribe(&before, 1, func() {})
	slow := subscribe(&before, 1, func() { time.Sleep(2 * time.Millisecond) })
	commitHuge(t, db)
	for found := false; !found; {
		for _, e := range woken(t, one, woke) {
			found = len(e.Changes) == 1 && *e.Changes[0].EntityID == numbered(150_000)
		}
	}
	require.NoError(t, <-fast)
	middle := subscribe(&page.Position{Timeline: before.Timeline, N: before.N + 1, Index: 123_456}, 123_457, func() {})
	for _, ended := range []<-chan error{slow, middle} {
		require.NoError(t, <-ended)
	}
	require.Less(t, stop(), uint64(64<<20), "all of it would be more")
	read, err := feed.Read(t.Context(), live.Filter{IDs: []uuid.UUID{numbered(199_999)}}, &before, 1)
	require.NoError(t, err)
	require.Len(t, read, 1)
	require.Equal(t, 199_999, read[0].Position.Index)
}
