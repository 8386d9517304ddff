package routing

import (
	"context"
	"crypto/rand"
	"fmt"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Options are the pace of workers; zero values stand for the defaults.
type Options struct {
	Workers int           // events at a time; 4
	Lease   time.Duration // after which an event of a worker that vanished is taken by another; 30 s
	Poll    time.Duration // longest pause of an idle worker; 1 s
	Batch   int           // events a worker takes at once; 10
	Attempt time.Duration // for one event; two thirds of Lease
}

func (o Options) orDefault() Options {
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Lease == 0 {
		o.Lease = 30 * time.Second
	}
	if o.Poll == 0 {
		o.Poll = time.Second
	}
	if o.Batch == 0 {
		o.Batch = 10
	}
	if o.Attempt == 0 {
		o.Attempt = o.Lease * 2 / 3
	}
	return o
}

// shortestPoll is the first pause of a worker that found nothing; it doubles.
const shortestPoll = 25 * time.Millisecond

// Workers take events out of the queues and route them. Any number of processes
// may run some on the same database: an event is leased, routed and removed in
// one transaction that holds its entry, so none is lost or routed twice when a
// process dies in the middle.
type Workers struct {
	router  *Router
	options Options
	nudge   chan struct{}
	stop    context.CancelFunc // nil before Start
	done    sync.WaitGroup

	processed, failures atomic.Int64 // events, since the process began

	mu   sync.Mutex
	rest map[uuid.UUID]time.Time // queues that ran empty and want to be left alone, and until when
}

// NewWorkers makes workers that do not run yet.
func NewWorkers(router *Router, o Options) *Workers {
	o = o.orDefault()
	return &Workers{router: router, options: o, nudge: make(chan struct{}, o.Workers), rest: map[uuid.UUID]time.Time{}}
}

// Start lets the workers run until Stop, or until ctx ends.
func (w *Workers) Start(ctx context.Context) {
	ctx, w.stop = context.WithCancel(auth.With(ctx, auth.Identity{Name: "routing"}))
	for n := range w.options.Workers {
		owner := ownerName(n)
		w.done.Go(func() { w.work(ctx, owner) })
	}
	w.done.Go(func() { w.tend(ctx) })
}

// Stop lets every worker finish the event it has, puts back what they have not
// begun and waits for them.
func (w *Workers) Stop() {
	if w.stop != nil {
		w.stop()
		w.done.Wait()
	}
}

// Nudge wakes idle workers: something has been published.
func (w *Workers) Nudge() {
	for range w.options.Workers {
		select {
		case w.nudge <- struct{}{}:
		default:
			return
		}
	}
}

func ownerName(n int) string {
	host, err := os.Hostname()
	if err != nil {
		host = "unknown"
	}
	return fmt.Sprintf("%s/%d/%d/%s", host, os.Getpid(), n, rand.Text()[:8])
}

// work is the life of one worker.
func (w *Workers) work(ctx context.Context, owner string) {
	pause := shortestPoll
	for ctx.Err() == nil {
		n := 0
		w.guarded(ctx, "taking events", func() (err error) {
			n, err = w.batch(ctx, owner)
			return err
		})
		if n > 0 {
			pause = shortestPoll
			continue
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
		case <-w.nudge:
			pause = shortestPoll
			w.wake()
		case <-timer.C:
			pause = min(2*pause, w.options.Poll)
		}
		timer.Stop()
	}
}

// guarded runs a part of a loop: what fails is logged and the loop goes on.
func (w *Workers) guarded(ctx context.Context, what string, part func() error) {
	defer func() {
		if r := recover(); r != nil {
			w.router.Log.ErrorContext(ctx, "routing panicked", "at", what, "panic", r, "stack", string(debug.Stack()))
		}
	}()
	if err := part(); err != nil && ctx.Err() == nil {
		w.router.Log.WarnContext(ctx, "routing failed", "at", what, "error", err)
	}
}

// Counts are the events that this process routed since it began, and those of
// them that are tried again or became a dead letter as a whole.
func (w *Workers) Counts() (processed, failed int64) { return w.processed.Load(), w.failures.Load() }

// batch takes some events and routes them one after the other. It answers how
// many it took.
func (w *Workers) batch(ctx context.Context, owner string) (int, error) {
	entries, err := w.lease(ctx, owner)
	if err != nil || len(entries) == 0 {
		return 0, err
	}
	// What has been begun is finished even when the server stops.
	work := context.WithoutCancel(ctx)
	events, err := w.events(work, entries)
	if err != nil {
		return 0, err
	}
	tallies := map[uuid.UUID]*repository.QueueTally{}
	for _, entry := range entries {
		if ctx.Err() != nil {
			break
		}
		if tallies[entry.QueueID] == nil {
			tallies[entry.QueueID] = &repository.QueueTally{}
		}
		w.guarded(work, "event "+entry.EventID, func() error { return w.process(work, owner, entry, events[entry.EventID], tallies[entry.QueueID]) })
	}
	return len(entries), w.closeBatch(work, owner, entries, tallies)
}

func (w *Workers) lease(ctx context.Context, owner string) (entries []*repository.LeasedEntry, err error) {
	err = w.router.Writer.Do(ctx, "leasing events", func(ctx context.Context, tx *repository.Tx) error {
		entries, err = tx.LeaseEntries(ctx, owner, w.options.Lease, w.resting(), w.options.Batch)
		return err
	})
	return entries, err
}

func (w *Workers) events(ctx context.Context, entries []*repository.LeasedEntry) (map[any]*model.EventInstance, error) {
	keys := make([]any, len(entries))
	for i, entry := range entries {
		keys[i] = entry.EventID
	}
	return repository.ByKeys(ctx, w.router.Writer.Store, repository.EventInstances, repository.EventByKey, repository.EventInstances.Columns(), keys)
}

// closeBatch tells the queues what was done and puts back what was not begun.
func (w *Workers) closeBatch(ctx context.Context, owner string, entries []*repository.LeasedEntry, tallies map[uuid.UUID]*repository.QueueTally) error {
	w.pace(entries)
	for _, tally := range tallies {
		w.processed.Add(int64(tally.Processed))
		w.failures.Add(int64(tally.Errors))
	}
	return w.router.Writer.Do(ctx, "counting events", func(ctx context.Context, tx *repository.Tx) error {
		for _, queue := range ordered(tallies) {
			if err := tx.CountProcessed(ctx, queue, *tallies[queue]); err != nil {
				return err
			}
		}
		return tx.ReturnEntries(ctx, owner)
	})
}

// pace lets queues that ran empty rest as long as they are configured to, so
// that idle workers do not ask for them all the time.
func (w *Workers) pace(entries []*repository.LeasedEntry) {
	if len(entries) == w.options.Batch {
		return // there may be more
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, entry := range entries {
		config := (&model.EventQueue{ConfigJSON: entry.Config}).Config()
		if config.ProcessingInterval != nil && *config.ProcessingInterval > 0 {
			w.rest[entry.QueueID] = time.Now().Add(time.Duration(*config.ProcessingInterval) * time.Millisecond)
		}
	}
}

// wake ends the rest of all queues.
func (w *Workers) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	clear(w.rest)
}

func (w *Workers) resting() []uuid.UUID {
	w.mu.Lock()
	defer w.mu.Unlock()
	queues := []uuid.UUID{}
	for queue, until := range w.rest {
		if time.Now().Before(until) {
			queues = append(queues, queue)
		} else {
			delete(w.rest, queue)
		}
	}
	return queues
}
