package model

import (
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/google/uuid"
)

// Steps are the steps of the process; those of branches are inside their step.
func (w *WorkflowDefinition) Steps() []WorkflowStep {
	_, steps := newStepIndex(w.UUID, w.StepsJSON)
	return steps
}

// Step finds a step by name, in branches as well; nil when there is none.
func (w *WorkflowDefinition) Step(id string) WorkflowStep {
	index, _ := newStepIndex(w.UUID, w.StepsJSON)
	return index.byID[id]
}

// StepsByID are all steps of the process by name, those of branches included.
func (w *WorkflowDefinition) StepsByID() map[string]WorkflowStep {
	index, _ := newStepIndex(w.UUID, w.StepsJSON)
	return index.byID
}

// CompensationStep undoes one completed step.
type CompensationStep struct {
	StepID          string      `json:"stepId"`
	CompensationFor string      `json:"compensationFor"`
	TaskID          *string     `json:"taskId"`
	TaskVersion     *string     `json:"taskVersion"`
	Input           scalar.JSON `json:"input"`
	Condition       *string     `json:"condition"`

	TaskPlace   Place        `json:"-"` // where it names its task
	Compensates WorkflowStep `json:"-"`
}

// CompensationSteps undo completed steps.
func (w *WorkflowDefinition) CompensationSteps() []*CompensationStep {
	steps := decodeList[CompensationStep](w.CompensationStepsJSON)
	if len(steps) == 0 {
		return nil
	}
	index, _ := newStepIndex(w.UUID, w.StepsJSON)
	for i := range steps {
		steps[i].TaskPlace = Place{WorkflowTasks, w.UUID, at("/compensation_steps", i) + "/taskId"}
		steps[i].Compensates = index.byID[steps[i].CompensationFor]
	}
	return steps
}

// CancellationTrigger is an event that cancels running instances.
type CancellationTrigger struct {
	EventPattern   string  `json:"eventPattern"`
	EventCondition *string `json:"eventCondition"`
	Reason         *string `json:"reason"`
	Compensate     *bool   `json:"shouldCompensate"`
}

// ShouldCompensate is true unless the trigger says otherwise.
func (t *CancellationTrigger) ShouldCompensate() bool { return first(true, t.Compensate) }

// CancellationTriggers are the events that cancel running instances.
func (w *WorkflowDefinition) CancellationTriggers() []CancellationTrigger {
	return decode[[]CancellationTrigger](w.CancellationTriggersJSON)
}

// UIComponentUse is a place in a task or a workflow that shows a component.
type UIComponentUse struct {
	ComponentID      string      `json:"componentId"`
	ComponentVersion *string     `json:"componentVersion"`
	Condition        *string     `json:"condition"`
	Priority         float64     `json:"priority"`
	Context          scalar.JSON `json:"context"`

	ConditionMet     *bool   `json:"-"` // nil where there is no task to hold it against
	ConditionProblem *string `json:"-"` // why it could not be evaluated
	Place            Place   `json:"-"`
	stage            *Stage
}

// UIComponents are the components shown for an instance as a whole.
func (w *WorkflowDefinition) UIComponents() []*UIComponentUse {
	return componentUses(WorkflowUIComponents, w.UUID, w.UIComponentsJSON)
}

func componentUses(table ReferenceTable, source uuid.UUID, doc scalar.JSON) []*UIComponentUse {
	uses := decodeList[UIComponentUse](doc)
	for i := range uses {
		uses[i].Place = Place{table, source, at("/ui_components", i) + "/componentId"}
	}
	return uses
}

func componentReferences(uses []*UIComponentUse) []Reference {
	var out []Reference
	for _, use := range uses {
		if use.ComponentID != "" {
			out = append(out, Reference{use.Place, use.ComponentID, use.ComponentVersion})
		}
	}
	return out
}

// ExecutionLog says what is recorded while instances run.
type ExecutionLog struct {
	Level    *string  `json:"level"`
	Kept     span     `json:"retention"`
	Metadata []string `json:"metadata"`
}

// Retention is how long entries are kept.
func (l *ExecutionLog) Retention() *scalar.Duration { return l.Kept.Duration }

// ExecutionLog is the logging configuration.
func (w *WorkflowDefinition) ExecutionLog() *ExecutionLog {
	log := decode[ExecutionLog](w.ExecutionLogJSON)
	return &log
}

// References are the tasks and components that the definition names.
func (w *WorkflowDefinition) References() []Reference {
	index, _ := newStepIndex(w.UUID, w.StepsJSON)
	var out []Reference
	for _, s := range index.all {
		if s.TaskID != nil && *s.TaskID != "" {
			out = append(out, Reference{s.TaskPlace(), *s.TaskID, s.TaskVersion})
		}
		if form := s.doc.TaskDefinition.TaskForm; form != nil && *form != "" {
			out = append(out, Reference{(&HumanTaskStep{*s}).FormPlace(), *form, nil})
		}
	}
	for _, c := range w.CompensationSteps() {
		if c.TaskID != nil && *c.TaskID != "" {
			out = append(out, Reference{c.TaskPlace, *c.TaskID, c.TaskVersion})
		}
	}
	return append(out, componentReferences(w.UIComponents())...)
}
