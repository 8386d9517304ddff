// Package instance moves what runs: workflow and task instances, and the waits,
// triggers, queues and dead letters around them. Each verb people and workers
// use is a method that locks the row, checks the move against the state table
// and writes it in one transaction.
package instance

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Tasks are the verbs on task instances.
type Tasks struct{ Writer *repository.Writer }

type taskStep = step[model.TaskInstance, model.TaskInstanceStatus]

var tasks = machine[model.TaskInstance, model.TaskInstanceStatus]{
	repository.TaskInstances, model.TaskInstanceTransitions,
	func(t *model.TaskInstance) model.TaskInstanceStatus { return t.Status },
}

// The steps of tasks. Some need the caller to have the task.
var (
	taskClaim   = taskStep{name: "taskInstanceClaim", to: model.TaskInstanceAssigned, reason: "claimed", may: mayClaim}
	taskAssign  = taskStep{name: "taskInstanceAssign", to: model.TaskInstanceAssigned, reason: "assigned"}
	taskRelease = taskStep{
		name: "taskInstanceRelease", from: []model.TaskInstanceStatus{model.TaskInstanceAssigned}, to: model.TaskInstancePending, reason: "released",
		may: mayWork, hint: "use taskInstanceRetry for a task that failed or timed out",
	}
	taskStart    = taskStep{name: "taskInstanceStart", to: model.TaskInstanceRunning, reason: "started", may: mayStart}
	taskComplete = taskStep{name: "taskInstanceComplete", to: model.TaskInstanceCompleted, reason: "completed", may: mayWork}
	taskFail     = taskStep{name: "taskInstanceFail", to: model.TaskInstanceFailed, reason: "failed", may: mayWork}
	taskCancel   = taskStep{name: "taskInstanceCancel", to: model.TaskInstanceCancelled}
	taskRetry    = taskStep{
		name: "taskInstanceRetry", from: []model.TaskInstanceStatus{model.TaskInstanceFailed, model.TaskInstanceTimedOut}, to: model.TaskInstancePending,
		reason: "retried", hint: "use taskInstanceRelease for a task that is assigned",
	}
)

// Claim gives the task to the caller: one that nobody has, one that is assigned
// to one of the caller's roles or teams (an administrator has them all), or one
// of the caller's own that waits for another try.
func (t *Tasks) Claim(ctx context.Context, target Target) (*model.TaskInstance, error) {
	who := auth.From(ctx)
	return move(ctx, t.Writer, tasks, target, taskClaim.with(func(_ context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		return assignment(tx, task, who.Name, model.AssigneeUser)
	}))
}

func mayClaim(who auth.Identity, task *model.TaskInstance) error {
	mine := task.Assignee == nil
	switch {
	case mine:
	case task.AssigneeType == model.AssigneeUser:
		mine = task.Status == model.TaskInstancePending && *task.Assignee == who.Name
	default:
		mine = who.Has(auth.Admin, *task.Assignee)
	}
	if !mine {
		return taken(task).Hint("ask for it with taskInstanceAssign")
	}
	return nil
}

func taken(task *model.TaskInstance) *fault.Fault {
	who := "somebody"
	if task.Assignee != nil {
		who = *task.Assignee
	}
	return fault.Errorf(fault.Conflict, "the task is already assigned to %s", who).With("currentRevision", task.Revision)
}

// Assign gives a waiting task to a person, a role, a team or a department, or
// moves an assigned one to somebody else, for a reason.
func (t *Tasks) Assign(ctx context.Context, target Target, assignee string, kind model.AssigneeType) (*model.TaskInstance, error) {
	if err := CheckAssignee(assignee); err != nil {
		return nil, err
	}
	return move(ctx, t.Writer, tasks, target, taskAssign.with(func(_ context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		if task.Status == model.TaskInstanceAssigned {
			if err := mayMove(task, target, assignee, kind); err != nil {
				return nil, err
			}
		}
		return assignment(tx, task, assignee, kind)
	}))
}

// mayMove refuses to take a task from somebody without a reason, and to give it
// to who has it.
func mayMove(task *model.TaskInstance, target Target, assignee string, kind model.AssigneeType) error {
	if task.Assignee != nil && *task.Assignee == assignee && task.AssigneeType == kind {
		return taken(task).At("/assignee").Hint("name somebody else")
	}
	if strings.TrimSpace(target.Reason) == "" {
		return fault.Errorf(fault.Validation, "the task is assigned already; moving it takes a reason").At("/reason")
	}
	return nil
}

// CheckAssignee refuses what cannot be an assignee.
func CheckAssignee(assignee string) error {
	const most = 255
	if strings.TrimSpace(assignee) == "" || len([]rune(assignee)) > most {
		return fault.Errorf(fault.Validation, "an assignee has 1 to %d characters", most).At("/assignee")
	}
	return nil
}

func assignment(tx *repository.Tx, task *model.TaskInstance, assignee string, kind model.AssigneeType) (repository.Values, error) {
	facts, err := amend(task, fact{"assignedAt", stamp(tx.Now())})
	return repository.Values{"assignee": assignee, "assignee_type": string(kind), "execution_metadata": facts}, err
}

// fact is a key of the execution facts and its new value, nil to remove it.
type fact struct {
	key   string
	value any
}

// amend changes the execution facts of a task.
func amend(task *model.TaskInstance, facts ...fact) (scalar.JSON, error) {
	d, err := open("task_instances", "execution_metadata", task.ExecutionMetadataJSON)
	if err != nil {
		return nil, err
	}
	for _, f := range facts {
		if err := d.set(f.key, f.value); err != nil {
			return nil, err
		}
	}
	return d.json()
}

// Release gives an assigned task back to whoever takes it.
func (t *Tasks) Release(ctx context.Context, target Target) (*model.TaskInstance, error) {
	return move(ctx, t.Writer, tasks, target, taskRelease.with(func(_ context.Context, _ *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		facts, err := amend(task, fact{"assignedAt", nil})
		return repository.Values{"assignee": nil, "assignee_type": string(model.AssigneeUser), "execution_metadata": facts}, err
	}))
}

// mayWork refuses everybody but who has the task and administrators. A task
// that nobody has is a worker's.
func mayWork(who auth.Identity, task *model.TaskInstance) error {
	switch {
	case task.Assignee == nil, who.Has("admin"):
		return nil
	case task.AssigneeType == model.AssigneeUser && *task.Assignee == who.Name:
		return nil
	case task.AssigneeType != model.AssigneeUser && who.Has(*task.Assignee):
		return nil
	}
	return fault.Errorf(fault.Forbidden, "the task is assigned to %s", *task.Assignee).Hint("ask for a reassignment")
}
