package watch

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// Feed asks for a status feed.
type Feed struct {
	Filter    live.Filter
	After     *page.Position // nil: from now, or from the snapshot
	Latest    bool           // a slow client gets the newest change of each object
	Snapshot  bool           // begin with the objects as they are
	Heartbeat time.Duration
}

// FeedEvent is a message of a status feed: one of the feed itself or a piece of
// a snapshot. Place is where to resume; nil while a snapshot is not complete.
type FeedEvent struct {
	live.Event
	Objects []repository.Standing
	Place   *page.Position
}

// pieceSize is how many objects a message of a snapshot holds.
const pieceSize = 250

// Open starts a status feed. What is wrong with its filter is told at once.
func (s *Source) Open(ctx context.Context, f Feed) (<-chan FeedEvent, error) {
	var first *snapshot
	if f.Snapshot && f.After == nil {
		var err error
		if first, err = s.objects(ctx, f.Filter); err != nil {
			return nil, err
		}
	}
	return streamOf(ctx, s.Log, func(send func(FeedEvent) bool) {
		if !f.Latest {
			s.tell(ctx, f, first, send)
			return
		}
		conflate(ctx, s.Log, send, func(ctx context.Context, put func(FeedEvent) bool) { s.tell(ctx, f, first, put) })
	}), nil
}

// tell sends the snapshot, then what happens after it. A feed that breaks and
// has snapshots starts over with a new one.
func (s *Source) tell(ctx context.Context, f Feed, first *snapshot, send func(FeedEvent) bool) {
	for ctx.Err() == nil {
		if first != nil {
			if !first.send(send) {
				return
			}
			f.After = &first.place
		}
		again := false
		s.follow(ctx, f.Filter, f.After, f.Heartbeat, func(e live.Event) bool {
			again = e.Resync != "" && f.Snapshot
			if again {
				send(FeedEvent{Event: e})
				return false
			}
			return send(FeedEvent{Event: e, Place: &e.Position})
		})
		if !again {
			return
		}
		first = s.retaken(ctx, f.Filter)
	}
}

// snapshot is the objects that match a filter and the place in the feed that
// continues them.
type snapshot struct {
	objects []repository.Standing
	place   page.Position
}

func (s *Source) objects(ctx context.Context, filter live.Filter) (*snapshot, error) {
	var taken snapshot
	err := s.Store.InSnapshot(ctx, s.DB, func(store *repository.Store, place page.Position) (err error) {
		taken.place = place
		taken.objects, err = store.Standings(ctx, repository.StandingQuery{
			Kinds: filter.Kinds, IDs: filter.IDs, WorkflowInstanceID: filter.WorkflowInstanceID,
			DefinitionID: filter.DefinitionID, Statuses: filter.NewStatus, Terminal: filter.Terminal,
		})
		return err
	})
	return &taken, err
}

// retaken is the snapshot of a feed that is running already: it waits for a
// database that does not answer.
func (s *Source) retaken(ctx context.Context, filter live.Filter) *snapshot {
	for {
		taken, err := s.objects(ctx, filter)
		if err == nil {
			return taken
		}
		s.Log.WarnContext(ctx, "a live stream waits for its snapshot", "error", err)
		if !rest(ctx, retryAfter) {
			return nil
		}
	}
}

func (s *snapshot) send(send func(FeedEvent) bool) bool {
	for rest := s.objects; len(rest) > 0; {
		n := min(pieceSize, len(rest))
		if !send(FeedEvent{Objects: rest[:n]}) {
			return false
		}
		rest = rest[n:]
	}
	return true
}
