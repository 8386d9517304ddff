package watch

import (
	"context"
	"log/slog"
	"sync"

	"github.com/augmentedos/graph/internal/live"
	"github.com/google/uuid"
)

// What waits for a slow client at most, before the client's own pace is what
// the feed is read at.
const (
	mostMessages = 100
	mostChanges  = 10_000
)

// latest is what waits for a slow client. A change takes the place of an
// earlier one of the same object, unless that was a move to a terminal status.
type latest struct {
	mu      sync.Mutex
	waiting []*message
	ready   chan struct{} // there is something
	room    chan struct{} // something was taken
}

// message is a FeedEvent whose changes can still grow. A change that a newer
// one took the place of is nil.
type message struct {
	FeedEvent
	changes []*live.Placed
	newest  map[uuid.UUID]int
}

// conflate lets produce run at its own pace and send at the client's. It
// returns when both have ended.
func conflate(ctx context.Context, log *slog.Logger, send func(FeedEvent) bool, produce func(context.Context, func(FeedEvent) bool)) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	l := &latest{ready: make(chan struct{}, 1), room: make(chan struct{}, 1)}
	done := make(chan struct{})
	go func() { // ends with ctx, before this function does
		defer close(done)
		guard(ctx, log, func() { produce(ctx, func(e FeedEvent) bool { return l.put(ctx, e) }) })
	}()
	l.drain(ctx, done, send)
	cancel()
	<-done
}

// put adds an event and waits only when too much is waiting already.
func (l *latest) put(ctx context.Context, e FeedEvent) bool {
	for !l.add(e) {
		select {
		case <-l.room:
		case <-ctx.Done():
			return false
		}
	}
	signal(l.ready)
	return ctx.Err() == nil
}

func (l *latest) add(e FeedEvent) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	var last *message
	if len(l.waiting) > 0 {
		last = l.waiting[len(l.waiting)-1]
	}
	heartbeat := len(e.Changes) == 0 && len(e.Objects) == 0 && e.Resync == "" && !e.CaughtUp
	switch {
	case heartbeat && last != nil:
		return true // the client is told its place by what waits
	case len(e.Changes) > 0 && last != nil && last.newest != nil:
		if len(last.changes) >= mostChanges {
			return false
		}
		last.merge(e)
		return true
	case len(l.waiting) >= mostMessages:
		return false
	}
	m := &message{FeedEvent: e}
	if len(e.Changes) > 0 {
		m.newest = map[uuid.UUID]int{}
		m.merge(e)
	}
	l.waiting = append(l.waiting, m)
	return true
}

func (m *message) merge(e FeedEvent) {
	for i := range e.Changes {
		c := &e.Changes[i]
		if c.EntityID != nil {
			if before, ok := m.newest[*c.EntityID]; ok && !m.changes[before].Terminal() {
				m.changes[before] = nil
			}
			m.newest[*c.EntityID] = len(m.changes)
		}
		m.changes = append(m.changes, c)
	}
	m.Place, m.Position = e.Place, e.Position
	m.compact()
}

// compact drops what was replaced once it is more than half.
func (m *message) compact() {
	if len(m.changes) < 64 || len(m.changes) < 2*len(m.newest) {
		return
	}
	kept := m.changes[:0]
	for _, c := range m.changes {
		if c == nil {
			continue
		}
		if c.EntityID != nil {
			m.newest[*c.EntityID] = len(kept) // the newest of an object comes last
		}
		kept = append(kept, c)
	}
	clear(m.changes[len(kept):])
	m.changes = kept
}

// drain sends what waits until the client leaves or nothing more can come.
func (l *latest) drain(ctx context.Context, done <-chan struct{}, send func(FeedEvent) bool) {
	for over := false; ; {
		for {
			e, ok := l.take()
			if !ok {
				break
			}
			if !send(e) {
				return
			}
		}
		if over {
			return
		}
		select {
		case <-l.ready:
		case <-done:
			over = true // one more look
		case <-ctx.Done():
			return
		}
	}
}

func (l *latest) take() (FeedEvent, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.waiting) == 0 {
		return FeedEvent{}, false
	}
	m := l.waiting[0]
	l.waiting = l.waiting[1:]
	signal(l.room)
	if m.newest != nil {
		m.Changes = nil
		for _, c := range m.changes {
			if c != nil {
				m.Changes = append(m.Changes, *c)
			}
		}
	}
	return m.FeedEvent, true
}

// signal wakes the one who waits on c, now or next.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
