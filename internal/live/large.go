package live

import (
	"context"
	"errors"
	"time"
)

// A commit of a million rows is one batch. It is not kept: the feed reads it once
// and hands out part after part; whoever is not there for it, or falls behind,
// reads sections of it, which others who need them share.
const (
	sectionRows = 16 * partRows
	// patience is how long the feed waits, after a part, for those who have much
	// to take.
	patience = 5 * time.Millisecond
)

// errOver ends the reading of a batch that nobody wants any more.
var errOver = errors.New("the feed started over")

// publishLarge hands out a large batch. Whoever comes meanwhile reads it from the
// log. After an error it is called again; what was taken is not delivered twice.
func (f *Feed) publishLarge(ctx context.Context, b *Batch) error {
	if !f.beginLarge(b) {
		return nil
	}
	err := f.log.parts(ctx, b, 0, b.Large, func(part *Batch) error {
		crowded, err := f.handPart(b, part)
		if crowded {
			pause(ctx, patience)
		}
		return err
	})
	if errors.Is(err, errOver) {
		return nil
	}
	return err
}

// beginLarge makes b the newest batch. False when it begins another generation.
func (f *Feed) beginLarge(b *Batch) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if head := f.ring.head; head.N > 0 && b.Generation != head.Generation {
		f.reset(b.entry(), "NEW_GENERATION")
		return false
	}
	f.ring.reset(b.entry())
	f.unfinished = b
	return true
}

// handPart hands out a part, and ends the batch with its last one.
func (f *Feed) handPart(b, part *Batch) (crowded bool, err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.unfinished != b {
		return false, errOver
	}
	if part.Lost {
		f.reset(b.entry(), "RETENTION")
		return false, errOver
	}
	f.crowded = false
	f.hand(part)
	if !part.More {
		f.handed, f.unfinished = b.entry(), nil
	}
	return f.crowded, nil
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// deliverLarge reads a large batch for a subscriber, from its place on, at its
// pace. False when the subscription is over, or started over.
func (s *subscriber) deliverLarge(ctx context.Context, b *Batch) (bool, error) {
	for ctx.Err() == nil && s.place.N <= b.N && s.unread() == b.N {
		parts, err := s.feed.history.parts(ctx, b, s.indexIn(b)/sectionRows*sectionRows)
		if err != nil {
			return false, err
		}
		for _, part := range parts {
			if part.Lost {
				return s.restart("RETENTION"), nil
			}
			if !s.deliver(part, s.send) {
				return false, nil
			}
		}
	}
	return ctx.Err() == nil, nil
}

// indexIn is how many rows of a batch were dealt with.
func (r *receiver) indexIn(b *Batch) int {
	if r.place.N == b.N {
		return r.place.Index
	}
	return 0
}
