package stream

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/page"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// cohort is everybody who receives the events of one subscription. Each begins
// with one member, and others who start from the same place, and pulls them from
// there up to now, at their pace. Once there, they move into the cohort that is
// live for the same operation already, or this one becomes it: the events after
// a place are the same for all who ask the same. A live cohort has no goroutine;
// it is in the rota. When it loses its place it pulls again from there.
type cohort struct {
	streams *Streams
	start   startKey
	duty    duty // guarded by the rota

	mu       sync.Mutex
	cancel   context.CancelFunc   // ends the pulling
	follower Follower             // once live
	members  map[*member]struct{} // changed with Streams.mu held, too
	begins   bool                 // recent has everything since the start
	begun    time.Time
	recent   []*event // for members who arrive; once live nothing is missing from it after floor
	size     int      // bytes of recent
	floor    int64
	at       *page.Position // of the last event; nil while there is no place to go on from
	ended    bool
}

// member is one subscription of one client.
type member struct {
	sink
	cohort *cohort // guarded by Streams.mu
	// Guarded by the cohort's mu.
	seen int64 // batches of the feed up to here when it moved into its cohort, else -1
	live bool  // was told that it caught up
}

// sink is where the messages of one operation go. None of its methods waits for
// the client but wait.
type sink interface {
	next(...*event) bool // all of them or none; false when there is no room for them now
	fail(*graphql.Response)
	complete()
	cut() // ends the connection of a client that cannot be told what follows
	roomy() bool
	wait(context.Context)
}

// pull receives events until there are no more, or nobody wants them, or the
// members live on without it. Again says that they have been live before.
func (c *cohort) pull(ctx context.Context, op *graphql.OperationContext, again bool) (failure *graphql.Response) {
	s := open(ctx, c.start.group.handler, op)
	for live := false; ; {
		c.pace(ctx)
		e, failure := s.next()
		switch {
		case failure != nil:
			return failure
		case e == nil:
			c.finish((*member).complete)
			return nil
		}
		again = again && (!e.resync || e.cursor != "")
		c.deliver(e, again)
		live = (live || e.caughtUp) && (!e.resync || e.cursor != "") // then a snapshot follows
		if live && e.cursor != "" && c.settle(&s.tap, e.place) {
			return nil
		}
	}
}

// rescue ends the subscription of every member when something panicked.
func (c *cohort) rescue(ctx context.Context) {
	if r := recover(); r != nil {
		failure := c.start.group.handler.Executor().DispatchError(ctx, gqlerror.List{gqlerror.Wrap(fmt.Errorf("a subscription panicked: %v\n%s", r, debug.Stack()))})
		c.finish(func(m *member) { m.fail(failure) })
	}
}

// paceEvery bounds how long a cohort waits for one of its members before it looks
// at the others.
const paceEvery = 50 * time.Millisecond

// pace waits until some member's client has room for more.
func (c *cohort) pace(ctx context.Context) {
	for ctx.Err() == nil {
		last := c.roomless()
		if last == nil {
			return
		}
		turn, cancel := context.WithTimeout(ctx, paceEvery)
		last.wait(turn)
		cancel()
	}
}

// roomless is a member when none has room.
func (c *cohort) roomless() (last *member) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for m := range c.members {
		if last = m; m.roomy() {
			return nil
		}
	}
	return last
}

// deliver queues an event for every member. Those without room go on by
// themselves. Again says that members may have been told already that they are
// live. It answers how many members there are.
func (c *cohort) deliver(e *event, again bool) (told int) {
	c.mu.Lock()
	before := c.at
	if e.cursor != "" {
		place := e.place // which does not keep the event
		c.at = &place
	} else if !e.heartbeat {
		c.at = nil
	}
	c.keep(e)
	var slow []*member
	for m := range c.members {
		if !m.take(e, again) {
			slow = append(slow, m)
		}
	}
	told = len(c.members)
	c.mu.Unlock()
	if len(slow) > 0 {
		c.streams.part(c, slow, before)
	}
	return told
}

// take queues an event unless the member has seen what it tells.
func (m *member) take(e *event, again bool) bool {
	switch {
	case e.heartbeat:
		_ = m.next(e) // it tells nothing to who has no room
		return true
	case e.caughtUp && again && m.live:
		return true
	case e.caughtUp:
		m.live = m.next(e)
		return m.live
	case e.resync:
		m.seen = -1
	case e.place.N <= m.seen:
		return true
	}
	return m.next(e)
}

// What a cohort remembers for those who are about to join.
const (
	recentEvents = 16
	recentBytes  = 64 << 10
)

// keep remembers an event for those who arrive. The caller holds mu.
func (c *cohort) keep(e *event) {
	switch {
	case c.begins:
		c.rememberBeginning(e)
	case c.follower != nil && !e.heartbeat && e.cursor != "":
		c.remember(e)
	}
}

func (c *cohort) remember(e *event) {
	c.recent = append(c.recent, e)
	c.size += len(e.text)
	for len(c.recent) > 1 && (len(c.recent) > recentEvents || c.size > recentBytes) {
		oldest := c.recent[0]
		c.floor = max(c.floor, oldest.place.N)
		c.size -= len(oldest.text)
		c.recent[0] = nil
		c.recent = c.recent[1:]
	}
}

// finish ends the subscription of every member.
func (c *cohort) finish(end func(*member)) {
	s := c.streams
	s.mu.Lock()
	c.mu.Lock()
	members := c.members
	c.members = nil
	s.endCohort(c)
	c.mu.Unlock()
	s.mu.Unlock()
	for m := range members {
		end(m)
	}
}
