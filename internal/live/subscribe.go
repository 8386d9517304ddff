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
	s := &subscriber{heartbeat: heartbeat, send: send, look: make(chan struct{}, 1)}
	s.receiver = receiver{feed: f, filter: filter, wake: s.signal}
	if err := f.arrive(ctx); err != nil {
		return err
	}
	defer f.leave(&s.receiver)
	if after != nil {
		s.place = *after
	} else {
		s.place = f.head().position()
	}
	return s.run(ctx)
}

// subscriber is a receiver that catches up by itself, in a goroutine of its own.
type subscriber struct {
	receiver
	heartbeat time.Duration
	send      func(Event) bool
	epoch     int           // of the feed when the place was checked
	live      bool          // CaughtUp was sent
	look      chan struct{} // there may be something to take
}

func (s *subscriber) signal() {
	select {
	case s.look <- struct{}{}:
	default:
	}
}

// run catches up and follows, again whenever it fell behind.
func (s *subscriber) run(ctx context.Context) error {
	timer := time.NewTimer(s.heartbeat)
	defer timer.Stop()
	for ctx.Err() == nil {
		if ok, err := s.catchUp(ctx); err != nil || !ok {
			return endedBy(ctx, err)
		}
		if !s.live {
			s.live = true
			if !s.send(Event{Position: s.place, CaughtUp: true}) {
				return nil
			}
		}
		if !s.follow(ctx, timer) {
			return nil
		}
	}
	return nil
}

// endedBy hides the error of a subscription that its client ended.
func endedBy(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return nil
	}
	return err
}

// follow delivers what the feed hands out. It answers true when it fell behind,
// false when it is over.
func (s *subscriber) follow(ctx context.Context, timer *time.Timer) bool {
	for {
		timer.Reset(s.heartbeat)
		if batches, reason, behind := s.take(); reason != "" {
			if !s.restart(reason) {
				return false
			}
		} else if len(batches) > 0 {
			if !s.deliverAll(batches) {
				return false
			}
			continue
		} else if behind {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-s.look:
		case <-timer.C:
			if s.beat() && !s.send(Event{Position: s.place}) {
				return false
			}
		}
	}
}

// take is what waits for the subscriber.
func (s *subscriber) take() (batches []*Batch, reason string, behind bool) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	batches, reason = s.pending, s.resync
	s.pending, s.resync = nil, ""
	if behind = s.behind && len(batches) == 0 && reason == ""; behind {
		f.router.remove(&s.receiver)
		s.behind = false
	}
	return batches, reason, behind
}

// beat moves the place to the head when nothing waits: all batches up to there
// were looked at, and none concerned the subscriber.
func (s *subscriber) beat() bool {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(s.pending) > 0 || s.behind || s.resync != "" {
		return false
	}
	s.skip(f.handed)
	return true
}

// restart tells that the place has no continuation and goes on from the head.
func (s *subscriber) restart(reason string) bool {
	s.feed.countResync(reason)
	s.place = s.feed.head().position()
	return s.send(Event{Position: s.place, Resync: reason})
}

func (s *subscriber) deliverAll(batches []*Batch) bool {
	for _, b := range batches {
		if !s.deliver(b, s.send) {
			return false
		}
	}
	return true
}
