package instance

import (
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
)

// actions are what a caller may do to a row, by the same checks that the verbs
// make. Whether the caller has the role for a verb is the schema's to say.
func actions[T any, S model.Enum](m machine[T, S], who auth.Identity, row *T, steps ...step[T, S]) []*model.AllowedAction {
	found := make([]*model.AllowedAction, len(steps))
	for i, s := range steps {
		found[i] = s.action(m, who, row)
	}
	return found
}

// action is one of them; more are checks beyond those of the step.
func (s step[T, S]) action(m machine[T, S], who auth.Identity, row *T, more ...error) *model.AllowedAction {
	return model.NewAllowedAction(s.name, model.SpellEnum(string(s.to)), append([]error{s.allowed(m, who, row)}, more...)...)
}

// TaskActions are what a caller may do to a task of a workflow instance; nil is
// a task of none. A draft is saved where work may be finished.
func TaskActions(who auth.Identity, t *model.TaskInstance, run *model.WorkflowInstance) []*model.AllowedAction {
	found := actions(tasks, who, t, taskClaim, taskAssign, taskRelease, taskStart, taskComplete, taskFail, taskCancel)
	return append(found, taskRetry.action(tasks, who, t, revives(run)),
		model.NewAllowedAction("taskInstanceSaveDraft", model.SpellEnum(string(t.Status)), taskComplete.allowed(tasks, who, t)))
}

// TaskReturns tells whether a task could wait for another try, if its workflow
// instance allows that.
func TaskReturns(t *model.TaskInstance) bool { return taskRetry.begins(tasks, t.Status) == nil }

// WorkflowActions are what a caller may do to a workflow instance. active is
// the version that a rerun would run; nil is none.
func WorkflowActions(who auth.Identity, w *model.WorkflowInstance, active *model.WorkflowDefinition) []*model.AllowedAction {
	again := over(w)
	if again == nil {
		again = startable(active, w)
	}
	return append(actions(runs, who, w, runCancel, runRetry), model.NewAllowedAction("workflowInstanceRerun", model.SpellEnum(string(w.Status)), again))
}

// WorkflowReruns tells whether an instance could be run again, if there is a
// version for it.
func WorkflowReruns(w *model.WorkflowInstance) bool { return over(w) == nil }

func startable(active *model.WorkflowDefinition, w *model.WorkflowInstance) error {
	if active == nil {
		return fault.Errorf(fault.NotFound, "the workflow has no active version").Hint("activate a version")
	}
	return CheckInput(active, w.Input)
}

// LetterActions are what a caller may do to a dead letter. Routing tries it
// again, unless its subscriber is outside of the platform.
func LetterActions(who auth.Identity, d *model.DeadLetter, subscriber model.DeadLetterSubscriber) []*model.AllowedAction {
	var outside error
	if external, ok := subscriber.(*model.ExternalSubscriber); ok {
		outside = External(external.Name)
	}
	again := letterStep{name: "deadLetterRetry", to: model.DeadLetterReprocessing}
	return append([]*model.AllowedAction{again.action(letters, who, d, outside)}, actions(letters, who, d, letterResolve, letterDiscard)...)
}

// QueueActions are the statuses a caller may give a queue.
func QueueActions(who auth.Identity, q *model.EventQueue) []*model.AllowedAction {
	return actions(queues, who, q, queueTo(model.QueueActive), queueTo(model.QueuePaused), queueTo(model.QueueDraining))
}

// WaitActions are what a caller may do to a wait.
func WaitActions(who auth.Identity, s *model.WorkflowEventSubscription) []*model.AllowedAction {
	return actions(waits, who, s, waitCancel)
}

// TriggerActions switch a trigger to what it is not.
func TriggerActions(t *model.WorkflowEventTrigger) []*model.AllowedAction {
	to := map[bool]string{true: "DISABLED", false: "ENABLED"}[t.Enabled]
	return []*model.AllowedAction{model.NewAllowedAction("workflowEventTriggerSetEnabled", to)}
}

// ConnectionActions are what a caller may do to a connection that is named by
// others.
func ConnectionActions(who auth.Identity, i *model.IntegrationInstance, users []string) []*model.AllowedAction {
	own := model.SpellEnum(string(i.State))
	found := actions(connections, who, i, connectionTo(model.IntegrationActive), connectionTo(model.IntegrationInactive), connectionTo(model.IntegrationError))
	return append(found,
		model.NewAllowedAction("integrationInstanceSave", own), model.NewAllowedAction("integrationInstanceSetCredentials", own),
		model.NewAllowedAction("integrationInstanceDelete", "DELETED", unused(i, users)))
}

// TestRunActions are what a caller may do to a run of a test whose cases came to
// these results. It ends as they say, once all are there, or as it is told.
func TestRunActions(t *model.TestRun, test *model.TestDefinition, results map[string]model.TestCaseStatus) []*model.AllowedAction {
	found := []*model.AllowedAction{model.NewAllowedAction("testRunRecordResults", model.SpellEnum(string(t.Status)), goesOn(t), untold(test, results))}
	outcome := model.OutcomeOf(results)
	for _, to := range []model.TestRunStatus{outcome, model.TestRunError, model.TestRunCancelled} {
		moves := model.TestRunTransitions.Check(t.Status, to)
		switch {
		case to == model.TestRunError && outcome == to && len(found) > 1:
			continue // the results say so already
		case moves == nil && to == outcome && to != model.TestRunError:
			moves = tried(test, results)
		}
		found = append(found, model.NewAllowedAction("testRunFinish", model.SpellEnum(string(to)), moves))
	}
	return found
}
