// Package instance moves workflow and task instances: each verb people and
// workers use is a method that locks the row, checks the move against the state
// table and writes it in one transaction.
package instance

import (
	"context"
	"slices"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Tasks are the verbs on task instances.
type Tasks struct{ Writer *repository.Writer }

// Claim gives the task to the caller: one that nobody has, or that is assigned
// to one of the caller's roles or teams.
func (t *Tasks) Claim(ctx context.Context, id uuid.UUID, expected *int) (task *model.TaskInstance, err error) {
	who := auth.From(ctx)
	err = t.move(ctx, id, expected, model.TaskInstanceAssigned, "claimed", func(task *model.TaskInstance) (repository.Values, error) {
		if task.Assignee != nil && (task.AssigneeType == model.AssigneeUser || !slices.Contains(who.Roles, *task.Assignee)) {
			return nil, fault.Errorf(fault.Conflict, "the task is already assigned to %s", *task.Assignee).
				Hint("ask for a reassignment").With("currentRevision", task.Revision)
		}
		return repository.Values{"assignee": who.Name, "assignee_type": string(model.AssigneeUser)}, nil
	}, &task)
	return task, err
}

// move locks a task, checks the arrow to a status and writes what more values
// set; more may refuse.
func (t *Tasks) move(ctx context.Context, id uuid.UUID, expected *int, to model.TaskInstanceStatus, reason string,
	more func(*model.TaskInstance) (repository.Values, error), moved **model.TaskInstance,
) error {
	return t.Writer.Do(ctx, reason, func(ctx context.Context, tx *repository.Tx) error {
		task, err := repository.Lock(ctx, tx, repository.TaskInstances, id, expected)
		if err != nil {
			return err
		}
		if err := model.TaskInstanceTransitions.Check(task.Status, to); err != nil {
			return err
		}
		values, err := more(task)
		if err != nil {
			return err
		}
		values["status"] = string(to)
		*moved, err = repository.Update(ctx, tx, repository.TaskInstances, id, nil, values)
		return err
	})
}
