package instance

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Workflows are the verbs on workflow instances.
type Workflows struct{ Writer *repository.Writer }

type runStep = step[model.WorkflowInstance, model.WorkflowInstanceStatus]

var runs = machine[model.WorkflowInstance, model.WorkflowInstanceStatus]{
	repository.WorkflowInstances, model.WorkflowInstanceTransitions,
	func(w *model.WorkflowInstance) model.WorkflowInstanceStatus { return w.Status },
}

// The steps of workflow instances.
var (
	runCancel = runStep{name: "workflowInstanceCancel", to: model.WorkflowInstanceCancelled}
	runRetry  = runStep{
		name: "workflowInstanceRetry", from: []model.WorkflowInstanceStatus{model.WorkflowInstanceFailed}, to: model.WorkflowInstanceRunning,
		reason: "retried", hint: "only a failed instance is retried",
	}
)

// Start is what an instance begins with.
type Start struct {
	WorkflowID    *string   // of the active version, or
	DefinitionID  uuid.UUID // a version, which must be active
	InstanceID    *string   // business key; nil = its global id
	Input         scalar.JSON
	CorrelationID *string
	Reason        string

	TriggerID      *uuid.UUID // the trigger that fired, and
	TriggerEventID *uuid.UUID // the event it fired for; nil when a person starts
}

// Start begins an instance of an active version with an input that satisfies
// its schema as it is.
func (w *Workflows) Start(ctx context.Context, s Start) (*model.WorkflowInstance, error) {
	reason := Target{Reason: s.Reason}
	if len([]rune(s.Reason)) > maxReason {
		return nil, sentence(s.Reason)
	}
	return repository.Once(ctx, w.Writer, repository.WorkflowInstances, reason.because("started"), func(ctx context.Context, tx *repository.Tx) (*model.WorkflowInstance, error) {
		definition, err := s.definition(ctx, tx)
		if err != nil {
			return nil, err
		}
		return begin(ctx, tx, definition, s, nil)
	})
}

// startColumns are what a start needs of a definition.
var startColumns = []string{"input_schema", "status", "steps", "version", "workflow_id"}

func (s Start) definition(ctx context.Context, tx *repository.Tx) (*model.WorkflowDefinition, error) {
	if s.WorkflowID != nil {
		return activeVersion(ctx, tx, *s.WorkflowID)
	}
	found, err := repository.ByKeys(ctx, tx.Store, repository.WorkflowDefinitions, repository.Relation{}, startColumns, []any{s.DefinitionID})
	if err != nil {
		return nil, err
	}
	definition := found[s.DefinitionID]
	switch {
	case definition == nil:
		return nil, fault.Errorf(fault.NotFound, "there is no workflow definition with this id").At("/id")
	case definition.Status != model.DefinitionActive:
		return nil, fault.Errorf(fault.Conflict, "version %s of %s is %s", definition.Version, definition.WorkflowID, model.SpellEnum(string(definition.Status))).
			At("/id").Hint("activate it, or start the active version by workflowId")
	}
	return definition, nil
}

func activeVersion(ctx context.Context, tx *repository.Tx, workflowID string) (*model.WorkflowDefinition, error) {
	definition, err := repository.ByBusinessKey(ctx, tx.Store, repository.WorkflowDefinitions, startColumns, workflowID, "")
	if err == nil && definition == nil {
		return nil, fault.Errorf(fault.NotFound, "workflow %q has no active version", workflowID).At("/workflowId").Hint("activate a version")
	}
	return definition, err
}

// begin writes the new instance. It is running at once, at the first step of
// its definition.
func begin(ctx context.Context, tx *repository.Tx, definition *model.WorkflowDefinition, s Start, parent *uuid.UUID) (*model.WorkflowInstance, error) {
	if err := CheckInput(definition, s.Input); err != nil {
		return nil, err
	}
	id, now := repository.NewID(tx.Now())
	row := repository.Values{
		"id": id, "created_at": now, "started_at": now, "workflow_definition_id": definition.UUID,
		"status": string(model.WorkflowInstanceRunning), "input": s.Input, "instance_id": "",
		"correlation_id": s.CorrelationID, "parent_instance_id": parent, "trigger_id": s.TriggerID, "trigger_event_id": s.TriggerEventID,
	}
	if s.InstanceID != nil {
		row["instance_id"] = *s.InstanceID
	}
	if err := firstStep(row, definition.StepsJSON); err != nil {
		return nil, err
	}
	return repository.Insert(ctx, tx, repository.WorkflowInstances, row)
}

func firstStep(row repository.Values, stored scalar.JSON) error {
	var steps []struct {
		StepID string `json:"stepId"`
	}
	// Steps in a form nobody can read have no first one.
	if json.Unmarshal(stored, &steps) != nil || len(steps) == 0 || steps[0].StepID == "" {
		return nil
	}
	state := document{}
	if err := state.set("currentStepId", steps[0].StepID); err != nil {
		return err
	}
	doc, err := state.json()
	row["current_step_id"], row["state"] = steps[0].StepID, doc
	return err
}

