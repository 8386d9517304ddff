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
	s := &subscriber{feed: f, filter: filter, heartbeat: heartbeat, send: send, wake: make(chan struct{}, 1)}
	if err := f.arrive(ctx); err != nil {
		return err
	}
	defer f.leave(s)
	if after != nil {
		s.start(*after)
	} else {
		s.place = f.head().position()
	}
	return s.run(ctx)
}

// subscriber is one receiver of the feed with its place.
type subscriber struct {
	feed      *Feed
	filter    Filter
	heartbeat time.Duration
	send      func(Event) bool

	place    page.Position // everything up to here was dealt with
	snapshot int64         // rows of batches up to here may be visible in the place's snapshot
	epoch    int           // of the feed when the place was checked
	live     bool          // CaughtUp was sent

	wake    chan struct{} // something of the following changed
	pending []*Batch      // guarded by feed.mu, like the rest
	behind  bool          // a batch did not fit: nothing more is added
	resync  string        // why the place was lost
}

// position is the place after an entry.
func (e entry) position() page.Position { return page.Position{Timeline: e.Timeline, N: e.N} }

// start takes a place that a client brought. A snapshot was taken while its
// batch was the newest; the batch after the next one was cut later, so nothing
// in those that follow can be visible in it.
func (s *subscriber) start(place page.Position) {
	s.place = place
	if place.Snapshot != "" {
		s.snapshot = place.N + 2
	}
}

// signal tells the subscriber to look. The caller holds feed.mu.
func (s *subscriber) signal() {
	select {
	case s.wake <- struct{}{}:
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
		case <-s.wake:
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
		f.router.remove(s)
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
	if head := f.ring.head; head.N > s.place.N {
		s.move(head)
	}
	return true
}

// move goes to the end of a batch.
func (s *subscriber) move(to entry) {
	snapshot := s.place.Snapshot
	if to.N >= s.snapshot {
		snapshot = ""
	}
	s.place = to.position()
	s.place.Snapshot = snapshot
}

// restart tells that the place has no continuation and goes on from the head.
func (s *subscriber) restart(reason string) bool {
	s.place = s.feed.head().position()
	return s.send(Event{Position: s.place, Resync: reason})
}

func (s *subscriber) deliverAll(batches []*Batch) bool {
	for _, b := range batches {
		if !s.deliver(b) {
			return false
		}
	}
	return true
}

// pieceSize is how many changes an event has at most. A commit that changed more
// comes in pieces.
const pieceSize = 250

// deliver sends what matches of a batch, leaving out what the subscriber has
// seen: rows before its index, and rows visible in its snapshot.
func (s *subscriber) deliver(b *Batch) bool {
	if b.N < s.unread() {
		return true
	}
	found := s.matching(b)
	for len(found) > pieceSize {
		s.place = found[pieceSize-1].Position
		if !s.send(Event{Position: s.place, Changes: found[:pieceSize:pieceSize]}) {
			return false
		}
		found = found[pieceSize:]
	}
	s.move(b.entry())
	return len(found) == 0 || s.send(Event{Position: s.place, Changes: found})
}

// matching are the changes of a batch that are for the subscriber.
func (s *subscriber) matching(b *Batch) []Placed {
	begin := 0
	if b.N == s.place.N {
		begin = s.place.Index
	}
	seen, hasSnapshot := parseSnapshot(s.place.Snapshot)
	var found []Placed
	for i := begin; i < len(b.Changes); i++ {
		c := &b.Changes[i]
		if hasSnapshot && seen.sees(c.XID) || !s.filter.Matches(c) {
			continue
		}
		place := page.Position{Timeline: b.Timeline, N: b.N, Index: i + 1, Snapshot: s.place.Snapshot}
		if i == len(b.Changes)-1 {
			place.Index = 0
		}
		found = append(found, Placed{*c, place})
	}
	return found
}
