package stream

import (
	"context"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
)

// settle makes c the live cohort of its key, or moves its members into the one
// that is. True when c has nothing more to pull.
func (c *cohort) settle(t *tap, at page.Position) bool {
	s := c.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.members) == 0 {
		return true
	}
	if running := s.cohorts[c.start.cohortKey]; running != nil {
		return s.merge(c, running, at)
	}
	if t.onward == nil {
		return false
	}
	if c.follower = t.onward.Follow(at, func() { s.rota.add(c) }); c.follower == nil {
		return false
	}
	c.cancel = nil // the pulling ends by itself
	c.start.group.learn(t.from.Type())
	s.forget(c)
	c.endBeginning()
	s.cohorts[c.start.cohortKey] = c
	c.floor = max(at.N, at.SeenUntil()) // before, it leaves out what its snapshot shows
	return true
}

// merge moves the members of c into the live cohort, as far as that takes them.
// The caller holds the locks of Streams and c.
func (s *Streams) merge(c, running *cohort, at page.Position) bool {
	for m := range c.members {
		if !running.adopt(m, at) {
			return false
		}
		m.cohort = running
		delete(c.members, m)
	}
	s.endCohort(c)
	return true
}

// adopt takes in a member who was brought up to a place by another cohort. It
// is refused when events after that place are not remembered any more; then it
// catches up a little further and asks again.
func (c *cohort) adopt(m *member, at page.Position) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.follower == nil || at.Snapshot != "" || at.Index > 0 || at.N < c.floor {
		return false
	}
	var missed []*event
	for _, e := range c.recent {
		if e.place.N > at.N {
			missed = append(missed, e)
		}
	}
	if len(missed) > 0 && !m.next(missed...) {
		return false
	}
	m.seen = at.N
	c.members[m] = struct{}{}
	return true
}

// turn delivers what came for a live cohort. The rota calls it.
func (c *cohort) turn() {
	group := c.start.group
	defer c.rescue(group.ctx)
	c.mu.Lock()
	follower := c.follower
	c.mu.Unlock()
	if follower == nil {
		return
	}
	taken := follower.Take()
	c.mu.Lock()
	c.at = &taken.From
	c.mu.Unlock()
	for _, value := range taken.Values {
		e, failure := group.execute(c.start.arguments, value)
		switch {
		case failure != nil:
			c.finish(func(m *member) { m.fail(failure) })
			return
		case e == nil: // everything ends
			c.finish((*member).complete)
			return
		}
		follower.Told(c.deliver(e, false))
	}
	switch {
	case taken.Ended:
		c.finish((*member).complete)
	case taken.Lost:
		c.lose()
	}
}

// lose makes a live cohort pull again, from its last place on.
func (c *cohort) lose() {
	s := c.streams
	s.mu.Lock()
	defer s.mu.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended || c.follower == nil {
		return
	}
	s.forget(c)
	c.follower.Leave()
	c.follower, c.recent, c.size = nil, nil, 0
	s.resume(c, *c.at)
}

// part makes members without room a cohort of their own, which goes on before
// the event that they had no room for, at their pace. Without a place to go on
// from they begin again.
func (s *Streams) part(from *cohort, slow []*member, at *page.Position) {
	s.mu.Lock()
	defer s.mu.Unlock()
	from.mu.Lock()
	defer from.mu.Unlock()
	c := &cohort{streams: s, start: startKey{cohortKey: from.start.cohortKey}, members: map[*member]struct{}{}}
	for _, m := range slow {
		if _, in := from.members[m]; !in {
			continue
		}
		delete(from.members, m)
		if m.cohort = c; at == nil {
			s.running.Go(m.cut)
		}
		c.members[m] = struct{}{}
	}
	if len(c.members) == 0 {
		return
	}
	c.start.group.cohorts++
	if at != nil {
		s.resume(c, *at)
	}
	if len(from.members) == 0 {
		s.endCohort(from)
	}
}

// resume pulls for a cohort after a place. The caller holds the locks of Streams
// and c, if anybody knows c.
func (s *Streams) resume(c *cohort, at page.Position) {
	ctx, cancel := context.WithCancel(c.start.group.ctx)
	c.cancel, c.at = cancel, &at
	s.running.Go(func() {
		defer cancel()
		defer c.rescue(ctx)
		c.pullFrom(ctx)
	})
}

// retryAfter is the pause before a cohort that had been live asks again when it
// could not be resumed.
const retryAfter = 500 * time.Millisecond

// pullFrom goes on after the last place. Who has been live stays through a time
// in which the database does not answer.
func (c *cohort) pullFrom(ctx context.Context) {
	for {
		failure := c.pullOnce(ctx)
		switch {
		case failure == nil:
			return
		case !passing(failure):
			c.finish(func(m *member) { m.fail(failure) })
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(retryAfter):
		}
	}
}

func (c *cohort) pullOnce(ctx context.Context) *graphql.Response {
	select {
	case c.streams.turns <- struct{}{}:
	case <-ctx.Done():
		return nil
	}
	c.mu.Lock()
	at := *c.at
	c.mu.Unlock()
	op, errs := c.start.group.operation(c.start.arguments, at)
	<-c.streams.turns
	if len(errs) > 0 {
		return c.start.group.handler.Executor().DispatchError(ctx, errs)
	}
	return c.pull(ctx, op, true)
}

// passing is true for a failure that may be over soon.
func passing(failure *graphql.Response) bool {
	for _, err := range failure.Errors {
		switch err.Extensions["code"] {
		case string(fault.Unavailable), string(fault.Timeout):
			return true
		}
	}
	return false
}
