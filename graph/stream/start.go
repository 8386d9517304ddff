package stream

import (
	"context"
	"fmt"
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

func startOf(ctx context.Context, op *graphql.OperationContext) startKey {
	place := ""
	if field := rootField(op); field != nil {
		if value := field.ArgumentMap(op.Variables)[after]; value != nil {
			place = fmt.Sprint(value)
		}
	}
	return startKey{keyOf(ctx, op), place}
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
	ctx, cancel := context.WithCancel(auth.With(s.ctx, who))
	start := startOf(ctx, op)
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.starting[start]; c != nil && c.welcome(m) {
		cancel()
		m.cohort = c
		return m
	}
	c := &cohort{streams: s, start: start, cancel: cancel, members: map[*member]struct{}{m: {}}, begins: true, begun: time.Now()}
	m.cohort = c
	s.starting[start] = c
	s.running.Go(func() {
		defer cancel()
		c.run(ctx, h, op)
	})
	return m
}

// welcome takes in a member from the beginning, while that is remembered.
func (c *cohort) welcome(m *member) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.begins || c.ended || time.Since(c.begun) > beginTime {
		return false
	}
	for _, e := range c.recent {
		_ = m.next(e) // who is gone leaves by its own connection
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
