package model

import (
	"cmp"
	"slices"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/google/uuid"
)

// WorkflowStep is one step of a process; its Go type tells the kind.
type WorkflowStep interface{ base() *Step }

// Step is what every kind of step has.
type Step struct {
	StepID      string           `json:"stepId"`
	Type        WorkflowStepType `json:"-"`
	Name        *string          `json:"name"`
	Description *string          `json:"description"`
	TaskID      *string          `json:"taskId"`
	TaskVersion *string          `json:"taskVersion"`
	Input       scalar.JSON      `json:"input"`
	Path        string           `json:"-"`
	Next        []StepTransition `json:"-"`
	Branches    []StepBranch     `json:"-"`
	Raw         scalar.JSON      `json:"-"`

	source uuid.UUID
	doc    stepDocument
}

func (s *Step) base() *Step { return s }

// TaskPlace is where the step names its task.
func (s *Step) TaskPlace() Place { return Place{WorkflowTasks, s.source, s.Path + "/taskId"} }

// Timeout is how long the step may take.
func (s *Step) Timeout() *scalar.Duration { return s.doc.Timeout.Duration }

// RetryPolicy is how the step is tried again.
func (s *Step) RetryPolicy() *RetryPolicy { return parseStepRetry(s.doc.RetryPolicy) }

// OnFailure is what happens when it failed for good.
func (s *Step) OnFailure() *StepFailurePolicy {
	f := s.doc.OnFailure
	if f == nil {
		return nil
	}
	return &StepFailurePolicy{
		Action: f.Action, NextStepID: f.NextStepID, HandlerStepID: f.HandlerStepID,
		Routes: f.ErrorHandler.Conditions, InputMapping: f.InputMapping,
	}
}

// The kinds of step. Each adds what only it has.
type (
	// TaskStep executes a task definition.
	TaskStep struct{ Step }
	// HumanTaskStep waits for a person.
	HumanTaskStep struct{ Step }
	// EventWaitStep waits for an event.
	EventWaitStep struct{ Step }
	// DecisionStep chooses the way on.
	DecisionStep struct{ Step }
	// ParallelStep runs branches side by side.
	ParallelStep struct{ Step }
	// DelayedTaskStep executes a task definition after a pause.
	DelayedTaskStep struct{ Step }
	// BoundaryStep begins or ends the process, or passes control on.
	BoundaryStep struct{ Step }
)

// OutputMapping fills workflow variables from the task's output.
func (s *TaskStep) OutputMapping() scalar.JSON { return s.doc.OutputMapping }

// AssigneeRole is the role that may take the task.
func (s *HumanTaskStep) AssigneeRole() *string { return s.doc.TaskDefinition.AssigneeRole }

// TaskForm names the component shown to the person.
func (s *HumanTaskStep) TaskForm() *string { return s.doc.TaskDefinition.TaskForm }

// FormPlace is where the step names that component.
func (s *HumanTaskStep) FormPlace() Place {
	return Place{WorkflowUIComponents, s.source, s.Path + "/taskDefinition/taskForm"}
}

// Priority is the urgency of the task.
func (s *HumanTaskStep) Priority() *string { return s.doc.TaskDefinition.Priority }

// DueIn is the time the person has.
func (s *HumanTaskStep) DueIn() *scalar.Duration { return s.doc.TaskDefinition.DueIn.Duration }

// EventPattern is what ends the waiting.
func (s *EventWaitStep) EventPattern() *string { return s.doc.EventPattern }

// EventCondition is what the event must satisfy as well.
func (s *EventWaitStep) EventCondition() *string { return s.doc.EventCondition }

// EventTimeout is how long it waits at most.
func (s *EventWaitStep) EventTimeout() *scalar.Duration { return s.doc.EventTimeout.Duration.Duration }

// TimeoutHandlerStepID is the step taken when no event came in time.
func (s *EventWaitStep) TimeoutHandlerStepID() *string {
	return s.doc.EventTimeout.TimeoutHandlerStepID
}

// EventPayloadMapping fills workflow variables from the event.
func (s *EventWaitStep) EventPayloadMapping() scalar.JSON { return s.doc.EventPayloadMapping }

// Join is when the branches count as done; all of them unless the step says
// otherwise.
func (s *ParallelStep) Join() *StepJoin {
	join := s.doc.Join
	join.Type = cmp.Or(join.Type, "all")
	return &join
}

// Delay is the length of the pause.
func (s *DelayedTaskStep) Delay() *scalar.Duration { return s.doc.Delay.Duration }

// StepTransition is a way from a step to another.
type StepTransition struct {
	StepID    string
	Condition *string
	Outcome   *string
	IsDefault bool

	steps *stepIndex
}

// Target is the step it leads to, nil when there is none of that name.
func (t *StepTransition) Target() WorkflowStep { return t.steps.byID[t.StepID] }

// StepBranch is one strand of a parallel step.
type StepBranch struct {
	BranchID string
	Steps    []WorkflowStep
}

// StepJoin is when parallel branches count as done.
type StepJoin struct {
	Type         string `json:"type"`
	Count        *int   `json:"count"`
	CancelOthers bool   `json:"cancelOthers"`
}

// StepFailurePolicy is what happens when a step failed for good.
type StepFailurePolicy struct {
	Action        *string
	NextStepID    *string
	HandlerStepID *string
	Routes        []StepErrorRoute
	InputMapping  scalar.JSON
}

// StepErrorRoute is where a kind of error leads.
type StepErrorRoute struct {
	ErrorType *string `json:"errorType"`
	ErrorCode *string `json:"errorCode"`
	StepID    string  `json:"nextStepId"`
}

