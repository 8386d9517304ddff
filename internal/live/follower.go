package live

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/page"
)

// Follower is a receiver without a goroutine: it is told that something came,
// and somebody takes it. It never reads the log; when it cannot keep up, or
// the feed breaks, it is lost and Subscribe goes on from its place.
type Follower struct{ receiver }

// Follow goes on after a place that was reached by Subscribe, which must still
// run. wake is called when there is something to take; it must not wait, nor
// call the feed. Heartbeats of 0 are none. Nil when the recent batches do not
// continue the place.
func (f *Feed) Follow(filter Filter, after page.Position, heartbeat time.Duration, wake func()) *Follower {
	w := &Follower{receiver{feed: f, filter: filter, wake: wake, place: after}}
	f.mu.Lock()
	defer f.mu.Unlock()
	recent, ok := f.ring.after(w.unread() - 1)
	if !ok || len(recent) > backlog || !f.awake || !w.agrees() {
		return nil
	}
	f.subscribers++
	f.router.add(&w.receiver)
	if heartbeat > 0 {
		w.pulse = &pulse{every: int64(heartbeat / spoke), last: f.wheel.now}
		f.wheel.add(&w.receiver)
	}
	if w.pending = recent; len(recent) > 0 {
		wake()
	}
	return w
}

// Take answers what came since the last call, and the place before it. Not ok
// means that nothing more will come: go on from the place by Subscribe.
func (w *Follower) Take() (from page.Position, events []Event, ok bool) {
	batches, beat, ok := w.take()
	from = w.place
	for _, b := range batches {
		w.deliver(b, func(e Event) bool { events = append(events, e); return true })
	}
	if beat && len(events) == 0 {
		events = append(events, Event{Position: w.place})
	}
	return from, events, ok
}

// take is what waits. A heartbeat moves the place to the head, since nothing up
// to there concerned the follower.
func (w *Follower) take() (batches []*Batch, beat, ok bool) {
	f := w.feed
	f.mu.Lock()
	defer f.mu.Unlock()
	batches, w.pending = w.pending, nil
	ok = w.resync == "" && (!w.behind || len(batches) > 0)
	w.skip(w.base)
	if p := w.pulse; p != nil {
		if beat = ok && p.due && len(batches) == 0; beat {
			w.skip(f.handed)
		}
		p.due, p.last = false, f.wheel.now
	}
	if ok && w.behind {
		w.wake() // there is nothing after what was taken
	}
	return batches, beat, ok
}

// skip moves the place over batches that did not concern the receiver. The
// caller holds feed.mu.
func (r *receiver) skip(to entry) {
	if to.N > r.place.N && r.place.Index == 0 {
		r.move(to)
	}
}

// Told says how many messages to clients were made of what was taken. The feed
// looks less often when there are many.
func (w *Follower) Told(messages int) { w.feed.told.Add(int64(messages)) }

// Leave ends it.
func (w *Follower) Leave() { w.feed.leave(&w.receiver) }

// wheel finds the followers that were quiet for as long as their heartbeat. Each
// is looked at when it may be due, and not whenever something reaches it.
type wheel struct {
	now   int64 // spokes since the beginning
	slots map[int64][]*receiver
}

// spoke is how exact heartbeats are.
const spoke = 250 * time.Millisecond

func (w *wheel) add(r *receiver) {
	slot := max(w.now, r.pulse.last+r.pulse.every) + 1
	w.slots[slot] = append(w.slots[slot], r)
}

// turn goes on by a spoke and wakes those who are due. The caller holds feed.mu.
func (w *wheel) turn() {
	w.now++
	receivers := w.slots[w.now]
	delete(w.slots, w.now)
	for _, r := range receivers {
		if r.gone {
			continue
		}
		if p := r.pulse; w.now-p.last >= p.every {
			p.due, p.last = true, w.now
			r.wake()
		}
		w.add(r)
	}
}

// keepPulse turns the wheel until ctx ends.
func (f *Feed) keepPulse(ctx context.Context) {
	ticker := time.NewTicker(spoke)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			f.mu.Lock()
			f.wheel.turn()
			f.mu.Unlock()
		}
	}
}
