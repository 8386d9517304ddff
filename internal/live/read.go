package live

import (
	"context"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
)

// Read answers the changes after a place that match, reading at most limit
// batches; the oracle of the feed and the way of clients without sockets. A place
// that has no continuation is a Conflict fault.
func (f *Feed) Read(ctx context.Context, filter Filter, after *page.Position, limit int) ([]Placed, error) {
	if err := f.log.advanceAll(ctx); err != nil {
		return nil, err
	}
	var found []Placed
	s := &subscriber{feed: f, filter: filter, send: func(e Event) bool {
		found = append(found, e.Changes...)
		return true
	}}
	if after != nil {
		s.start(*after)
	} else if first, err := f.log.oldest(ctx); err != nil {
		return nil, err
	} else if first.N > 0 {
		s.place = page.Position{Timeline: first.Timeline, N: first.N - 1}
	}
	at, batches, err := f.log.from(ctx, s.unread()-1, s.unread()-1+int64(limit))
	if err != nil {
		return nil, err
	}
	if after != nil && after.N > 0 {
		if s.place.Index > 0 && len(batches) > 0 {
			at = batches[0].entry()
		}
		if err := f.continues(ctx, s.place, at); err != nil {
			return nil, err
		}
	}
	for _, b := range batches {
		if b.Lost && b.N >= s.unread() {
			return nil, discontinued("RETENTION")
		}
		s.deliver(b)
	}
	return found, nil
}

// continues is an error when at, which has the number of a place or is not kept,
// is not that place.
func (f *Feed) continues(ctx context.Context, place page.Position, at entry) error {
	head, err := f.log.head(ctx)
	if err != nil {
		return err
	}
	reason := at.contradicts(place, head)
	if at.N != place.N {
		reason = missing(place, head)
	}
	if reason == "" {
		return nil
	}
	return discontinued(reason)
}

func discontinued(reason string) error {
	return fault.Errorf(fault.Conflict, "The feed has no continuation of this place: %s.", reason).At("/after").
		Hint("Read the state again, and go on after the endPosition of a list.").With("reason", reason)
}
