package instance

import (
	"context"
	"errors"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Operations are the verbs of those who keep the system running.
type Operations struct{ Writer *repository.Writer }

type (
	letterStep = step[model.DeadLetter, model.DeadLetterStatus]
	queueStep  = step[model.EventQueue, model.EventQueueStatus]
	waitStep   = step[model.WorkflowEventSubscription, model.WorkflowEventSubscriptionStatus]
)

var (
	letters = machine[model.DeadLetter, model.DeadLetterStatus]{
		repository.DeadLetters, model.DeadLetterTransitions,
		func(d *model.DeadLetter) model.DeadLetterStatus { return d.Status },
	}
	queues = machine[model.EventQueue, model.EventQueueStatus]{
		repository.EventQueues, model.EventQueueTransitions,
		func(q *model.EventQueue) model.EventQueueStatus { return q.Status },
	}
	waits = machine[model.WorkflowEventSubscription, model.WorkflowEventSubscriptionStatus]{
		repository.WorkflowEventSubscriptions, model.WorkflowEventSubscriptionTransitions,
		func(s *model.WorkflowEventSubscription) model.WorkflowEventSubscriptionStatus { return s.Status },
	}
)

// The steps of dead letters, queues and waits.
var (
	letterResolve = letterStep{
		name: "deadLetterResolve", from: []model.DeadLetterStatus{model.DeadLetterPending}, to: model.DeadLetterResolved,
		hint: "wait until it is processed again, or discard it",
	}
	letterDiscard = letterStep{name: "deadLetterDiscard", to: model.DeadLetterDiscarded}
	waitCancel    = waitStep{name: "workflowEventSubscriptionCancel", to: model.SubscriptionCancelled, reason: "cancelled"}
)

func queueTo(status model.EventQueueStatus) queueStep {
	reasons := map[model.EventQueueStatus]string{model.QueueActive: "resumed", model.QueuePaused: "paused", model.QueueDraining: "draining"}
	return queueStep{name: "eventQueueSetStatus", to: status, reason: reasons[status]}
}

// ErrExternal marks a subscriber that the platform cannot deliver to.
var ErrExternal = errors.New("external subscriber")

// External refuses to try such a subscriber again.
func External(name string) error {
	return fault.Wrap(ErrExternal, fault.Conflict, name+" is not part of the platform, which cannot deliver the event to it").
		Hint("let it process the event, then resolve the entry")
}

// Resolve closes a dead letter that was dealt with by hand; the reason says how. One that is being
// processed again is closed by the outcome of that.
func (o *Operations) Resolve(ctx context.Context, target Target) (*model.DeadLetter, error) {
	if err := sentence(target.Reason); err != nil {
		return nil, err
	}
	return move(ctx, o.Writer, letters, target, letterResolve.with(closing(model.ResolvedByManualResolution, target.because(""))))
}

// Discard gives a dead letter up, for a reason.
func (o *Operations) Discard(ctx context.Context, target Target) (*model.DeadLetter, error) {
	if err := sentence(target.Reason); err != nil {
		return nil, err
	}
	return move(ctx, o.Writer, letters, target, letterDiscard.with(closing(model.ResolvedByDiscard, target.because(""))))
}

func closing(how model.DeadLetterResolution, notes string) func(context.Context, *repository.Tx, *model.DeadLetter) (repository.Values, error) {
	return func(ctx context.Context, tx *repository.Tx, _ *model.DeadLetter) (repository.Values, error) {
		return repository.Values{
			"resolution_strategy": string(how), "resolution_timestamp": tx.Now(),
			"resolved_by": auth.From(ctx).Name, "resolution_notes": notes,
		}, nil
	}
}

// SetQueue lets a queue work, wait, or finish what it has.
func (o *Operations) SetQueue(ctx context.Context, target Target, status model.EventQueueStatus) (*model.EventQueue, error) {
	return move(ctx, o.Writer, queues, target, queueTo(status))
}

// CancelWait ends an active wait.
func (o *Operations) CancelWait(ctx context.Context, target Target) (*model.WorkflowEventSubscription, error) {
	return move(ctx, o.Writer, waits, target, waitCancel)
}

// SetEnabled switches a trigger on or off.
func (o *Operations) SetEnabled(ctx context.Context, target Target, enabled bool) (changed *model.WorkflowEventTrigger, err error) {
	if len([]rune(target.Reason)) > maxReason {
		return nil, sentence(target.Reason)
	}
	reason := map[bool]string{true: "enabled", false: "disabled"}[enabled]
	err = o.Writer.Do(ctx, target.because(reason), func(ctx context.Context, tx *repository.Tx) error {
		changed, err = repository.Update(ctx, tx, repository.WorkflowEventTriggers, target.ID, target.Expected, repository.Values{"enabled": enabled})
		return err
	})
	return changed, err
}
