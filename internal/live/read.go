package live

import (
	"context"
	"errors"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
)

// mostRead is how many changes Read answers at most, give or take a piece.
const mostRead = 1000

// Read answers changes after a place that match: those of at most limit batches,
// further ones only when none of them matches, so that whoever polls gets on. It
// is the oracle of the feed and the way of clients without sockets. A place that
// has no continuation is a Conflict fault.
func (f *Feed) Read(ctx context.Context, filter Filter, after *page.Position, limit int) ([]Placed, error) {
	if err := f.log.advanceAll(ctx); err != nil {
		return nil, err
	}
	var found []Placed
	s := &subscriber{receiver: receiver{feed: f, filter: filter}, send: func(e Event) bool {
		found = append(found, e.Changes...)
		return len(found) < mostRead
	}}
	if after != nil {
		s.place = *after
	} else if first, err := f.log.oldest(ctx); err != nil {
		return nil, err
	} else {
		s.place = first.beginning()
	}
	for check := after != nil && after.N > 0; len(found) == 0; check = false {
		at, batches, err := f.log.from(ctx, s.unread()-1, s.unread()-1+int64(limit))
		if err != nil {
			return nil, err
		}
		if s.place.Index > 0 && len(batches) > 0 {
			at = batches[0].entry()
		}
		if check {
			if err := f.continues(ctx, s.place, at); err != nil {
				return nil, err
			}
		}
		if more, err := s.deliverRead(ctx, batches); err != nil || !more {
			return found, err
		}
	}
	return found, nil
}

// beginning is where reading begins when e is the oldest entry. Its own rows can
// be told from older ones only while the entry before it is kept, or when there
// was none.
func (e entry) beginning() page.Position {
	if e.N == 1 {
		return page.Position{Timeline: e.Timeline}
	}
	return e.position()
}

// deliverRead is true when there may be more to read.
func (s *subscriber) deliverRead(ctx context.Context, batches []*Batch) (more bool, err error) {
	for _, b := range batches {
		if b.Lost && b.N >= s.unread() {
			return false, discontinued("RETENTION")
		}
		if b.Large > 0 && b.N >= s.unread() {
			if more, err := s.readLarge(ctx, b); err != nil || !more {
				return false, err
			}
			continue
		}
		if !s.deliver(b, s.send) {
			return false, nil
		}
	}
	return len(batches) > 0, nil
}

// readLarge is deliverRead for a large batch.
func (s *subscriber) readLarge(ctx context.Context, b *Batch) (more bool, err error) {
	more = true
	err = s.feed.log.parts(ctx, b, s.indexIn(b), b.Large, func(part *Batch) error {
		if part.Lost {
			return discontinued("RETENTION")
		}
		if more = s.deliver(part, s.send); !more {
			return errOver
		}
		return nil
	})
	if errors.Is(err, errOver) {
		err = nil
	}
	return more, err
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
