package bulk

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/riverqueue/river"
)

// A job works on its operation for a slice of time and then goes back into the
// queue. A process that dies in a slice leaves a job that is taken for stuck
// soon after the slice could have ended.
const (
	slice       = 8 * time.Second
	timeout     = 15 * time.Second
	stuckAfter  = 20 * time.Second
	maxAttempts = 30_000 // a job fails only while the database does, and must outlast that
)

// job is one slice of work on an operation.
type job struct {
	Operation uuid.UUID `json:"operation"`
	Bundle    bool      `json:"bundle,omitempty"`
}

// Kind implements river.JobArgs.
func (job) Kind() string { return "bulk_operation" }

// worker works on slices.
type worker struct {
	river.WorkerDefaults[job]
	writer *repository.Writer
	log    *slog.Logger
	bundles
}

// NextRetry implements river.Worker: what failed is tried again soon.
func (*worker) NextRetry(j *river.Job[job]) time.Time {
	return time.Now().Add(time.Duration(min(max(j.Attempt, 1), 30)) * time.Second)
}

// Timeout implements river.Worker: a bundle is one piece of work.
func (*worker) Timeout(j *river.Job[job]) time.Duration {
	if j.Args.Bundle {
		return bundleTimeout
	}
	return timeout
}

// Work implements river.Worker.
func (w *worker) Work(ctx context.Context, j *river.Job[job]) error {
	more, err := w.slice(ctx, j.Args.Operation)
	switch {
	case ctx.Err() != nil: // the process stops: another one goes on at once
		return river.JobSnooze(0)
	case errors.Is(err, errElsewhere):
		return river.JobSnooze(slice)
	case err == nil && more:
		return river.JobSnooze(0)
	}
	return err
}

// slice changes items until there are none, the operation no longer runs or
// time is up; more tells the last case.
func (w *worker) slice(ctx context.Context, id uuid.UUID) (more bool, err error) {
	o, err := w.begin(ctx, id)
	if err != nil || o == nil {
		return false, err
	}
	ctx = auth.With(ctx, auth.Identity{Name: o.RequestedBy, Roles: o.Roles})
	if bundled(o.Kind) {
		return false, w.move(ctx, o)
	}
	pace, stop := pacer(o.PerSecond)
	defer stop()
	for after, end := 0, time.Now().Add(slice); time.Now().Before(end); {
		if err := pace(ctx); err != nil {
			return true, err
		}
		place, err := w.item(ctx, o, after)
		switch {
		case errors.Is(err, errStopped):
			return false, nil
		case err != nil:
			return false, err
		case place == 0:
			return false, w.complete(ctx, o)
		}
		after = place
	}
	return true, nil
}

// begin marks the operation as running; nil when it is not to run.
func (w *worker) begin(ctx context.Context, id uuid.UUID) (o *model.BulkOperation, err error) {
	err = w.writer.Do(ctx, "", func(ctx context.Context, tx *repository.Tx) error {
		if o, err = repository.Lock(ctx, tx, repository.BulkOperations, id, nil); err != nil {
			return err
		}
		switch {
		case o.Status == model.BulkRunning && o.StartedAt != nil:
			return nil
		case o.Status != model.BulkRunning && o.Status != model.BulkPending:
			o = nil
			return nil
		}
		o, err = repository.Update(ctx, tx, repository.BulkOperations, id, nil, repository.Values{"status": string(model.BulkRunning), "started_at": tx.Now()})
		return err
	})
	if fault.CodeOf(err) == fault.NotFound { // it was old and forgotten
		return nil, nil
	}
	return o, err
}

// errStopped undoes the change of an item whose operation was paused or
// cancelled in the meantime.
var errStopped = errors.New("the operation no longer runs")

// item changes the next item after a place; 0 when there is none. The mark, the
// change and the progress are one transaction.
func (w *worker) item(ctx context.Context, o *model.BulkOperation, after int) (place int, err error) {
	err = w.writer.Do(ctx, o.Reason, func(ctx context.Context, tx *repository.Tx) error {
		place = 0
		item, err := tx.TakeItem(ctx, o.UUID, after)
		if err != nil || item == nil {
			return err
		}
		place = item.Place
		refused := change(ctx, tx.Writer(), o, item.ID)
		if refused != nil {
			if err := w.note(ctx, tx, o, item, refused); err != nil {
				return err
			}
		}
		running, err := tx.CountItem(ctx, o.UUID, refused == nil)
		if err == nil && !running {
			return errStopped
		}
		return err
	})
	return place, err
}

// note keeps why an item could not be changed. What is our own fault goes to
// the log as well, with the rest of the truth.
func (w *worker) note(ctx context.Context, tx *repository.Tx, o *model.BulkOperation, item *repository.BulkItem, cause error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	code, message := fault.CodeOf(cause), "Something went wrong on our side."
	var f *fault.Fault
	if errors.As(cause, &f) {
		message = f.Message
	} else {
		w.log.ErrorContext(ctx, "an item of a bulk operation failed", "operation", o.ID(), "item", item.ID, "error", cause)
	}
	return tx.FailItem(ctx, o.UUID, item.Place, string(code), message)
}

func (w *worker) complete(ctx context.Context, o *model.BulkOperation) error {
	return w.writer.Do(ctx, o.Reason, func(ctx context.Context, tx *repository.Tx) error {
		return tx.CompleteOperation(ctx, o.UUID)
	})
}

// pacer waits for the turn of the next item.
func pacer(perSecond *int) (wait func(context.Context) error, stop func()) {
	if perSecond == nil {
		return func(ctx context.Context) error { return ctx.Err() }, func() {}
	}
	ticker := time.NewTicker(time.Second / time.Duration(*perSecond))
	return func(ctx context.Context) error {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-ticker.C:
			return nil
		}
	}, ticker.Stop
}