// stepDocument is what a stored step has beyond Step, of all kinds.
type stepDocument struct {
	Type        string            `json:"type"`
	Next        []nextDocument    `json:"next"`
	Transitions map[string]string `json:"transitions"`
	Branches    []branchDocument  `json:"parallelBranches"`
	Join        StepJoin          `json:"join"`
	RetryPolicy scalar.JSON       `json:"retryPolicy"`
	Timeout     span              `json:"timeout"`
	Delay       span              `json:"delay"`
	OnFailure   *struct {
		Action        *string `json:"action"`
		NextStepID    *string `json:"nextStepId"`
		HandlerStepID *string `json:"handlerStepId"`
		ErrorHandler  struct {
			Conditions []StepErrorRoute `json:"conditions"`
		} `json:"errorHandler"`
		InputMapping scalar.JSON `json:"inputMapping"`
	} `json:"onFailure"`
	EventPattern   *string `json:"eventPattern"`
	EventCondition *string `json:"eventCondition"`
	EventTimeout   struct {
		Duration             span    `json:"duration"`
		TimeoutHandlerStepID *string `json:"timeoutHandlerStepId"`
	} `json:"eventTimeout"`
	EventPayloadMapping scalar.JSON `json:"eventPayloadMapping"`
	TaskDefinition      struct {
		AssigneeRole *string `json:"assigneeRole"`
		TaskForm     *string `json:"taskForm"`
		Priority     *string `json:"priority"`
		DueIn        span    `json:"dueIn"`
	} `json:"taskDefinition"`
	OutputMapping scalar.JSON `json:"outputMapping"`
}

type nextDocument struct {
	NextStepID string  `json:"nextStepId"`
	Condition  *string `json:"condition"`
}

type branchDocument struct {
	BranchID string        `json:"branchId"`
	Steps    []scalar.JSON `json:"steps"`
}

// stepIndex holds all steps of a definition, those of branches included.
type stepIndex struct {
	source uuid.UUID
	byID   map[string]WorkflowStep
	all    []*Step // in document order
}

// newStepIndex reads the steps of a definition.
func newStepIndex(source uuid.UUID, doc scalar.JSON) (*stepIndex, []WorkflowStep) {
	x := &stepIndex{source: source, byID: map[string]WorkflowStep{}}
	return x, x.read(decode[[]scalar.JSON](doc), "/steps")
}

func (x *stepIndex) read(docs []scalar.JSON, path string) []WorkflowStep {
	steps := make([]WorkflowStep, len(docs))
	for i, doc := range docs {
		steps[i] = x.step(doc, at(path, i))
	}
	return steps
}

func (x *stepIndex) step(raw scalar.JSON, path string) WorkflowStep {
	s := decode[Step](raw)
	s.doc = decode[stepDocument](raw)
	s.source, s.Path, s.Raw = x.source, path, raw
	s.Type = s.kind(len(x.all) == 0)
	s.Next = x.transitions(&s.doc)
	kind := ofKind(s)
	x.all = append(x.all, kind.base())
	if _, taken := x.byID[s.StepID]; !taken {
		x.byID[s.StepID] = kind
	}
	for i, branch := range s.doc.Branches {
		kind.base().Branches = append(kind.base().Branches, StepBranch{
			BranchID: branch.BranchID,
			Steps:    x.read(branch.Steps, at(path+"/parallelBranches", i)+"/steps"),
		})
	}
	return kind
}

// transitions lists the ways on in the order they are tried: next as written,
// or the outcomes by name and the one for every other outcome last.
func (x *stepIndex) transitions(doc *stepDocument) []StepTransition {
	var ways []StepTransition
	for _, n := range doc.Next {
		unconditional := n.Condition == nil || *n.Condition == ""
		ways = append(ways, StepTransition{StepID: n.NextStepID, Condition: n.Condition, IsDefault: unconditional, steps: x})
	}
	var outcomes []string
	for outcome := range doc.Transitions {
		outcomes = append(outcomes, outcome)
	}
	slices.SortFunc(outcomes, func(a, b string) int {
		return cmp.Or(cmp.Compare(rankOutcome(a), rankOutcome(b)), cmp.Compare(a, b))
	})
	for _, outcome := range outcomes {
		way := StepTransition{StepID: doc.Transitions[outcome], IsDefault: outcome == "default", steps: x}
		if !way.IsDefault {
			way.Outcome = &outcome
		}
		ways = append(ways, way)
	}
	return ways
}

func rankOutcome(outcome string) int {
	if outcome == "default" {
		return 1
	}
	return 0
}

// kind is the type as written, or what an untyped step looks like.
func (s *Step) kind(isFirst bool) WorkflowStepType {
	if written := WorkflowStepType(s.doc.Type); written != "" {
		if written.IsValid() {
			return written
		}
		return WorkflowStepTypeUnknown
	}
	switch {
	case s.TaskID != nil:
		return WorkflowStepTypeTask
	case s.doc.EventPattern != nil:
		return WorkflowStepTypeEventWait
	case len(s.doc.Branches) > 0:
		return WorkflowStepTypeParallel
	case isFirst:
		return WorkflowStepTypeStart
	case len(s.doc.Next) == 0 && len(s.doc.Transitions) == 0:
		return WorkflowStepTypeEnd
	}
	return WorkflowStepTypePass
}

func ofKind(s Step) WorkflowStep {
	switch s.Type {
	case WorkflowStepTypeTask:
		return &TaskStep{s}
	case WorkflowStepTypeHumanTask:
		return &HumanTaskStep{s}
	case WorkflowStepTypeEventWait:
		return &EventWaitStep{s}
	case WorkflowStepTypeDecision:
		return &DecisionStep{s}
	case WorkflowStepTypeParallel:
		return &ParallelStep{s}
	case WorkflowStepTypeDelayedTask:
		return &DelayedTaskStep{s}
	}
	return &BoundaryStep{s}
}
