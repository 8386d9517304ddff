package routing

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// pageSize is how many instances are looked at, and changed, with one statement.
const pageSize = 500

// Router does what events set off.
type Router struct {
	Writer  *repository.Writer
	Decider *Decider
	Log     *slog.Logger
}

// NewRouter makes a Router.
func NewRouter(writer *repository.Writer, log *slog.Logger) *Router {
	if log == nil {
		log = slog.Default()
	}
	return &Router{Writer: writer, Decider: NewDecider(), Log: log}
}

// Report is what an event set off.
type Report struct {
	Started   []*model.WorkflowInstance
	Cancelled int // instances
	Resumed   int // waits that were ended
	Idle      []string
	Failures  []Failure
}

// Failure is a listener that could not do what it would have done.
type Failure struct {
	Subscriber string // name in the dead letter
	Err        error
}

// scope narrows routing down to one listener; the zero value is all of them.
type scope struct {
	trigger  string    // the trigger with this key, or
	workflow string    // the triggers of the active version of this workflow, or
	run      uuid.UUID // the waits of this instance
}

func (s scope) all() bool { return s == scope{} }

func (s scope) hears(l *repository.Listener) bool {
	return s.all() || l.Trigger.TriggerID == s.trigger || s.workflow != "" && l.Definition.WorkflowID == s.workflow
}

// passage is one event on its way through its listeners, in one transaction.
type passage struct {
	*Router
	tx     *repository.Tx
	event  *happening
	scope  scope
	last   bool // no further try: every failure is told, whatever it is
	report Report
}

// route lets an event set off what it sets off. A listener that fails is undone
// and told in the report and does not stop the others; the error is what another
// try of the whole event may mend.
func (p *passage) route(ctx context.Context) error {
	if p.scope.run == uuid.Nil {
		if err := p.triggers(ctx); err != nil {
			return err
		}
	}
	if p.scope.all() {
		if err := p.cancellations(ctx); err != nil {
			return err
		}
	}
	if p.scope.all() || p.scope.run != uuid.Nil {
		return p.waits(ctx)
	}
	return nil
}

func (p *passage) triggers(ctx context.Context) error {
	listeners, err := p.tx.Listeners(ctx, p.event.Pattern)
	if err != nil || len(listeners) == 0 {
		return err
	}
	started, err := p.tx.StartedBy(ctx, p.event.UUID)
	if err != nil {
		return err
	}
	for _, l := range listeners {
		if !p.scope.hears(l) {
			continue
		}
		v := p.Decider.trigger(ctx, p.event, l, started[l.Trigger.UUID])
		err := p.attempt(ctx, l.Trigger.TriggerID, func(ctx context.Context, tx *repository.Tx) error { return p.fire(ctx, tx, l, v) })
		if err != nil {
			return err
		}
	}
	return nil
}

// fire does what was decided about a trigger.
func (p *passage) fire(ctx context.Context, tx *repository.Tx, l *repository.Listener, v *verdict) error {
	switch {
	case v.failure != nil:
		return v.failure
	case v.Outcome == model.RoutingOutcomeStarts:
		run, err := instance.Begin(ctx, tx, &l.Definition, instance.Start{
			Input: v.Input, CorrelationID: v.CorrelationID, TriggerID: &l.Trigger.UUID, TriggerEventID: &p.event.UUID,
		})
		if err == nil {
			p.report.Started = append(p.report.Started, run)
		}
		return err
	case v.Outcome == model.RoutingOutcomeCancels:
		return p.cancelCorrelated(ctx, tx, v)
	}
	p.report.Idle = append(p.report.Idle, v.Reason)
	return nil
}

func (p *passage) cancelCorrelated(ctx context.Context, tx *repository.Tx, v *verdict) error {
	for {
		runs, err := tx.CorrelatedRuns(ctx, v.Definition.WorkflowID, *v.CorrelationID, p.event.UUID, pageSize)
		if err != nil || len(runs) == 0 {
			return err
		}
		if err := p.cancel(ctx, tx, v, runs); err != nil || len(runs) < pageSize {
			return err
		}
	}
}

func (p *passage) cancel(ctx context.Context, tx *repository.Tx, v *verdict, runs []*model.WorkflowInstance) error {
	ids := make([]uuid.UUID, len(runs))
	for i, run := range runs {
		ids[i] = run.UUID
	}
	n, err := instance.CancelFor(ctx, tx, p.event.EventInstance, v.reason, v.compensate, ids)
	p.report.Cancelled += n
	return err
}

