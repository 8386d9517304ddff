package live

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/page"
)

// Event is one message to a subscriber. Exactly one of the kinds is meant:
// Changes when there are some, a resync with a reason, the moment of catching
// up, or else a heartbeat.
type Event struct {
	Position page.Position
	Changes  []Placed
	Resync   string // RETENTION, FAILOVER_ROLLBACK, NEW_GENERATION
	CaughtUp bool
}

// Placed is a change and the place in the feed right after it.
type Placed struct {
	Change
	Position page.Position
}

// Subscribe sends events after a place until ctx ends or send answers false.
// Without a place it starts now. A subscriber that falls behind reads the log
// by itself until it has caught up; others never wait for it.
func (f *Feed) Subscribe(ctx context.Context, filter Filter, after *page.Position, heartbeat time.Duration, send func(Event) bool) error {
	s := &subscriber{feed: f, filter: filter, heartbeat: heartbeat, send: send}
	if err := s.start(ctx, after); err != nil {
		return err
	}
	for {
		again, err := s.follow(ctx)
		if err != nil || !again || ctx.Err() != nil {
			return err
		}
	}
}

type subscriber struct {
	feed      *Feed
	filter    Filter
	heartbeat time.Duration
	send      func(Event) bool

	place page.Position // everything up to here was dealt with
	live  bool          // CaughtUp was sent
}

// start settles the place to go on from.
func (s *subscriber) start(ctx context.Context, after *page.Position) error {
	if after != nil {
		s.place = *after
		return nil
	}
	if err := s.feed.log.advance(ctx); err != nil {
		return err
	}
	head, err := s.feed.log.head(ctx)
	s.place = page.Position{Timeline: head.Timeline, N: head.N}
	return err
}

// follow joins the feed, reads from the log what lies between its own place and
// the joint, and then what arrives. It answers true when it fell behind.
func (s *subscriber) follow(ctx context.Context) (again bool, err error) {
	t, head, err := s.feed.join(ctx)
	if err != nil {
		return false, err
	}
	defer s.feed.leave(t)
	if ok, err := s.catchUp(ctx, head); err != nil || !ok {
		return false, err
	}
	if !s.live {
		s.live = true
		if !s.send(Event{Position: s.place, CaughtUp: true}) {
			return false, nil
		}
	}
	ticker := time.NewTicker(s.heartbeat)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case b, open := <-t.batches:
			if !open {
				return true, nil
			}
			if !s.deliver(b) {
				return false, nil
			}
		case <-ticker.C:
			if !s.send(Event{Position: s.place}) {
				return false, nil
			}
		}
	}
}

// catchUp reads the log from the subscriber's place to head. A place the log
// cannot continue is told, and the feed goes on from head.
func (s *subscriber) catchUp(ctx context.Context, head entry) (bool, error) {
	reason, err := s.broken(ctx, head)
	if err != nil {
		return false, err
	}
	if reason != "" {
		s.place = page.Position{Timeline: head.Timeline, N: head.N}
		return s.send(Event{Position: s.place, Resync: reason}), nil
	}
	for s.place.N < head.N {
		from := s.place.N
		if s.place.Index > 0 {
			from-- // the rest of a batch that was delivered in part
		}
		batches, err := s.feed.log.batches(ctx, from, backlog)
		if err != nil {
			return false, err
		}
		if len(batches) == 0 {
			return true, nil
		}
		for _, b := range batches {
			if b.N > head.N {
				return true, nil
			}
			if !s.deliver(b) {
				return false, nil
			}
		}
	}
	return true, nil
}

// broken finds out whether the log still continues the subscriber's place.
func (s *subscriber) broken(ctx context.Context, head entry) (reason string, err error) {
	if s.place.N == 0 {
		return "", nil
	}
	if s.place.N > head.N {
		return "FAILOVER_ROLLBACK", nil
	}
	at, err := s.feed.log.at(ctx, s.place.N)
	switch {
	case err != nil:
		return "", err
	case at.N == 0:
		return "RETENTION", nil
	case s.place.Timeline != "" && at.Timeline != s.place.Timeline:
		return "FAILOVER_ROLLBACK", nil
	case at.Generation != head.Generation:
		return "NEW_GENERATION", nil
	}
	return "", nil
}

// deliver sends what matches of a batch, leaving out what the subscriber has
// seen: rows before its index, and rows visible in its snapshot.
func (s *subscriber) deliver(b Batch) bool {
	if b.N < s.place.N || b.N == s.place.N && s.place.Index == 0 {
		return true
	}
	begin := 0
	if b.N == s.place.N {
		begin = s.place.Index
	}
	seen, hasSnapshot := parseSnapshot(s.place.Snapshot)
	var found []Placed
	for i := begin; i < len(b.Changes); i++ {
		c := b.Changes[i]
		if hasSnapshot && seen.sees(c.XID) || !s.filter.Matches(&c) {
			continue
		}
		place := page.Position{Timeline: b.Timeline, N: b.N, Index: i + 1, Snapshot: s.place.Snapshot}
		if i == len(b.Changes)-1 {
			place.Index = 0
		}
		found = append(found, Placed{c, place})
	}
	s.place = page.Position{Timeline: b.Timeline, N: b.N, Snapshot: s.place.Snapshot}
	if len(found) == 0 {
		return true
	}
	return s.send(Event{Position: s.place, Changes: found})
}

// Read answers the changes after a place that match, reading at most limit
// batches; the oracle of the feed and the way of clients without sockets.
func (f *Feed) Read(ctx context.Context, filter Filter, after *page.Position, limit int) ([]Placed, error) {
	if err := f.log.advance(ctx); err != nil {
		return nil, err
	}
	var found []Placed
	s := &subscriber{feed: f, filter: filter, send: func(e Event) bool {
		found = append(found, e.Changes...)
		return true
	}}
	if after != nil {
		s.place = *after
	} else if first, err := f.log.oldest(ctx); err != nil {
		return nil, err
	} else if first.N > 0 {
		s.place = page.Position{Timeline: first.Timeline, N: first.N - 1}
	}
	from := s.place.N
	if s.place.Index > 0 {
		from--
	}
	batches, err := f.log.batches(ctx, from, limit)
	for _, b := range batches {
		s.deliver(b)
	}
	return found, err
}
