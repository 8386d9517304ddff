package bulk

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Options are what a verb takes besides the row and the reason.
type Options struct {
	Assignee         string             `json:"assignee,omitempty"`
	AssigneeType     model.AssigneeType `json:"assigneeType,omitempty"`
	ShouldCompensate bool               `json:"shouldCompensate,omitempty"`
	Folder           string             `json:"folder,omitempty"` // to import
	Full             bool               `json:"full,omitempty"`   // export
	ReplayID         string             `json:"-"`                // the operation itself
}

// kind is what an operation does: to which rows, standing where, by which verb.
type kind struct {
	entity *repository.Descriptor
	from   []string // statuses the verb begins at; rows that stand elsewhere are not chosen; nil = there is none
	verb   func(ctx context.Context, w *repository.Writer, o Options, target instance.Target) error
}

var kinds = map[model.BulkOperationKind]kind{
	model.BulkCancelWorkflowInstances: {
		repository.WorkflowInstances.Descriptor, sources(model.WorkflowInstanceTransitions, model.WorkflowInstanceCancelled),
		func(ctx context.Context, w *repository.Writer, o Options, target instance.Target) error {
			_, err := (&instance.Workflows{Writer: w}).Cancel(ctx, target, o.ShouldCompensate)
			return err
		},
	},
	model.BulkRetryWorkflowInstances: {
		repository.WorkflowInstances.Descriptor, []string{string(model.WorkflowInstanceFailed)},
		func(ctx context.Context, w *repository.Writer, _ Options, target instance.Target) error {
			_, err := (&instance.Workflows{Writer: w}).Retry(ctx, target)
			return err
		},
	},
	model.BulkReassignTasks: {
		repository.TaskInstances.Descriptor, []string{string(model.TaskInstancePending), string(model.TaskInstanceAssigned)},
		func(ctx context.Context, w *repository.Writer, o Options, target instance.Target) error {
			_, err := (&instance.Tasks{Writer: w}).Assign(ctx, target, o.Assignee, o.AssigneeType)
			return err
		},
	},
	model.BulkCancelTasks: {
		repository.TaskInstances.Descriptor, sources(model.TaskInstanceTransitions, model.TaskInstanceCancelled),
		func(ctx context.Context, w *repository.Writer, _ Options, target instance.Target) error {
			_, err := (&instance.Tasks{Writer: w}).Cancel(ctx, target)
			return err
		},
	},
	model.BulkRetryTasks: {
		repository.TaskInstances.Descriptor, []string{string(model.TaskInstanceFailed), string(model.TaskInstanceTimedOut)},
		func(ctx context.Context, w *repository.Writer, _ Options, target instance.Target) error {
			_, err := (&instance.Tasks{Writer: w}).Retry(ctx, target)
			return err
		},
	},
	model.BulkDiscardDeadLetters: {
		repository.DeadLetters.Descriptor, sources(model.DeadLetterTransitions, model.DeadLetterDiscarded),
		func(ctx context.Context, w *repository.Writer, _ Options, target instance.Target) error {
			_, err := (&instance.Operations{Writer: w}).Discard(ctx, target)
			return err
		},
	},
	model.BulkReprocessDeadLetters: {
		repository.DeadLetters.Descriptor, []string{string(model.DeadLetterPending)},
		func(ctx context.Context, w *repository.Writer, _ Options, target instance.Target) error {
			letter, err := routing.NewRouter(w, nil).Retry(ctx, target, false)
			if err == nil && letter.Status == model.DeadLetterPending {
				return fault.Errorf(fault.Conflict, "the listener failed again; see the retryHistory of the entry")
			}
			return err
		},
	},
	model.BulkReplayEvents: {
		repository.EventInstances.Descriptor, nil,
		func(ctx context.Context, w *repository.Writer, o Options, target instance.Target) error {
			report, err := routing.NewRouter(w, nil).Replay(ctx, target.ID, o.ReplayID)
			if err == nil && len(report.Failures) > 0 {
				return fault.Errorf(fault.Conflict, "%d listeners failed; see the deadLetters of the event", len(report.Failures))
			}
			return err
		},
	},
}

// sources are the stored statuses from which the table leads to to.
func sources[S model.Enum](table model.Transitions[S], to S) []string {
	var stored []string
	for _, s := range table.Sources(to) {
		stored = append(stored, string(s))
	}
	return stored
}

// Table names the entity that an operation of this kind changes; "" for bundles,
// which are of all.
func Table(k model.BulkOperationKind) string {
	if bundled(k) {
		return ""
	}
	return kinds[k].entity.Table
}

// change does to one row what the operation does to all.
func change(ctx context.Context, w *repository.Writer, o *model.BulkOperation, id uuid.UUID) error {
	var options Options
	if err := json.Unmarshal(o.Options, &options); err != nil {
		return fmt.Errorf("options of %s: %w", o.ID(), err)
	}
	options.ReplayID = o.ID()
	k, known := kinds[o.Kind]
	if !known {
		return fault.Errorf(fault.BadUserInput, "this release does not know the kind %s", o.Kind)
	}
	return k.verb(ctx, w, options, instance.Target{ID: id, Reason: o.Reason})
}

// Actions are the statuses that a caller may give an operation.
func Actions(o *model.BulkOperation) []*model.AllowedAction {
	var found []*model.AllowedAction
	for _, to := range []model.BulkOperationStatus{model.BulkPaused, model.BulkRunning, model.BulkCancelled} {
		if to != o.Status {
			found = append(found, model.NewAllowedAction("bulkOperationSetStatus", string(to), model.BulkOperationTransitions.Check(o.Status, to)))
		}
	}
	return found
}
