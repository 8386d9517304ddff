package live

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// How often the feed looks for new commits: often while there are some, less
// when nothing happened for a while, never without subscribers.
const (
	busyTick = 5 * time.Millisecond
	idleTick = 50 * time.Millisecond
	// backlog is how many batches wait for a slow subscriber; beyond it the
	// subscriber reads them from the log at its own pace.
	backlog = 64
	// retryAfter is the pause after the database did not answer.
	retryAfter = 500 * time.Millisecond
)

// Feed reads the change log once for all subscribers of a process.
type Feed struct {
	log  log
	out  *slog.Logger
	wake chan struct{} // somebody subscribed

	mu          sync.Mutex
	head        entry
	subscribers map[*tap]struct{}
}

// tap is where a subscriber's batches arrive. overflow is set when one did not
// fit: from then on nothing more is sent.
type tap struct {
	batches  chan Batch
	overflow bool
}

// New makes a feed over the primary; Run makes it move.
func New(db *pgxpool.Pool, out *slog.Logger) *Feed {
	return &Feed{log: log{db}, out: out, wake: make(chan struct{}, 1), subscribers: map[*tap]struct{}{}}
}

// Run advances and reads the ledger until ctx ends. Without subscribers it
// sleeps. A panic is logged and the loop goes on.
func (f *Feed) Run(ctx context.Context) {
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
		pause := busyTick
		switch moved, err := f.step(ctx); {
		case ctx.Err() != nil:
			return
		case err != nil:
			f.out.WarnContext(ctx, "the feed cannot read the change log", "error", err)
			pause = retryAfter
		case moved:
			quiet = 0
		default:
			if quiet++; quiet > 20 {
				pause = idleTick
			}
		}
		if !f.rest(ctx, pause) {
			return
		}
	}
}

// rest waits for the next tick, and without subscribers for the first of them.
func (f *Feed) rest(ctx context.Context, pause time.Duration) bool {
	f.mu.Lock()
	alone := len(f.subscribers) == 0
	f.mu.Unlock()
	if alone {
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

// step takes in new commits and hands new batches out.
func (f *Feed) step(ctx context.Context) (moved bool, err error) {
	f.mu.Lock()
	alone, head := len(f.subscribers) == 0, f.head
	f.mu.Unlock()
	if alone {
		return false, nil
	}
	if err := f.log.advance(ctx); err != nil {
		return false, err
	}
	batches, err := f.log.batches(ctx, head.N, backlog)
	if err != nil {
		return false, err
	}
	for _, b := range batches {
		f.publish(b)
	}
	return len(batches) > 0, nil
}

func (f *Feed) publish(b Batch) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.head = entry{b.N, b.Timeline, b.Generation}
	for t := range f.subscribers {
		if t.overflow {
			continue
		}
		select {
		case t.batches <- b:
		default:
			t.overflow = true
			close(t.batches)
		}
	}
}

// join begins to collect batches for a subscriber and tells after which one.
func (f *Feed) join(ctx context.Context) (*tap, entry, error) {
	if err := f.log.advance(ctx); err != nil {
		return nil, entry{}, err
	}
	f.mu.Lock()
	alone := len(f.subscribers) == 0
	f.mu.Unlock()
	if alone { // the head is old: nobody was reading
		head, err := f.log.head(ctx)
		if err != nil {
			return nil, entry{}, err
		}
		f.mu.Lock()
		if len(f.subscribers) == 0 {
			f.head = head
		}
		f.mu.Unlock()
	}
	t := &tap{batches: make(chan Batch, backlog)}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.subscribers[t] = struct{}{}
	select {
	case f.wake <- struct{}{}:
	default:
	}
	return t, f.head, nil
}

func (f *Feed) leave(t *tap) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.subscribers, t)
}

// String is for logs.
func (e entry) String() string { return fmt.Sprintf("%s/%d", e.Timeline, e.N) }
