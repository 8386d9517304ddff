package routing

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

const (
	// maxRetries is how often an event is tried again after its first try.
	maxRetries  = 5
	firstPause  = time.Second
	longestWait = time.Minute
)

// backOff is the pause after the n-th failure, counted from 0.
func backOff(n int) time.Duration {
	return min(firstPause<<min(n, 10), longestWait)
}

// process routes one event of a queue. The entry is held from the first to the
// last statement, so what the event sets off and its leaving the queue happen
// together.
func (w *Workers) process(ctx context.Context, owner string, entry *repository.LeasedEntry, event *model.EventInstance, tally *repository.QueueTally) error {
	ctx, cancel := context.WithTimeout(ctx, w.options.Attempt)
	defer cancel()
	begin := time.Now()
	err := w.tried(ctx, owner, entry, event)
	if err == nil {
		tally.Processed++
		tally.Spent += time.Since(begin)
		tally.Checkpoint = &entry.EventID
		return nil
	}
	switch {
	case errors.Is(err, errTaken):
		return nil
	case errors.Is(err, errNotYet):
		return w.router.Writer.Do(ctx, "awaiting its turn", func(ctx context.Context, tx *repository.Tx) error {
			return tx.AwaitTurn(ctx, entry.ID, owner, turnPause)
		})
	}
	tally.Errors++
	w.router.Log.WarnContext(ctx, "an event was not processed", "event", entry.EventID, "attempts", entry.Attempts+1, "error", err)
	return w.failed(context.WithoutCancel(ctx), owner, entry, event, err)
}

var (
	// errTaken tells that the lease ran out and somebody else has the event.
	errTaken = errors.New("somebody else has the event")
	// errNotYet tells that an event waits for its turn in a sequence.
	errNotYet = errors.New("its turn in a sequence has not come")
)

func (w *Workers) tried(ctx context.Context, owner string, entry *repository.LeasedEntry, event *model.EventInstance) error {
	switch {
	case event == nil:
		return fault.Errorf(fault.NotFound, "the event is archived")
	case entry.Attempts > maxRetries:
		return fault.Errorf(fault.Unavailable, "every worker that had the event stopped")
	}
	seen, err := happened(event)
	if err != nil {
		return err
	}
	return w.router.Writer.Do(ctx, "event "+event.EventID, func(ctx context.Context, tx *repository.Tx) error {
		held, err := tx.HoldEntry(ctx, entry.ID, owner)
		if err != nil {
			return err
		}
		if !held {
			return errTaken
		}
		p := &passage{Router: w.router, tx: tx, event: seen, last: entry.Attempts >= maxRetries}
		if err := p.through(ctx, entry); err != nil {
			return err
		}
		return tx.RemoveEntry(ctx, entry.ID)
	})
}

// through routes an event of a queue, in its turn where it belongs to sequences.
func (p *passage) through(ctx context.Context, entry *repository.LeasedEntry) error {
	places, err := p.tx.SequencePlaces(ctx, p.event.EventID)
	if err != nil {
		return err
	}
	if err := turn(places); err != nil {
		return err
	}
	if err := p.route(ctx); err != nil {
		return err
	}
	if err := p.finish(ctx, places, entry.Attempts); err != nil {
		return err
	}
	return p.bury(ctx)
}

// failed puts an event back for another try or, when none will help, makes a
// dead letter of it.
func (w *Workers) failed(ctx context.Context, owner string, entry *repository.LeasedEntry, event *model.EventInstance, cause error) error {
	return w.router.Writer.Do(ctx, "event "+entry.EventID, func(ctx context.Context, tx *repository.Tx) error {
		if entry.Attempts < maxRetries && !permanent(cause) {
			return tx.PostponeEntry(ctx, entry.ID, owner, backOff(entry.Attempts), told(cause))
		}
		if held, err := tx.HoldEntry(ctx, entry.ID, owner); err != nil || !held {
			return err
		}
		if event == nil {
			event = &model.EventInstance{EventID: entry.EventID, Pattern: "unknown"}
		}
		if err := bury(ctx, tx, event, []Failure{{Err: cause}}); err != nil {
			return err
		}
		return tx.RemoveEntry(ctx, entry.ID)
	})
}

// told is what others may read of an error.
func told(err error) string {
	const longest = 2000
	text := "the server could not do it; its log says why"
	if fault.CodeOf(err) != fault.Internal {
		var f *fault.Fault
		var list fault.List
		if errors.As(err, &list) {
			text = list.Error()
		} else if errors.As(err, &f) {
			text = f.Message
		}
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	return text
}

// tend does what belongs to no event: it takes events back from workers that
// vanished, ends waits whose time is over and lets drained queues rest.
func (w *Workers) tend(ctx context.Context) {
	ticker := time.NewTicker(w.options.Poll)
	defer ticker.Stop()
	for {
		w.guarded(ctx, "tending the queues", func() error { return w.router.tend(ctx) })
		w.guarded(ctx, "expiring waits", func() error { return w.router.Expire(ctx) })
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

func (r *Router) tend(ctx context.Context) error {
	return r.Writer.Do(ctx, "drained", func(ctx context.Context, tx *repository.Tx) error {
		if _, err := tx.RecoverEntries(ctx, pageSize); err != nil {
			return err
		}
		return tx.RestDrained(ctx)
	})
}

// Expire ends the waits whose time is over.
func (r *Router) Expire(ctx context.Context) error {
	for full := true; full && ctx.Err() == nil; {
		err := r.Writer.Do(ctx, "timed out", func(ctx context.Context, tx *repository.Tx) error {
			late, err := tx.LateWaiters(ctx, tx.Now(), pageSize)
			if full = len(late) == pageSize; err != nil || len(late) == 0 {
				return err
			}
			return instance.Expire(ctx, tx, late)
		})
		if err != nil {
			return fmt.Errorf("expiring waits: %w", err)
		}
	}
	return nil
}

// ordered are the keys of a map in one order for everybody, so that two who lock
// several queues do not wait for each other.
func ordered[V any](m map[uuid.UUID]V) []uuid.UUID {
	return slices.SortedFunc(maps.Keys(m), func(a, b uuid.UUID) int { return strings.Compare(a.String(), b.String()) })
}