// cancellations asks the open instances of versions that name the event among
// their cancellation triggers.
func (p *passage) cancellations(ctx context.Context) error {
	cancellers, err := p.tx.Cancellers(ctx, p.event.Pattern)
	if err != nil {
		return err
	}
	for _, c := range cancellers {
		err := p.attempt(ctx, c.Definition.WorkflowID, func(ctx context.Context, tx *repository.Tx) error { return p.cancelled(ctx, tx, c) })
		if err != nil {
			return err
		}
	}
	return nil
}

func (p *passage) cancelled(ctx context.Context, tx *repository.Tx, c *repository.Canceller) error {
	for after := uuid.Nil; ; {
		runs, err := tx.OpenRuns(ctx, c.Definition.UUID, p.event.UUID, after, pageSize)
		if err != nil {
			return err
		}
		var concerned []*model.WorkflowInstance
		var last *verdict
		for _, run := range runs {
			if v := p.Decider.canceller(ctx, p.event, c, run); v.Outcome == model.RoutingOutcomeCancels {
				concerned, last = append(concerned, run), v
			}
		}
		if len(concerned) > 0 {
			if err := p.cancel(ctx, tx, last, concerned); err != nil {
				return err
			}
		}
		if len(runs) < pageSize {
			return nil
		}
		after = runs[len(runs)-1].UUID
	}
}

// waits ends the waits that the event fulfils.
func (p *passage) waits(ctx context.Context) error {
	var only *uuid.UUID
	if p.scope.run != uuid.Nil {
		only = &p.scope.run
	}
	for after := uuid.Nil; ; {
		page, err := p.tx.Waiters(ctx, p.event.Pattern, only, after, pageSize)
		if err != nil {
			return err
		}
		var met []*repository.Waiter
		for _, w := range page {
			if v := p.Decider.wait(ctx, p.event, w); v.Outcome == model.RoutingOutcomeResumes {
				met = append(met, w)
			} else if !p.scope.all() {
				p.report.Idle = append(p.report.Idle, v.Reason)
			}
		}
		if err := p.resume(ctx, met); err != nil {
			return err
		}
		if len(page) < pageSize {
			return nil
		}
		after = page[len(page)-1].Wait.UUID
	}
}

// resume lets instances run on, together and, when one of them cannot, one by
// one.
func (p *passage) resume(ctx context.Context, met []*repository.Waiter) error {
	if len(met) == 0 {
		return nil
	}
	var ended []*repository.Waiter
	err := p.protected(ctx, func(ctx context.Context, tx *repository.Tx) (err error) {
		ended, err = instance.Resume(ctx, tx, p.event.EventInstance, met)
		return err
	})
	if err == nil {
		p.report.Resumed += len(ended)
		return nil
	}
	if len(met) == 1 {
		return p.failed(ctx, "workflow_"+met[0].Run.UUID.String(), err)
	}
	if !p.last && !permanent(err) {
		return err
	}
	for _, w := range met {
		if err := p.resume(ctx, []*repository.Waiter{w}); err != nil {
			return err
		}
	}
	return nil
}

// attempt lets one listener act so that its failure undoes only what it did.
func (p *passage) attempt(ctx context.Context, subscriber string, work func(context.Context, *repository.Tx) error) error {
	before := p.report
	err := p.protected(ctx, work)
	if err == nil {
		return nil
	}
	p.report = before
	if repository.AlreadyStarted(err) {
		p.report.Idle = append(p.report.Idle, "The event has started an instance through this trigger.")
		return nil // somebody routes the same event at the same time
	}
	return p.failed(ctx, subscriber, err)
}

// failed notes a failure that no further try will mend; any other goes up.
func (p *passage) failed(ctx context.Context, subscriber string, err error) error {
	if ctx.Err() != nil || !p.last && !permanent(err) {
		return err
	}
	p.Log.WarnContext(ctx, "a listener failed", "event", p.event.EventID, "subscriber", subscriber, "error", err)
	p.report.Failures = append(p.report.Failures, Failure{subscriber, err})
	return nil
}

// protected runs work behind a savepoint and takes a panic for an error.
func (p *passage) protected(ctx context.Context, work func(context.Context, *repository.Tx) error) error {
	return p.tx.Savepoint(ctx, func(ctx context.Context, tx *repository.Tx) (err error) {
		defer func() {
			if r := recover(); r != nil {
				p.Log.ErrorContext(ctx, "a listener panicked", "event", p.event.EventID, "panic", r, "stack", string(debug.Stack()))
				err = fmt.Errorf("panic: %v", r)
			}
		}()
		return work(ctx, tx)
	})
}

// permanent tells whether another try would fail in the same way.
func permanent(err error) bool {
	switch fault.CodeOf(err) {
	case fault.Validation, fault.BadUserInput, fault.NotFound, fault.IllegalTransition, fault.QueryTooComplex:
		return true
	}
	return false
}