// Cancel stops an instance with its open tasks and active waits.
func (w *Workflows) Cancel(ctx context.Context, target Target, compensate bool) (*model.WorkflowInstance, error) {
	if err := sentence(target.Reason); err != nil {
		return nil, err
	}
	return move(ctx, w.Writer, runs, target, runStep{
		name: runCancel.name, to: runCancel.to,
		values: func(ctx context.Context, tx *repository.Tx, _ *model.WorkflowInstance) (repository.Values, error) {
			now := tx.Now()
			doc, err := json.Marshal(map[string]any{
				"reason": target.because(""), "requestedBy": auth.From(ctx).Name, "requestedAt": stamp(now),
				"source": "USER", "shouldCompensate": compensate,
			})
			return repository.Values{"completed_at": now, "cancellation": scalar.JSON(doc)}, err
		},
		after: func(ctx context.Context, tx *repository.Tx, run *model.WorkflowInstance) error {
			return tx.CancelOpen(ctx, run.UUID)
		},
	})
}

// Retry lets a failed instance run again from the step it failed at.
func (w *Workflows) Retry(ctx context.Context, target Target) (*model.WorkflowInstance, error) {
	return move(ctx, w.Writer, runs, target, runRetry.with(func(_ context.Context, _ *repository.Tx, run *model.WorkflowInstance) (repository.Values, error) {
		values := repository.Values{"completed_at": nil, "error": nil}
		return values, resume(values, run)
	}))
}

// resume sets an instance back to the step it failed at. A state whose shape is
// not ours stays as it is; the step is kept in its column then.
func resume(values repository.Values, run *model.WorkflowInstance) error {
	state, err := open("workflow_instances", "state", run.StateJSON)
	if err != nil {
		return err
	}
	if run.ErrorJSON != nil {
		if err := state.set("lastError", run.ErrorJSON); err != nil {
			return err
		}
	}
	if failed := run.Error(); failed != nil && failed.FailedStepID != nil {
		values["current_step_id"] = *failed.FailedStepID
		if err := state.reopen(*failed.FailedStepID); err != nil {
			return err
		}
	}
	doc, err := state.json()
	if err == nil && len(jsonschema.Validate("workflow_instances", "state", doc)) == 0 {
		values["state"] = doc
	}
	return err
}

// reopen makes a step the current one and due again.
func (d document) reopen(stepID string) error {
	if err := d.set("currentStepId", stepID); err != nil {
		return err
	}
	var steps map[string]document
	if json.Unmarshal(d["steps"], &steps) != nil || steps[stepID] == nil {
		return nil
	}
	for key, value := range map[string]any{"status": "PENDING", "error": nil, "completedAt": nil} {
		if err := steps[stepID].set(key, value); err != nil {
			return err
		}
	}
	return d.set("steps", steps)
}

// Rerun starts anew what has ended, on the version that is active now.
func (w *Workflows) Rerun(ctx context.Context, target Target, instanceID *string) (*model.WorkflowInstance, error) {
	if len([]rune(target.Reason)) > maxReason {
		return nil, sentence(target.Reason)
	}
	return repository.Once(ctx, w.Writer, repository.WorkflowInstances, target.because("rerun"), func(ctx context.Context, tx *repository.Tx) (*model.WorkflowInstance, error) {
		run, err := repository.Lock(ctx, tx, repository.WorkflowInstances, target.ID, target.Expected)
		if err != nil {
			return nil, err
		}
		definition, err := successor(ctx, tx, run)
		if err != nil {
			return nil, err
		}
		return begin(ctx, tx, definition, Start{Input: run.Input, InstanceID: instanceID, CorrelationID: run.CorrelationID}, &run.UUID)
	})
}

// successor is the active version of the workflow that an ended instance ran.
func successor(ctx context.Context, tx *repository.Tx, run *model.WorkflowInstance) (*model.WorkflowDefinition, error) {
	if err := over(run); err != nil {
		return nil, err
	}
	key := *run.WorkflowDefinitionID
	found, err := repository.ByKeys(ctx, tx.Store, repository.WorkflowDefinitions, repository.Relation{}, startColumns, []any{key})
	if err != nil {
		return nil, err
	}
	definition, err := activeVersion(ctx, tx, found[key].WorkflowID)
	var f *fault.Fault
	if errors.As(err, &f) {
		return nil, f.At("") // the input has no workflowId
	}
	return definition, err
}

// over refuses to run again what has not ended, or what nobody knows.
func over(run *model.WorkflowInstance) error {
	if !run.Terminal() {
		return fault.Errorf(fault.Conflict, "the instance is %s", run.Status).Hint("cancel it first, or wait until it ends").
			With("currentRevision", run.Revision)
	}
	if run.WorkflowDefinitionID == nil {
		return fault.Errorf(fault.Conflict, "it is not known which workflow the instance ran").Hint("start the workflow by its workflowId")
	}
	return nil
}
