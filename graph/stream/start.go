package stream

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
)

// startKey is equal for subscriptions that receive the same from the beginning:
// they start from the same place, too. When a server comes back, most of its
// clients do.
type startKey struct {
	cohortKey
	place string
}

// placeOf is what the operation says about where to start.
func placeOf(op *graphql.OperationContext) string {
	if field := rootField(op); field != nil {
		if value := field.ArgumentMap(op.Variables)[after]; value != nil {
			return fmt.Sprint(value)
		}
	}
	return ""
}

// What a cohort keeps of its beginning for others who start from the same place:
// as much as fits into the queue of each, and for a moment only, because who
// starts from now does not want to see what was.
const (
	beginBytes = 64 << 10
	beginTime  = time.Second
)

// subscribe opens a subscription for a sink. It runs until the operation ends
// or the member leaves.
func (s *Streams) subscribe(who auth.Identity, h *graph.Handler, op *graphql.OperationContext, to sink) *member {
	m := &member{sink: to, seen: -1}
	key, arguments, place := groupKeyOf(who, op), argumentsOf(op), placeOf(op)
	s.mu.Lock()
	defer s.mu.Unlock()
	g := s.enlist(key, who, h, op)
	start := startKey{cohortKey{g, arguments}, place}
	if c := s.starting[start]; c != nil && c.welcome(m) {
		s.dismiss(g)
		m.cohort = c
		return m
	}
	c := &cohort{streams: s, start: start, members: map[*member]struct{}{m: {}}, begins: true, begun: time.Now()}
	m.cohort = c
	s.starting[start] = c
	ctx, cancel := context.WithCancel(g.ctx)
	c.cancel = cancel
	s.running.Go(func() {
		defer cancel()
		defer c.rescue(ctx)
		defer s.begin(ctx)()
		if failure := c.pull(ctx, op, false); failure != nil {
			c.finish(func(m *member) { m.fail(failure) })
		}
	})
	return m
}

// How many subscriptions begin at a time, and for how long each counts. When
// thousands come together, most of what each needs to begin is needed by few at
// once, and the memory of those is used again for the next.
const (
	beginning = 256
	beginsFor = 100 * time.Millisecond
)

// begin waits for a turn. It is given back by the function, or after a while: who
// has much to catch up with keeps nobody waiting.
func (s *Streams) begin(ctx context.Context) (done func()) {
	select {
	case s.begins <- struct{}{}:
	case <-ctx.Done():
		return func() {}
	}
	over := sync.OnceFunc(func() { <-s.begins })
	timer := time.AfterFunc(beginsFor, over)
	return func() { timer.Stop(); over() }
}

// leave ends a subscription from the client's side. The last member ends the
// cohort.
func (s *Streams) leave(m *member) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := m.cohort
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.members, m)
	if len(c.members) == 0 {
		s.endCohort(c)
	}
}

// endCohort is for a cohort without members, once. The caller holds the locks of
// Streams and c.
func (s *Streams) endCohort(c *cohort) {
	if c.ended {
		return
	}
	c.ended = true
	s.forget(c)
	s.dismiss(c.start.group)
	if c.follower != nil {
		c.follower.Leave()
	}
	if c.cancel != nil {
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

// welcome takes in a member from the beginning, while that is remembered.
func (c *cohort) welcome(m *member) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begins || c.ended || time.Since(c.begun) > beginTime {
		return false
	}
	if len(c.recent) > 0 && !m.next(c.recent...) {
		return false
	}
	c.members[m] = struct{}{}
	return true
}

// rememberBeginning keeps an event for those who start from the same place, as
// long as there is room. The caller holds mu.
func (c *cohort) rememberBeginning(e *event) {
	c.recent = append(c.recent, e)
	if c.size += len(e.text); c.size > beginBytes || time.Since(c.begun) > beginTime {
		c.endBeginning()
	}
}

// endBeginning lets nobody start with this cohort any more. The caller holds mu.
func (c *cohort) endBeginning() {
	c.begins, c.recent, c.size = false, nil, 0
}
