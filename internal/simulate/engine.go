package simulate

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// state is the state of a simulated run, which nobody else writes.
type state struct {
	Variables scalar.JSON           `json:"variables,omitempty"`
	Current   string                `json:"currentStepId,omitempty"`
	Wait      string                `json:"currentWaitStep,omitempty"`
	Waiting   *waiting              `json:"waitingForEvent,omitempty"`
	Steps     map[string]*stepState `json:"steps,omitempty"`
	LastError json.RawMessage       `json:"lastError,omitempty"`
}

type waiting struct {
	Pattern string    `json:"eventPattern"`
	Since   time.Time `json:"since"`
}

type stepState struct {
	Status    string          `json:"status"`
	Output    scalar.JSON     `json:"output,omitempty"`
	Error     json.RawMessage `json:"error,omitempty"`
	Started   *time.Time      `json:"startedAt,omitempty"`
	Completed *time.Time      `json:"completedAt,omitempty"`
	Attempts  int             `json:"attempts,omitempty"`
}

// advance makes one move in a run: the step it is at decides which.
func (s *Simulator) advance(ctx context.Context, run *model.WorkflowInstance) error {
	if run.WorkflowDefinitionID == nil || run.CurrentStepID == nil {
		return s.change(ctx, run, "completed", (*lead).complete)
	}
	p, err := s.plan(ctx, *run.WorkflowDefinitionID)
	if err != nil || p == nil {
		return err
	}
	at := p.steps[*run.CurrentStepID]
	switch {
	case at == nil:
		return s.change(ctx, run, "completed", (*lead).complete)
	case at.Pattern != "" && run.Status == model.WorkflowInstanceRunning:
		return s.change(ctx, run, "waits for "+at.Pattern, func(l *lead) error { return l.wait(at) })
	case at.TaskID == "":
		return s.change(ctx, run, "step "+at.ID+" passed", func(l *lead) error { return l.pass(ctx, p, at, nil) })
	}
	task, err := s.task(ctx, run, at)
	switch {
	case err != nil:
		return err
	case task == nil:
		return s.change(ctx, run, "step "+at.ID+" began", func(l *lead) error { return l.open(ctx, at) })
	case task.Status == model.TaskInstanceCompleted:
		return s.change(ctx, run, "step "+at.ID+" completed", func(l *lead) error { return l.pass(ctx, p, at, task.Output) })
	case task.Terminal():
		return s.afterFailure(ctx, run, task)
	}
	return s.work(ctx, task)
}

// task is the newest execution of a step.
func (s *Simulator) task(ctx context.Context, run *model.WorkflowInstance, at *step) (*model.TaskInstance, error) {
	id := run.ID()
	rows, err := repository.List(ctx, s.Writer.Store, repository.TaskInstances, repository.ListQuery{
		Name: "simulated", Columns: repository.TaskInstances.Columns(), Order: "CREATED_AT_DESC", Page: page.Request{Size: 1},
		Where: &model.TaskInstanceWhere{WorkflowInstanceID: &model.IDFilter{Eq: &id}, StepID: &model.StringFilter{Eq: &at.ID}},
	})
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	return rows[0], nil
}

// lead is a run while a move leads it on, inside the transaction of the move.
type lead struct {
	tx     *repository.Tx
	run    *model.WorkflowInstance
	state  state
	values repository.Values
}

// change makes a move of a run in one transaction.
func (s *Simulator) change(ctx context.Context, run *model.WorkflowInstance, reason string, move func(*lead) error) error {
	return s.Writer.Do(ctx, reason, func(ctx context.Context, tx *repository.Tx) error {
		locked, err := repository.Lock(ctx, tx, repository.WorkflowInstances, run.UUID, &run.Revision)
		if err != nil {
			return err
		}
		l := &lead{tx: tx, run: locked, values: repository.Values{}}
		if len(locked.StateJSON) > 0 {
			if err := json.Unmarshal(locked.StateJSON, &l.state); err != nil {
				return fmt.Errorf("state of a run: %w", err)
			}
		}
		if l.state.Steps == nil {
			l.state.Steps = map[string]*stepState{}
		}
		if err := move(l); err != nil {
			return err
		}
		text, err := json.Marshal(l.state)
		if err != nil {
			return fmt.Errorf("state of a run: %w", err)
		}
		l.values["state"] = scalar.JSON(text)
		_, err = repository.Update(ctx, tx, repository.WorkflowInstances, run.UUID, nil, l.values)
		return err
	})
}

// enter makes a step the current one.
func (l *lead) enter(id string) *stepState {
	now := l.tx.Now().UTC().Truncate(time.Millisecond)
	at := l.state.Steps[id]
	if at == nil || at.Status == "COMPLETED" {
		at = &stepState{Started: &now}
		l.state.Steps[id] = at
	}
	at.Status, at.Attempts, at.Error, at.Completed = "RUNNING", at.Attempts+1, nil, nil
	l.state.Current, l.values["current_step_id"] = id, id
	return at
}

