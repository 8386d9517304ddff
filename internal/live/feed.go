package live

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// How often the feed looks for new commits: most often while some come, less
// often when nothing happened for a while, never without subscribers.
const (
	flowTick = time.Millisecond
	busyTick = 5 * time.Millisecond
	idleTick = 50 * time.Millisecond
	// Every look that finds something costs each client that is told a message of
	// its own, however little it says. So many clients make looks rarer, up to a
	// point: what they are told then is more at a time, and not late by more than
	// the writing would have taken.
	perClient = 50 * time.Microsecond
	crowdTick = 20 * time.Millisecond
	// A look without new commits is one in a row of quiet ones.
	flowsFor, busyFor = 4, 24
	// backlog is how many batches are read at once, and how many wait for a slow
	// subscriber; beyond it the subscriber reads them itself, at its own pace.
	backlog = 64
	// retryAfter is the pause after the database did not answer.
	retryAfter = 500 * time.Millisecond
	// ringBytes is what the recent batches may take.
	ringBytes = 32 << 20
)

// Feed reads the change log once for all subscribers of a process.
type Feed struct {
	log     log
	history *history
	out     *slog.Logger
	wake    chan struct{} // somebody subscribed
	waking  sync.Mutex    // held by the one who finds the head for all who arrive
	told    atomic.Int64  // messages to clients since the last look

	mu          sync.Mutex
	awake       bool // the ring follows the ledger
	ring        ring
	handed      entry  // batches up to here were handed out; ring.head, or before it while a large batch is being read
	unfinished  *Batch // that large batch
	crowded     bool   // somebody has much to take
	router      router
	wheel       wheel
	subscribers int // that the feed runs for: those in the router, and those on their way
	epoch       int // counts the times when places lost their meaning
	counts      Counts
}

// Counts are what a feed did since the process began.
type Counts struct {
	Changes int64            // read from the log
	Newest  time.Time        // when the last of them was made, by the database's clock
	Resyncs map[string]int64 // by reason: subscriptions that were told to start over
}

// Counts answers what the feed did.
func (f *Feed) Counts() Counts {
	f.mu.Lock()
	defer f.mu.Unlock()
	counts := f.counts
	counts.Resyncs = maps.Clone(counts.Resyncs)
	return counts
}

// count is for a batch or a part. The caller holds mu.
func (f *Feed) count(b *Batch) {
	if last := len(b.Changes) - 1; last >= 0 {
		f.counts.Changes += int64(len(b.Changes))
		f.counts.Newest = b.Changes[last].At
	}
}

func (f *Feed) countResync(reason string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.counts.Resyncs[reason]++
}

// New makes a feed over the primary; Run makes it move.
func New(db *pgxpool.Pool, out *slog.Logger) *Feed {
	l := log{db}
	return &Feed{log: l, history: newHistory(l), out: out, wake: make(chan struct{}, 1), ring: ring{most: ringBytes}, router: router{}, wheel: wheel{slots: map[int64][]*receiver{}}, counts: Counts{Resyncs: map[string]int64{}}}
}

// Run advances and reads the ledger until ctx ends. Without subscribers it
// sleeps. A panic is logged and the loop goes on.
func (f *Feed) Run(ctx context.Context) {
	var pulse sync.WaitGroup
	pulse.Go(func() { f.keepPulse(ctx) })
	defer pulse.Wait()
	for ctx.Err() == nil {
		f.loop(ctx)
	}
}

