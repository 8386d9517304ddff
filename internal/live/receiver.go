package live

import "github.com/augmentedos/graph/internal/page"

// receiver is a place in the feed and what has come in after it. The feed adds
// to it; its one owner takes.
type receiver struct {
	feed   *Feed
	filter Filter
	wake   func() // something of the guarded fields changed; called with feed.mu held

	place page.Position // everything up to here was dealt with

	// Guarded by feed.mu.
	pending []*Batch
	base    entry  // everything up to here was looked at before the first of pending
	behind  bool   // a batch did not fit: nothing more is added
	resync  string // why the place was lost
	pulse   *pulse // nil: no heartbeats
	gone    bool   // left the feed
}

// pulse tells a receiver without a goroutine of its own that it was quiet. Its
// times are spokes of the wheel.
type pulse struct {
	every int64
	last  int64 // when something was taken
	due   bool
}

// position is the place after an entry.
func (e entry) position() page.Position { return page.Position{Timeline: e.Timeline, N: e.N} }

// unread is the first batch that is not dealt with.
func (r *receiver) unread() int64 {
	if r.place.Index > 0 {
		return r.place.N
	}
	return r.place.N + 1
}

// move goes to the end of a batch.
func (r *receiver) move(to entry) { r.place = r.place.To(to.Timeline, to.N, 0) }

// agrees is true for a place that the recent batches vouch for. The caller holds
// feed.mu.
func (r *receiver) agrees() bool {
	if r.place.N == 0 {
		return true
	}
	at, known := r.feed.ring.at(r.place.N)
	return known && at.Timeline == r.place.Timeline
}

// offer queues a batch that follows another, or lets the receiver fall behind. The
// caller holds feed.mu.
func (r *receiver) offer(before entry, b *Batch) {
	switch n := len(r.pending); {
	case r.behind || n > 0 && r.pending[n-1] == b:
	case n >= backlog:
		r.behind = true
	default:
		if n == 0 {
			r.base = before
		}
		r.pending = append(r.pending, b)
		r.feed.crowded = r.feed.crowded || n >= backlog/2
		r.wake()
	}
}

// lose tells that what follows does not continue the place. The caller holds
// feed.mu.
func (r *receiver) lose(head entry, reason string) {
	if len(r.pending) == 0 {
		r.base = head
	}
	r.pending, r.resync = nil, reason
	r.wake()
}

// pieceSize is how many changes an event has at most. A commit that changed more
// comes in pieces.
const pieceSize = 250

// deliver sends what matches of a batch, leaving out what the receiver has
// seen: rows before its index, and rows visible in its snapshot. It answers false
// when send does.
func (r *receiver) deliver(b *Batch, send func(Event) bool) bool {
	if b.N < r.unread() || b.N == r.place.N && b.More && b.end() <= r.place.Index {
		return true
	}
	found := r.matching(b)
	for len(found) > pieceSize {
		r.place = found[pieceSize-1].Position
		if !send(Event{Position: r.place, Changes: found[:pieceSize:pieceSize]}) {
			return false
		}
		found = found[pieceSize:]
	}
	r.finish(b)
	return len(found) == 0 || send(Event{Position: r.place, Changes: found})
}

// finish goes to the end of a batch, or of a part.
func (r *receiver) finish(b *Batch) {
	if !b.More {
		r.move(b.entry())
		return
	}
	r.place = r.place.To(b.Timeline, b.N, b.end())
}

// matching are the changes of a batch that are for the receiver.
func (r *receiver) matching(b *Batch) []Placed {
	begin := 0
	if b.N == r.place.N {
		begin = max(0, r.place.Index-b.From)
	}
	seen, hasSnapshot := parseSnapshot(r.place.Snapshot)
	hasSnapshot = hasSnapshot && b.N <= r.place.SeenUntil()
	var found []Placed
	for i := begin; i < len(b.Changes); i++ {
		c := &b.Changes[i]
		if hasSnapshot && seen.sees(c.XID) || !r.filter.Matches(c) {
			continue
		}
		index := b.From + i + 1
		if i == len(b.Changes)-1 && !b.More {
			index = 0 // the end of the batch
		}
		found = append(found, Placed{*c, r.place.To(b.Timeline, b.N, index)})
	}
	return found
}
