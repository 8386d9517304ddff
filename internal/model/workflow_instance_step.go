package model

import (
	"io"
	"slices"
	"sync"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/google/uuid"
)

// WorkflowInstanceStep is a step of a running workflow: what the definition
// says of it together with what became of it. Instance is the execution it
// belongs to.
type WorkflowInstanceStep struct {
	Instance     uuid.UUID
	StepID       string
	Name         *string
	ParentStepID *string
	Status       StepStatus
	StartedAt    *time.Time
	CompletedAt  *time.Time
	Attempts     int
	Input        scalar.JSON
	Output       scalar.JSON
	Error        *ErrorInfo

	outline *Outline
}

// Outline are the steps of a version of a workflow as its executions share
// them. They are read once; in full when the first is asked for, since most
// lists only show names. The zero Outline is of a version that was lost.
type Outline struct {
	of    *WorkflowDefinition
	steps []definedStep
	once  sync.Once
	index *stepIndex
}

// NewOutline reads the steps of a version.
func NewOutline(of *WorkflowDefinition) *Outline {
	return &Outline{of: of, steps: flattenSteps(of.StepsJSON, nil)}
}

func (o *Outline) read() *stepIndex {
	o.once.Do(func() {
		o.index = &stepIndex{}
		if o.of != nil {
			o.index, _ = newStepIndex(o.of.UUID, o.of.StepsJSON)
		}
	})
	return o.index
}

// Step is the step of that name, nil when there is none.
func (o *Outline) Step(id string) WorkflowStep { return o.read().byID[id] }

// WaysOn are the transitions from a step, in the order they are tried.
func (o *Outline) WaysOn(id string) []*StepTransition {
	ways := []*StepTransition{}
	if step := o.Step(id); step != nil {
		for i := range step.base().Next {
			ways = append(ways, &step.base().Next[i])
		}
	}
	return ways
}

// Definition is the step as the definition has it, nil when it has none.
func (s *WorkflowInstanceStep) Definition() WorkflowStep { return s.outline.Step(s.StepID) }

// DurationMs is the time from start to end, nil until the step ended.
func (s *WorkflowInstanceStep) DurationMs() *int64 { return between(s.StartedAt, s.CompletedAt) }

// WorkflowProgress is how far an execution is.
type WorkflowProgress struct {
	Completed int
	Total     int
	Steps     []*WorkflowInstanceStep
}

// Progress counts the steps that are done.
func Progress(steps []*WorkflowInstanceStep) *WorkflowProgress {
	p := &WorkflowProgress{Total: len(steps), Steps: steps}
	for _, s := range steps {
		if s.Status == StepCompleted {
			p.Completed++
		}
	}
	return p
}

// InstanceSteps are the steps of an execution: those of its version in document
// order, then any that only its state knows, as of a version that was lost.
func InstanceSteps(w *WorkflowInstance, outline *Outline) []*WorkflowInstanceStep {
	run := readRun(w, outline)
	steps := make([]*WorkflowInstanceStep, 0, len(outline.steps))
	known := make(map[string]bool, len(outline.steps))
	for _, d := range outline.steps {
		if !known[d.id] {
			known[d.id] = true
			steps = append(steps, run.step(d))
		}
	}
	for _, id := range run.executed() {
		if !known[id] {
			steps = append(steps, run.step(definedStep{id: id}))
		}
	}
	return steps
}

// definedStep is what a definition says of a step as far as a list shows it.
type definedStep struct {
	id     string
	name   *string
	parent *string
}

// flattenSteps lists steps in document order, those of a branch behind the
// step that opens it.
func flattenSteps(doc scalar.JSON, parent *string) (steps []definedStep) {
	for _, element := range parseList(doc) {
		d := parseDocument(element)
		id := d.text("stepId")
		if id == nil {
			continue
		}
		steps = append(steps, definedStep{*id, d.text("name"), parent})
		for _, branch := range parseList(d.part("parallelBranches", "branches")) {
			steps = append(steps, flattenSteps(parseDocument(branch).part("steps"), id)...)
		}
	}
	return steps
}

// run is what the state of an execution says about its steps.
type run struct {
	of      *WorkflowInstance
	state   document
	states  document // by step id
	outputs document // by step id, as older programs kept them
	failed  *ErrorInfo
	outline *Outline
}

func readRun(w *WorkflowInstance, outline *Outline) run {
	state := parseDocument(w.StateJSON)
	return run{w, state, state.object("steps"), state.object("stepOutputs"), w.Error(), outline}
}

// executed are the steps that the state mentions.
func (r run) executed() []string {
	var ids []string
	for id := range r.states {
		ids = append(ids, id)
	}
	for id := range r.outputs {
		if _, twice := r.states[id]; !twice {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

func (r run) step(defined definedStep) *WorkflowInstanceStep {
	s := &WorkflowInstanceStep{
		Instance: r.of.UUID, StepID: defined.id, Name: defined.name, ParentStepID: defined.parent, outline: r.outline,
	}
	d := r.states.object(defined.id)
	if d == nil {
		s.Output = r.outputs.part(defined.id)
		s.Status = r.inferred(defined.id, s.Output != nil)
		return s
	}
	s.Status = parseStepStatus(textOr(d.text("status"), ""))
	s.StartedAt, s.CompletedAt = d.moment("startedAt"), d.moment("completedAt")
	s.Input, s.Output, s.Error = d.part("input"), d.part("output"), parseError(d.part("error"))
	if n := d.whole("attempts"); n != nil {
		s.Attempts = *n
	}
	return s
}

// inferred is the status of a step the state has no entry for.
func (r run) inferred(id string, hasOutput bool) StepStatus {
	current := textOr(r.of.CurrentStepID, textOr(r.state.text("currentStepId"), ""))
	switch {
	case hasOutput:
		return StepCompleted
	case r.failed != nil && textOr(r.failed.FailedStepID, current) == id && r.of.Status == WorkflowInstanceFailed:
		return StepFailed
	case r.of.Status == WorkflowInstanceWaitingForEvent && textOr(r.state.text("currentWaitStep"), current) == id:
		return StepWaiting
	case r.of.Status == WorkflowInstanceRunning && current == id:
		return StepRunning
	}
	return StepNotStarted
}

// StepStatus is what became of a step. The states of steps are written by the
// engine; a word we do not know is StepUnknown.
type StepStatus string

// What becomes of steps.
const (
	StepNotStarted  StepStatus = "NOT_STARTED"
	StepPending     StepStatus = "PENDING"
	StepRunning     StepStatus = "RUNNING"
	StepWaiting     StepStatus = "WAITING"
	StepCompleted   StepStatus = "COMPLETED"
	StepFailed      StepStatus = "FAILED"
	StepSkipped     StepStatus = "SKIPPED"
	StepCancelled   StepStatus = "CANCELLED"
	StepCompensated StepStatus = "COMPENSATED"
	StepUnknown     StepStatus = "UNKNOWN"
)

// Values implements Enum.
func (StepStatus) Values() []string {
	return []string{"NOT_STARTED", "PENDING", "RUNNING", "WAITING", "COMPLETED", "FAILED", "SKIPPED", "CANCELLED", "COMPENSATED", "UNKNOWN"}
}

// MarshalGQL writes the GraphQL spelling.
func (s StepStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *StepStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

func parseStepStatus(text string) StepStatus {
	if slices.Contains(StepUnknown.Values(), SpellEnum(text)) {
		return StepStatus(SpellEnum(text))
	}
	return StepUnknown
}