func (f *Feed) loop(ctx context.Context) {
	defer func() {
		if r := recover(); r != nil {
			f.out.ErrorContext(ctx, "the feed panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	quiet := 0
	for {
		failed := false
		switch moved, err := f.step(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.out.WarnContext(ctx, "the feed cannot read the change log", "error", err)
			failed = true
		case moved:
			quiet = 0
		default:
			quiet++
		}
		if !f.rest(ctx, tickAfter(quiet, f.told.Swap(0), failed)) {
			return
		}
	}
}

// tickAfter is the pause after a number of looks at which nothing was new, and
// so many messages to clients meanwhile.
func tickAfter(quiet int, told int64, failed bool) time.Duration {
	switch {
	case failed:
		return retryAfter
	case quiet < flowsFor:
		return min(max(flowTick, time.Duration(told)*perClient), crowdTick)
	case quiet < busyFor:
		return busyTick
	}
	return idleTick
}

// rest waits for the next tick, and without subscribers for the first of them.
func (f *Feed) rest(ctx context.Context, pause time.Duration) bool {
	if f.sleeps() {
		select {
		case <-ctx.Done():
			return false
		case <-f.wake:
			return true
		}
	}
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

// sleeps is true while nobody subscribes. What the ring holds is out of date
// from then on.
func (f *Feed) sleeps() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.subscribers == 0 && f.awake {
		f.awake = false
		f.begin(entry{})
		f.history.clear()
	}
	return !f.awake
}

// step takes in new commits and hands new batches out.
func (f *Feed) step(ctx context.Context) (moved bool, err error) {
	f.mu.Lock()
	awake, head, unfinished := f.awake, f.ring.head, f.unfinished
	f.mu.Unlock()
	if !awake {
		return false, nil
	}
	if unfinished != nil {
		return true, f.publishLarge(ctx, unfinished)
	}
	at, batches, err := f.log.tail(ctx, head.N, backlog)
	if err != nil {
		return false, err
	}
	if reason := head.lostTo(at); reason != "" {
		return true, f.restart(ctx, reason)
	}
	for _, b := range batches {
		if b.Large > 0 {
			return true, f.publishLarge(ctx, b)
		}
		f.publish(b)
	}
	return len(batches) > 0, nil
}

// lostTo tells why the entry we stand at is not what the ledger has there.
func (e entry) lostTo(at entry) string {
	switch {
	case e.N == 0 || e == at:
		return ""
	case at.N != 0 && at.Generation != e.Generation:
		return "NEW_GENERATION"
	}
	return "FAILOVER_ROLLBACK"
}

// restart goes on from the ledger's head and tells every subscriber that its
// place has no continuation.
func (f *Feed) restart(ctx context.Context, reason string) error {
	head, err := f.log.head(ctx)
	if err != nil {
		return err
	}
	f.out.WarnContext(ctx, "the change feed starts over", "reason", reason, "at", head.String())
	f.mu.Lock()
	defer f.mu.Unlock()
	f.reset(head, reason)
	return nil
}

// begin makes head the newest batch, and the ones before it forgotten. The
// caller holds mu.
func (f *Feed) begin(head entry) {
	f.ring.reset(head)
	f.handed, f.unfinished = head, nil
}

// reset makes head the only place that can be continued. The caller holds mu.
func (f *Feed) reset(head entry, reason string) {
	before := f.handed
	f.epoch++
	f.history.clear()
	f.begin(head)
	for _, waiting := range f.router {
		for _, r := range waiting {
			r.lose(before, reason)
		}
	}
}

// publish hands a batch to those it concerns.
func (f *Feed) publish(b *Batch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if head := f.ring.head; head.N > 0 && b.Generation != head.Generation {
		f.reset(b.entry(), "NEW_GENERATION")
		return
	}
	f.ring.push(b)
	f.hand(b)
	f.handed = b.entry()
}

// hand offers a batch, or a part of one, to those it concerns. The caller holds
// mu.
func (f *Feed) hand(b *Batch) {
	f.count(b)
	f.router.visit(b, func(r *receiver) { r.offer(f.handed, b) })
}

// arrive makes the feed run for one more subscriber, and up to date.
func (f *Feed) arrive(ctx context.Context) error {
	f.mu.Lock()
	f.subscribers++
	awake := f.awake
	f.mu.Unlock()
	if awake {
		return nil
	}
	if err := f.awaken(ctx); err != nil {
		f.leave(nil)
		return err
	}
	return nil
}

// awaken finds the head, once for all who arrive together.
func (f *Feed) awaken(ctx context.Context) error {
	f.waking.Lock()
	defer f.waking.Unlock()
	f.mu.Lock()
	awake := f.awake
	f.mu.Unlock()
	if awake {
		return nil
	}
	if err := f.log.advance(ctx); err != nil {
		return err
	}
	head, err := f.log.head(ctx)
	if err != nil {
		return err
	}
	f.history.clear() // nobody watched over it
	f.mu.Lock()
	f.awake = true
	f.begin(head)
	f.mu.Unlock()
	select {
	case f.wake <- struct{}{}:
	default:
	}
	return nil
}

// leave ends what arrive or Follow began; r is nil for one that only arrived.
func (f *Feed) leave(r *receiver) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if r != nil {
		f.router.remove(r)
		r.gone = true
	}
	f.subscribers--
}

// head is the newest batch that was handed out.
func (f *Feed) head() entry {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ring.head
}

// reach waits until the feed has read up to a place that was reached elsewhere.
func (f *Feed) reach(ctx context.Context, n int64) error {
	ticker := time.NewTicker(busyTick)
	defer ticker.Stop()
	for f.head().N < n {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
		}
	}
	return nil
}

// String is for logs.
func (e entry) String() string { return fmt.Sprintf("%s/%d", e.Timeline, e.N) }
