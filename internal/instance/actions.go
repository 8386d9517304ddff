package instance

import (
	"errors"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
)

// actions are what a caller may do to a row, by the same checks that the verbs
// make. Whether the caller has the role for a verb is the schema's to say.
func actions[T any, S model.Enum](m machine[T, S], who auth.Identity, row *T, steps ...step[T, S]) []*model.AllowedAction {
	found := make([]*model.AllowedAction, len(steps))
	for i, s := range steps {
		found[i] = action(s.name, string(s.to), s.allowed(m, who, row))
	}
	return found
}

func action(name, to string, refused error) *model.AllowedAction {
	a := &model.AllowedAction{Action: name, To: model.SpellEnum(to), Allowed: refused == nil}
	if refused != nil {
		text := refused.Error()
		var f *fault.Fault
		if errors.As(refused, &f) && f.Remedy != "" {
			text += "; " + f.Remedy
		}
		a.Reason = &text
	}
	return a
}

// TaskActions are what a caller may do to a task. A draft is saved where work
// may be finished.
func TaskActions(who auth.Identity, t *model.TaskInstance) []*model.AllowedAction {
	found := actions(tasks, who, t, taskClaim, taskAssign, taskRelease, taskStart, taskComplete, taskFail, taskCancel, taskRetry)
	return append(found, action("taskInstanceSaveDraft", string(t.Status), taskComplete.allowed(tasks, who, t)))
}

// WorkflowActions are what a caller may do to a workflow instance.
func WorkflowActions(who auth.Identity, w *model.WorkflowInstance) []*model.AllowedAction {
	var open error
	if !w.Terminal() {
		open = fault.Errorf(fault.Conflict, "the instance is %s", w.Status).Hint("cancel it first, or wait until it ends")
	}
	return append(actions(runs, who, w, runCancel, runRetry), action("workflowInstanceRerun", string(w.Status), open))
}

// LetterActions are what a caller may do to a dead letter. Routing tries it
// again.
func LetterActions(who auth.Identity, d *model.DeadLetter) []*model.AllowedAction {
	again := letterStep{name: "deadLetterRetry", to: model.DeadLetterReprocessing}
	return actions(letters, who, d, again, letterResolve, letterDiscard)
}

// QueueActions are the statuses a caller may give a queue.
func QueueActions(who auth.Identity, q *model.EventQueue) []*model.AllowedAction {
	return actions(queues, who, q, queueTo(model.QueueActive), queueTo(model.QueuePaused), queueTo(model.QueueDraining))
}

// WaitActions are what a caller may do to a wait.
func WaitActions(who auth.Identity, s *model.WorkflowEventSubscription) []*model.AllowedAction {
	return actions(waits, who, s, waitCancel)
}

// ConnectionActions are the states a caller may give a connection.
func ConnectionActions(who auth.Identity, i *model.IntegrationInstance) []*model.AllowedAction {
	return actions(connections, who, i, connectionTo(model.IntegrationActive), connectionTo(model.IntegrationInactive), connectionTo(model.IntegrationError))
}
