package stream

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/page"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// cohort is a running subscription and everybody who receives its events. Each
// begins with one member, and others who start from the same place, and brings
// them from there up to now, at their pace. Once there, they move into a cohort
// that runs for the same operation already, or this one becomes it: the events
// after a place are the same for all who ask the same.
type cohort struct {
	streams *Streams
	start   startKey
	cancel  context.CancelFunc
	source  *source

	mu      sync.Mutex
	members map[*member]struct{} // changed with Streams.mu held, too
	shared  bool                 // found under its key
	begins  bool                 // recent has everything since the start
	begun   time.Time
	recent  []*event // for members who arrive; once shared nothing is missing from it after floor
	size    int      // bytes of recent
	floor   page.Position
	ended   bool
}

// member is one subscription of one client.
type member struct {
	sink
	cohort *cohort // guarded by Streams.mu
	seen   int64   // batches of the feed up to here when it moved into its cohort, else -1; guarded by the cohort's mu
}

// sink is where the messages of one operation go. None of its methods waits for
// the client but wait.
type sink interface {
	next(*event) bool // false when the client is gone
	fail(*graphql.Response)
	complete()
	roomy() bool
	wait(context.Context)
}

// leave ends a subscription from the client's side. The last member ends the
// cohort.
func (s *Streams) leave(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := m.cohort
	c.mu.Lock()
	delete(c.members, m)
	empty := len(c.members) == 0
	c.mu.Unlock()
	if empty {
		s.forget(c)
		c.cancel()
	}
}

// forget lets nobody join c any more. The caller holds Streams.mu.
func (s *Streams) forget(c *cohort) {
	if s.cohorts[c.start.cohortKey] == c {
		delete(s.cohorts, c.start.cohortKey)
	}
	if s.starting[c.start] == c {
		delete(s.starting, c.start)
	}
}

// run pulls events until there are no more, or nobody wants them, or the only
// member moved on.
func (c *cohort) run(ctx context.Context, h *graph.Handler, op *graphql.OperationContext) {
	defer func() {
		if r := recover(); r != nil {
			failure := h.Executor().DispatchError(ctx, gqlerror.List{gqlerror.Wrap(fmt.Errorf("a subscription panicked: %v\n%s", r, debug.Stack()))})
			c.finish(func(m *member) { m.fail(failure) })
		}
	}()
	c.source = open(ctx, h, op)
	live := false
	for {
		if !c.shared {
			c.pace(ctx)
		}
		e, failure := c.source.next()
		switch {
		case failure != nil:
			c.finish(func(m *member) { m.fail(failure) })
			return
		case e == nil:
			c.finish((*member).complete)
			return
		}
		if e.resync && c.shared {
			c.retire()
		}
		c.deliver(e)
		live = (live || e.caughtUp) && (!e.resync || e.cursor != "") // then a snapshot follows
		if live && !c.shared && e.cursor != "" && c.share(e.place) {
			return
		}
	}
}

// retire keeps others from joining: places before a resync and after it cannot
// be compared.
func (c *cohort) retire() {
	c.streams.mu.Lock()
	defer c.streams.mu.Unlock()
	c.streams.forget(c)
}

// pace waits until some member's client has room for more.
func (c *cohort) pace(ctx context.Context) {
	c.mu.Lock()
	var last *member
	for m := range c.members {
		if last = m; m.roomy() {
			break
		}
	}
	c.mu.Unlock()
	if last != nil {
		last.wait(ctx)
	}
}

// deliver queues an event for every member.
func (c *cohort) deliver(e *event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.begins:
		c.rememberBeginning(e)
	case c.shared && !e.heartbeat && e.cursor != "":
		c.remember(e)
	}
	for m := range c.members {
		m.take(e)
	}
}

// take queues an event unless the member has seen what it tells. Who is gone
// leaves by its own connection.
func (m *member) take(e *event) {
	switch {
	case e.heartbeat:
	case e.resync:
		m.seen = -1
	case e.place.N <= m.seen:
		return
	}
	_ = m.next(e)
}

// What a cohort remembers for those who are about to join.
const (
	recentEvents = 16
	recentBytes  = 64 << 10
)

func (c *cohort) remember(e *event) {
	c.recent = append(c.recent, e)
	c.size += len(e.text)
	for len(c.recent) > 1 && (len(c.recent) > recentEvents || c.size > recentBytes) {
		oldest := c.recent[0]
		c.floor = oldest.place
		c.size -= len(oldest.text)
		c.recent = c.recent[1:]
	}
}

// share makes c the cohort of its key, or moves its members into the one that
// is. True when c has nothing more to do.
func (c *cohort) share(at page.Position) bool {
	s := c.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.members) == 0 {
		return true
	}
	running := s.cohorts[c.start.cohortKey]
	if running == nil {
		s.forget(c)
		c.endBeginning()
		s.cohorts[c.start.cohortKey] = c
		c.shared, c.floor = true, at
		return false
	}
	for m := range c.members {
		if !running.adopt(m, at) {
			return false
		}
		m.cohort = running
	}
	s.forget(c)
	clear(c.members)
	return true
}

// adopt takes in a member who was brought up to a place by another cohort. It
// is refused when events after that place are not remembered any more; then it
// catches up a little further and asks again.
func (c *cohort) adopt(m *member, at page.Position) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || at.Snapshot != "" || at.Index > 0 || at.N < c.floor.N {
		return false
	}
	m.seen = at.N
	for _, e := range c.recent {
		if e.place.N > at.N {
			_ = m.next(e)
		}
	}
	c.members[m] = struct{}{}
	return true
}

// finish ends the subscription of every member.
func (c *cohort) finish(end func(*member)) {
	s := c.streams
	s.mu.Lock()
	s.forget(c)
	c.mu.Lock()
	members := c.members
	c.members, c.ended = map[*member]struct{}{}, true
	c.mu.Unlock()
	s.mu.Unlock()
	for m := range members {
		end(m)
	}
}