// open enters a step with a new task.
func (l *lead) open(ctx context.Context, at *step) error {
	l.enter(at.ID)
	definition, err := repository.ByBusinessKey(ctx, l.tx.Store, repository.TaskDefinitions, repository.TaskDefinitions.Columns(), at.TaskID, "")
	if err != nil {
		return err
	}
	if definition == nil {
		l.fail("The task " + at.TaskID + " has no active version")
		return nil
	}
	about := (&model.TaskInstance{Input: l.run.Input}).InputSummary()
	row := repository.Values{
		"task_instance_id": "", "task_definition_id": definition.UUID, "workflow_instance_id": l.run.UUID,
		"workflow_definition_id": *l.run.WorkflowDefinitionID, "step_id": at.ID, "type": string(definition.Type),
		"input": l.run.Input, "priority": priorities[rand.IntN(len(priorities))], "task_reference": about,
	}
	if definition.Type == "MANUAL" {
		due := l.tx.Now().Add(time.Duration(1+rand.IntN(48)) * time.Hour)
		row["assignee"], row["assignee_type"], row["due_at"] = roleOf(definition), string(model.AssigneeRole), due
	} else {
		row["executor_id"] = "simulation"
	}
	_, err = repository.Insert(ctx, l.tx, repository.TaskInstances, row)
	return err
}

// pass completes a step and goes on to the next at which somebody has something
// to do, or to the end.
func (l *lead) pass(ctx context.Context, p *plan, at *step, output scalar.JSON) error {
	for range 50 { // a definition may lead round in a circle
		done := l.state.Steps[at.ID]
		if done == nil {
			done = l.enter(at.ID)
		}
		now := l.tx.Now().UTC().Truncate(time.Millisecond)
		done.Status, done.Output, done.Completed = "COMPLETED", output, &now
		l.state.Wait, l.state.Waiting = "", nil
		if l.run.Status == model.WorkflowInstanceWaitingForEvent {
			l.values["status"] = string(model.WorkflowInstanceRunning)
		}
		next := p.steps[at.onward()]
		switch {
		case next == nil:
			return l.complete()
		case next.TaskID != "":
			return l.open(ctx, next)
		}
		if l.enter(next.ID); !next.passes() {
			return nil
		}
		at, output = next, nil
	}
	return nil
}

func (l *lead) wait(at *step) error {
	now := l.tx.Now().UTC().Truncate(time.Millisecond)
	l.enter(at.ID).Status = "WAITING"
	l.state.Wait, l.state.Waiting = at.ID, &waiting{at.Pattern, now}
	l.values["status"] = string(model.WorkflowInstanceWaitingForEvent)
	return nil
}

func (l *lead) complete() error {
	l.values["status"], l.values["completed_at"] = string(model.WorkflowInstanceCompleted), l.tx.Now()
	l.values["output"] = scalar.JSON(`{"result":"done"}`)
	return nil
}

// fail ends the run at its current step.
func (l *lead) fail(message string) {
	doc, err := json.Marshal(map[string]any{
		"message": message, "code": "STEP_FAILED", "category": "TRANSIENT", "retriable": true,
		"failedStepId": l.state.Current, "timestamp": l.tx.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	})
	if err != nil {
		panic(err) // a map of texts is always JSON
	}
	if at := l.state.Steps[l.state.Current]; at != nil {
		at.Status, at.Error = "FAILED", doc
	}
	l.values["status"], l.values["completed_at"], l.values["error"] = string(model.WorkflowInstanceFailed), l.tx.Now(), scalar.JSON(doc)
}

// letter keeps an event that could not be delivered. A few are enough.
func (s *Simulator) letter(ctx context.Context, task *model.TaskInstance, trouble trouble) error {
	open, err := s.Writer.Store.Count(ctx, repository.DeadLetters.Descriptor, lettersWhere(model.DeadLetterPending))
	if err != nil || open.Total >= openLetters {
		return err
	}
	event := prefix + "evt-" + uuid.NewString()
	doc, err := json.Marshal(map[string]any{
		"eventId": event, "pattern": "task.instance.failed", "version": "1.0.0",
		"source":  map[string]any{"type": "task", "id": task.ID(), "name": task.StepID},
		"payload": map[string]any{"stepId": task.StepID, "reference": task.TaskReference}, "metadata": map[string]any{},
		"timestamp": time.Now().UTC().Format("2006-01-02T15:04:05.000Z07:00"),
	})
	if err != nil {
		return err
	}
	return s.Writer.Do(ctx, "could not be delivered", func(ctx context.Context, tx *repository.Tx) error {
		_, err := repository.Insert(ctx, tx, repository.DeadLetters, repository.Values{
			"entry_id": prefix + "dead-" + uuid.NewString(), "event_id": event, "subscriber_id": trouble.system, "original_event": scalar.JSON(doc),
			"error_message": trouble.message, "error_type": trouble.kind, "error_code": trouble.code, "retry_count": 5,
		})
		return err
	})
}
