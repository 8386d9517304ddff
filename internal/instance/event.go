package instance

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// What events do to instances. Each function is a part of the caller's
// transaction.

// CheckInput holds the input of a start against the schema of its definition.
// Violations point below /input.
func CheckInput(definition *model.WorkflowDefinition, input scalar.JSON) error {
	if err := fits("workflow_instances", "input", input, "/input"); err != nil {
		return err
	}
	return satisfies(definition.InputSchema, input, "/input")
}

// Begin starts an instance of a definition because a trigger fired.
func Begin(ctx context.Context, tx *repository.Tx, definition *model.WorkflowDefinition, s Start) (*model.WorkflowInstance, error) {
	return begin(ctx, tx, definition, s, nil)
}

// CancelFor cancels open instances because of an event and says how many there
// were.
func CancelFor(ctx context.Context, tx *repository.Tx, event *model.EventInstance, reason string, compensate bool, ids []uuid.UUID) (int, error) {
	doc, err := json.Marshal(map[string]any{
		"reason": reason, "requestedBy": auth.From(ctx).Name, "requestedAt": stamp(tx.Now()),
		"source": "EVENT", "eventId": event.EventID, "shouldCompensate": compensate,
	})
	if err != nil {
		return 0, fmt.Errorf("cancellation: %w", err)
	}
	return tx.CancelRuns(ctx, ids, doc)
}

// Resume ends waits with the event they waited for and lets their instances run
// on: the wait's step gets its output, the variables what the step maps from the
// payload. It answers the waits it ended; others were quicker with the rest.
func Resume(ctx context.Context, tx *repository.Tx, event *model.EventInstance, waiters []*repository.Waiter) ([]*repository.Waiter, error) {
	return conclude(ctx, tx, waiters, model.SubscriptionFulfilled, &event.UUID, func(ctx context.Context, w *repository.Waiter, step model.WorkflowStep, run *repository.RunChange, state document) error {
		output, mapped, err := outputOf(ctx, event, step)
		if err != nil {
			return err
		}
		if len(mapped) > 0 {
			variables := map[string]json.RawMessage{}
			_ = json.Unmarshal(state["variables"], &variables) // what is no object has no variables
			maps.Copy(variables, mapped)
			if err := state.set("variables", variables); err != nil {
				return err
			}
		}
		run.Status = model.WorkflowInstanceRunning
		return state.finish(w.Wait.WaitStepID, map[string]any{"status": "COMPLETED", "output": output, "completedAt": stamp(tx.Now())})
	})
}

// Expire ends waits whose time is over. The instance goes on at the step that
// handles it, or fails. The caller has locked the instances.
func Expire(ctx context.Context, tx *repository.Tx, waiters []*repository.Waiter) error {
	now := stamp(tx.Now())
	var over []*repository.Waiter // of instances that have ended and left it behind
	waiters = slices.DeleteFunc(slices.Clone(waiters), func(w *repository.Waiter) bool {
		if w.Run.Terminal() {
			over = append(over, w)
		}
		return w.Run.Terminal()
	})
	if _, err := tx.EndWaits(ctx, collect(over, func(w *repository.Waiter) uuid.UUID { return w.Wait.UUID }), model.SubscriptionExpired, nil); err != nil {
		return err
	}
	var failed []uuid.UUID
	_, err := conclude(ctx, tx, waiters, model.SubscriptionExpired, nil, func(_ context.Context, w *repository.Waiter, _ model.WorkflowStep, run *repository.RunChange, state document) error {
		cause := map[string]any{
			"message":  fmt.Sprintf("no event %s came in time", w.Wait.EventPattern),
			"category": "TIMEOUT", "code": "EVENT_TIMEOUT", "timestamp": now, "retriable": true, "failedStepId": w.Wait.WaitStepID,
		}
		if err := state.finish(w.Wait.WaitStepID, map[string]any{"status": "FAILED", "error": cause, "completedAt": now}); err != nil {
			return err
		}
		if handler := w.Wait.TimeoutHandlerStepID; handler != nil {
			run.Status, run.StepID = model.WorkflowInstanceRunning, handler
			return state.set("currentStepId", *handler)
		}
		doc, err := json.Marshal(cause)
		run.Status, run.Error, run.Ended = model.WorkflowInstanceFailed, doc, true
		failed = append(failed, run.ID)
		return err
	})
	if err != nil || len(failed) == 0 {
		return err
	}
	return tx.CancelWaits(ctx, failed)
}

// conclude ends waits and changes their instances, however many there are, with
// the same few statements. The instances are locked before their waits, as a
// cancellation does.
func conclude(ctx context.Context, tx *repository.Tx, waiters []*repository.Waiter, to model.WorkflowEventSubscriptionStatus, event *uuid.UUID,
	change func(context.Context, *repository.Waiter, model.WorkflowStep, *repository.RunChange, document) error,
) ([]*repository.Waiter, error) {
	if len(waiters) == 0 {
		return nil, nil
	}
	runs, err := tx.LockRuns(ctx, collect(waiters, func(w *repository.Waiter) uuid.UUID { return w.Run.UUID }))
	if err != nil {
		return nil, err
	}
	waiters = slices.DeleteFunc(slices.Clone(waiters), func(w *repository.Waiter) bool {
		return runs[w.Run.UUID] == nil || runs[w.Run.UUID].Terminal()
	})
	ended, err := tx.EndWaits(ctx, collect(waiters, func(w *repository.Waiter) uuid.UUID { return w.Wait.UUID }), to, event)
	if err != nil {
		return nil, err
	}
	waiters = slices.DeleteFunc(waiters, func(w *repository.Waiter) bool { return !ended[w.Wait.UUID] })
	if len(waiters) == 0 {
		return nil, nil
	}
	steps, err := stepsOf(ctx, tx, runs)
	if err != nil {
		return nil, err
	}
	changes, err := changed(ctx, waiters, runs, steps, change)
	if err != nil {
		return nil, err
	}
	return waiters, tx.ChangeRuns(ctx, changes)
}

