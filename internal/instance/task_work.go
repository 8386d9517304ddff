package instance

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Start begins work. An automated task goes straight from waiting to running; a
// manual one is somebody's first.
func (t *Tasks) Start(ctx context.Context, target Target) (*model.TaskInstance, error) {
	return move(ctx, t.Writer, tasks, target, taskStart.with(func(ctx context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		facts, err := amend(task, fact{"start_time", stamp(tx.Now())})
		return repository.Values{"execution_metadata": facts}, err
	}))
}

// mayStart lets nobody begin a manual task that nobody has.
func mayStart(who auth.Identity, task *model.TaskInstance) error {
	if task.Status == model.TaskInstancePending && task.Type == "MANUAL" {
		manual := taskStep{from: []model.TaskInstanceStatus{model.TaskInstanceAssigned}, to: model.TaskInstanceRunning, hint: "claim or assign the manual task first"}
		return manual.begins(tasks, task.Status)
	}
	return mayWork(who, task)
}

// SaveDraft keeps a half-filled form. The status stays.
func (t *Tasks) SaveDraft(ctx context.Context, target Target, draft scalar.JSON) (saved *model.TaskInstance, err error) {
	if err := fits("task_instances", "draft_output", draft, "/draftOutput"); err != nil {
		return nil, err
	}
	err = t.Writer.Do(ctx, "draft saved", func(ctx context.Context, tx *repository.Tx) error {
		task, err := repository.Lock(ctx, tx, repository.TaskInstances, target.ID, target.Expected)
		if err != nil {
			return err
		}
		if task.Status != model.TaskInstanceRunning {
			// A draft is work, so it is refused where work cannot begin.
			begun := taskStep{from: []model.TaskInstanceStatus{model.TaskInstanceAssigned}, to: model.TaskInstanceRunning, hint: "claim or assign the task first"}
			if err := begun.begins(tasks, task.Status); err != nil {
				return err
			}
		}
		if err := mayWork(auth.From(ctx), task); err != nil {
			return err
		}
		saved, err = repository.Update(ctx, tx, repository.TaskInstances, target.ID, nil, repository.Values{"draft_output": draft})
		return err
	})
	return saved, err
}

// Complete finishes a task with an output that satisfies the definition's
// schema as it is.
func (t *Tasks) Complete(ctx context.Context, target Target, output scalar.JSON) (*model.TaskInstance, error) {
	return move(ctx, t.Writer, tasks, target, taskComplete.with(func(ctx context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		found, err := repository.ByKeys(ctx, tx.Store, repository.TaskDefinitions, repository.Relation{}, []string{"output_schema"}, []any{task.TaskDefinitionID})
		if err != nil {
			return nil, err
		}
		if definition := found[task.TaskDefinitionID]; definition != nil {
			if err := satisfies(definition.OutputSchema, output, "/output"); err != nil {
				return nil, err
			}
		}
		now := tx.Now()
		facts, err := amend(task, append(ended(task, now), fact{"completedAt", stamp(now)}, fact{"completedBy", auth.From(ctx).Name})...)
		return repository.Values{"output": output, "draft_output": nil, "execution_metadata": facts}, err
	}))
}

// ended are the facts of a task whose work is over.
func ended(task *model.TaskInstance, now time.Time) []fact {
	facts := []fact{{"end_time", stamp(now)}}
	if start := task.ExecutionMetadata().StartTime; start != nil && !now.Before(*start) {
		facts = append(facts, fact{"duration", now.Sub(*start).Milliseconds()})
	}
	return facts
}

// Fail ends a task with an error; without a time it happened now.
func (t *Tasks) Fail(ctx context.Context, target Target, cause scalar.JSON) (*model.TaskInstance, error) {
	if err := fits("task_instances", "error", cause, "/error"); err != nil {
		return nil, err
	}
	var d document
	if err := json.Unmarshal(cause, &d); err != nil {
		return nil, fmt.Errorf("error of a task: %w", err)
	}
	return move(ctx, t.Writer, tasks, target, taskFail.with(func(ctx context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		now := tx.Now()
		if d["timestamp"] == nil {
			if err := d.set("timestamp", stamp(now)); err != nil {
				return nil, err
			}
		}
		doc, err := d.json()
		if err != nil {
			return nil, err
		}
		facts, err := amend(task, ended(task, now)...)
		return repository.Values{"error": doc, "execution_metadata": facts}, err
	}))
}

// Cancel stops an unfinished task, for a reason.
func (t *Tasks) Cancel(ctx context.Context, target Target) (*model.TaskInstance, error) {
	if err := sentence(target.Reason); err != nil {
		return nil, err
	}
	return move(ctx, t.Writer, tasks, target, taskCancel.with(func(_ context.Context, tx *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		facts, err := amend(task, ended(task, tx.Now())...)
		return repository.Values{"execution_metadata": facts}, err
	}))
}

// Retry lets a task that failed or timed out wait for another try. Facets count
// current errors, so the old one moves to the execution facts.
func (t *Tasks) Retry(ctx context.Context, target Target) (*model.TaskInstance, error) {
	again := taskRetry
	again.lock = func(ctx context.Context, tx *repository.Tx) error { return openRun(ctx, tx, target) }
	return move(ctx, t.Writer, tasks, target, again.with(func(_ context.Context, _ *repository.Tx, task *model.TaskInstance) (repository.Values, error) {
		facts := []fact{{"start_time", nil}, {"end_time", nil}, {"duration", nil}, {"nextRetryAt", nil}}
		if task.ErrorJSON != nil {
			facts = append(facts, fact{"lastError", task.ErrorJSON})
		}
		doc, err := amend(task, facts...)
		return repository.Values{"retry_count": task.RetryCount + 1, "error": nil, "execution_metadata": doc}, err
	}))
}

// openRun locks the workflow instance of a task, before the task as a
// cancellation does, and refuses one that has ended for good: its tasks do not
// come back to life.
func openRun(ctx context.Context, tx *repository.Tx, target Target) error {
	found, err := repository.ByKeys(ctx, tx.Store, repository.TaskInstances, repository.Relation{}, []string{"workflow_instance_id"}, []any{target.ID})
	if err != nil || found[target.ID] == nil || found[target.ID].WorkflowInstanceID == nil {
		return err // a task that is not there is told when it is locked
	}
	run, err := repository.Lock(ctx, tx, repository.WorkflowInstances, *found[target.ID].WorkflowInstanceID, nil)
	if err != nil {
		return err
	}
	return revives(run)
}

// revives refuses a task of a workflow instance that has ended for good; nil is
// one that belongs to none.
func revives(run *model.WorkflowInstance) error {
	if run != nil && (run.Status == model.WorkflowInstanceCompleted || run.Status == model.WorkflowInstanceCancelled) {
		return fault.Errorf(fault.Conflict, "the workflow instance of the task is %s", run.Status).Hint("rerun the workflow instance")
	}
	return nil
}
