package watch

import (
	"time"

	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// onward is how a stream goes on that has caught up: nothing runs for it, and
// what comes is told when a transport takes it.
type onward struct {
	feed      *live.Feed
	filter    live.Filter
	heartbeat time.Duration
	tell      func(live.Event) any
	last      func(live.Event) bool // nil: it has no end
}

// Onward is how Open goes on; tell puts events into the words of the schema.
func (s *Source) Onward(f Feed, tell func(FeedEvent) any) stream.Onward {
	return onward{feed: s.Feed, filter: f.Filter, heartbeat: f.Heartbeat, tell: func(e live.Event) any {
		return tell(FeedEvent{Event: e, Place: &e.Position})
	}}
}

// OnwardRun is how Run goes on.
func (s *Source) OnwardRun(id uuid.UUID, tell func(live.Event) any) stream.Onward {
	return onward{feed: s.Feed, filter: live.Filter{WorkflowInstanceID: &id}, tell: tell, last: func(e live.Event) bool { return endedIn(e, id) }}
}

// Follow implements stream.Onward.
func (o onward) Follow(after page.Position, wake func()) stream.Follower {
	at := o.feed.Follow(o.filter, after, o.heartbeat, wake)
	if at == nil {
		return nil
	}
	return &follower{at, o}
}

type follower struct {
	*live.Follower
	onward
}

// Take implements stream.Follower.
func (f *follower) Take() stream.Taken {
	from, events, ok := f.Follower.Take()
	taken := stream.Taken{From: from, Lost: !ok}
	for _, e := range events {
		taken.Values = append(taken.Values, f.tell(e))
		if f.last != nil && f.last(e) {
			taken.Ended = true
			break
		}
	}
	return taken
}
