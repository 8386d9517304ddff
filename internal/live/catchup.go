package live

import (
	"context"

	"github.com/augmentedos/graph/internal/page"
)

// catchUp brings a subscriber from its place to the head and lets it join the
// feed there: from the recent batches when they reach back far enough, else from
// the log. It answers false when the subscription is over.
func (s *subscriber) catchUp(ctx context.Context) (bool, error) {
	for ctx.Err() == nil {
		recent, checked, joined := s.join()
		if joined {
			return s.deliverAll(recent), nil
		}
		if !checked {
			reason, err := s.check(ctx)
			if err != nil {
				return false, err
			}
			if reason != "" && !s.restart(reason) {
				return false, nil
			}
			continue
		}
		head := s.feed.head()
		batches, err := s.feed.history.with(ctx, s.unread())
		if err != nil {
			return false, err
		}
		if ok, err := s.deliverPast(ctx, batches, head); err != nil || !ok {
			return false, err
		}
	}
	return false, nil
}

// join enters the router when the recent batches continue the place, and answers
// them. checked is false when it must be found out first whether the place is
// one of this ledger at all.
func (s *subscriber) join() (recent []*Batch, checked, joined bool) {
	f := s.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	if checked = s.epoch == f.epoch+1 || s.agrees(); !checked {
		return nil, false, false
	}
	s.epoch = f.epoch + 1
	recent, joined = f.ring.after(s.unread() - 1)
	if joined {
		f.router.add(&s.receiver)
	}
	return recent, true, joined
}

// check compares the place with the ledger, and vouches for it.
func (s *subscriber) check(ctx context.Context) (reason string, err error) {
	f := s.feed
	f.mu.Lock()
	epoch, head := f.epoch, f.ring.head
	f.mu.Unlock()
	if reason, err = s.broken(ctx, head); err == nil {
		s.epoch = epoch + 1
	}
	return reason, err
}

// broken finds out whether the ledger continues the place. A place after head
// was reached in another process, or in a database that lost it.
func (s *subscriber) broken(ctx context.Context, head entry) (string, error) {
	batches, err := s.feed.history.with(ctx, s.place.N)
	if err != nil {
		return "", err
	}
	for _, b := range batches {
		if b.N == s.place.N {
			return b.entry().contradicts(s.place, head), nil
		}
	}
	newest, err := s.feed.log.head(ctx)
	return missing(s.place, newest), err
}

// missing tells why there is no entry with the number of a place.
func missing(place page.Position, newest entry) string {
	if place.N > newest.N {
		return "FAILOVER_ROLLBACK"
	}
	return "RETENTION"
}

// contradicts tells why a place with the number of an entry is not that entry.
func (e entry) contradicts(place page.Position, head entry) string {
	switch {
	case e.Timeline != place.Timeline:
		return "FAILOVER_ROLLBACK"
	case e.Generation != head.Generation:
		return "NEW_GENERATION"
	}
	return ""
}

// deliverPast delivers batches read from the log, as far as they continue the
// place. The feed had read up to head before they were read.
func (s *subscriber) deliverPast(ctx context.Context, batches []*Batch, head entry) (bool, error) {
	moved := false
	for _, b := range batches {
		if b.N < s.unread() {
			continue
		}
		if b.N > s.unread() || b.Lost {
			return s.restart("RETENTION"), nil
		}
		if b.Large > 0 {
			return s.deliverLarge(ctx, b)
		}
		if !s.deliver(b, s.send) {
			return false, nil
		}
		moved = true
	}
	if moved {
		return true, nil
	}
	return s.stuck(ctx, head)
}

// stuck is for a place the log had nothing after: the ledger was pruned in
// between, or nothing had come yet. Only what the feed had read before is known
// to have been there; by now it may be further.
func (s *subscriber) stuck(ctx context.Context, head entry) (bool, error) {
	if s.place.N < head.N {
		return s.restart("RETENTION"), nil
	}
	return true, s.feed.reach(ctx, s.place.N)
}