func collect[T any](list []*T, id func(*T) uuid.UUID) []uuid.UUID {
	ids := make([]uuid.UUID, 0, len(list))
	for _, one := range list {
		ids = append(ids, id(one))
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return strings.Compare(string(a[:]), string(b[:])) })
	return slices.Compact(ids)
}

// stepsOf reads the definitions that instances run on.
func stepsOf(ctx context.Context, tx *repository.Tx, runs map[uuid.UUID]*model.WorkflowInstance) (map[any]*model.WorkflowDefinition, error) {
	var keys []any
	for _, run := range runs {
		if id := run.WorkflowDefinitionID; id != nil && !slices.Contains(keys, any(*id)) {
			keys = append(keys, *id)
		}
	}
	if len(keys) == 0 {
		return nil, nil
	}
	return repository.ByKeys(ctx, tx.Store, repository.WorkflowDefinitions, repository.Relation{}, []string{"steps"}, keys)
}

// changed applies every wait to its instance; an instance may have had several.
// A state whose shape is not ours stays as it is.
func changed(ctx context.Context, waiters []*repository.Waiter, runs map[uuid.UUID]*model.WorkflowInstance, definitions map[any]*model.WorkflowDefinition,
	change func(context.Context, *repository.Waiter, model.WorkflowStep, *repository.RunChange, document) error,
) ([]repository.RunChange, error) {
	byRun, order := map[uuid.UUID]*repository.RunChange{}, []uuid.UUID{}
	for _, w := range waiters {
		run := runs[w.Run.UUID]
		c := byRun[run.UUID]
		if c == nil {
			c = &repository.RunChange{ID: run.UUID, StepID: run.CurrentStepID, State: run.StateJSON}
			byRun[run.UUID], order = c, append(order, run.UUID)
		}
		state, err := open("workflow_instances", "state", c.State)
		if err != nil {
			return nil, err
		}
		var step model.WorkflowStep
		if run.WorkflowDefinitionID != nil && definitions[*run.WorkflowDefinitionID] != nil {
			step = definitions[*run.WorkflowDefinitionID].Step(w.Wait.WaitStepID)
		}
		if err := change(ctx, w, step, c, state); err != nil {
			return nil, err
		}
		doc, err := state.json()
		if err != nil {
			return nil, err
		}
		if len(jsonschema.Validate("workflow_instances", "state", doc)) == 0 {
			c.State = doc
		}
	}
	changes := make([]repository.RunChange, len(order))
	for i, id := range order {
		changes[i] = *byRun[id]
	}
	return changes, nil
}

// finish writes what became of a wait's step, and that nothing is waited for
// there any more.
func (d document) finish(stepID string, facts map[string]any) error {
	var steps map[string]document
	if json.Unmarshal(d["steps"], &steps) != nil || steps == nil {
		steps = map[string]document{}
	}
	if steps[stepID] == nil {
		steps[stepID] = document{}
	}
	for key, value := range facts {
		if err := steps[stepID].set(key, value); err != nil {
			return err
		}
	}
	var waits string
	if json.Unmarshal(d["currentWaitStep"], &waits) != nil || waits == stepID {
		delete(d, "currentWaitStep")
		delete(d, "waitingForEvent")
	}
	return d.set("steps", steps)
}

// outputOf is what a wait's step has of the event: what it maps, else the whole
// payload.
func outputOf(ctx context.Context, event *model.EventInstance, step model.WorkflowStep) (output any, mapped map[string]json.RawMessage, err error) {
	wait, ok := step.(*model.EventWaitStep)
	if !ok || len(wait.EventPayloadMapping()) == 0 {
		return event.Payload, nil, nil
	}
	payload, err := expression.Decode(event.Payload)
	if err != nil {
		return nil, nil, fmt.Errorf("payload of %s: %w", event.EventID, err)
	}
	var paths map[string]string
	if json.Unmarshal(wait.EventPayloadMapping(), &paths) != nil {
		return event.Payload, nil, nil // a mapping in a form nobody can read maps nothing
	}
	env := expression.Trigger.Env(map[string]any{"event": map[string]any{"payload": payload}})
	mapped = map[string]json.RawMessage{}
	for variable, path := range paths {
		value, err := payloadPath(ctx, env, path)
		if _, missing := value.(expression.Undefined); missing || err != nil {
			continue // as a mapping of a trigger, it leaves out what is not there
		}
		if mapped[variable], err = json.Marshal(value); err != nil {
			return nil, nil, fmt.Errorf("%s: %w", variable, err)
		}
	}
	return mapped, mapped, nil
}

// payloadPath follows a path that begins in the payload, or at the event.
func payloadPath(ctx context.Context, env expression.Env, path string) (any, error) {
	if first, _, _ := strings.Cut(path, "."); !slices.Contains(expression.Trigger.Roots(), first) {
		path = "event.payload." + path
	}
	program, err := expression.Parse(path)
	if err != nil {
		return nil, err
	}
	return program.Eval(ctx, env)
}
