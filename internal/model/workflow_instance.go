package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// WorkflowInstance is one execution of a workflow definition. It owns the
// variables, the state of every step, and the record of what went wrong or was
// rolled back. It stays on the version it started with.
type WorkflowInstance struct {
	Record
	InstanceID            string                 `db:"instance_id"`
	WorkflowDefinitionID  *uuid.UUID             `db:"workflow_definition_id"`
	Status                WorkflowInstanceStatus `db:"status"`
	Revision              int                    `db:"revision"`
	CurrentStepID         *string                `db:"current_step_id"`
	Input                 scalar.JSON            `db:"input"`
	Output                scalar.JSON            `db:"output"`
	StateJSON             scalar.JSON            `db:"state"`
	ErrorJSON             scalar.JSON            `db:"error"`
	CancellationJSON      scalar.JSON            `db:"cancellation"`
	CompensationStateJSON scalar.JSON            `db:"compensation_state"`
	TriggerID             *uuid.UUID             `db:"trigger_id"`
	TriggerEventID        *uuid.UUID             `db:"trigger_event_id"`
	ParentInstanceID      *uuid.UUID             `db:"parent_instance_id"`
	CorrelationID         *string                `db:"correlation_id"`
	StartedAt             *time.Time             `db:"started_at"`
	StartedSort           time.Time              `db:"started_sort"`
	CompletedAt           *time.Time             `db:"completed_at"`
	CompletedSort         time.Time              `db:"completed_sort"`
}

// Prefix starts the id of a workflow instance.
func (*WorkflowInstance) Prefix() string { return "wfi" }

// ID is the opaque global id.
func (w *WorkflowInstance) ID() string { return nodeid.Encode(w.Prefix(), w.UUID) }

// Phase reduces the status to what every kind of instance shares.
func (w *WorkflowInstance) Phase() InstancePhase { return workflowInstancePhases[w.Status] }

// Terminal is true when the instance can go nowhere without a retry.
func (w *WorkflowInstance) Terminal() bool {
	return w.Status == WorkflowInstanceCompleted || w.Status == WorkflowInstanceFailed || w.Status == WorkflowInstanceCancelled
}

// NextStatuses are the statuses the instance may move to.
func (w *WorkflowInstance) NextStatuses() []WorkflowInstanceStatus {
	return WorkflowInstanceTransitions[w.Status]
}

// DurationMs is the time from start to end, nil until it ended.
func (w *WorkflowInstance) DurationMs() *int64 { return between(w.StartedAt, w.CompletedAt) }

// Error is what made the instance fail.
func (w *WorkflowInstance) Error() *ErrorInfo { return parseError(w.ErrorJSON) }

// Variables are the values its steps share.
func (w *WorkflowInstance) Variables() scalar.JSON {
	if v := parseDocument(w.StateJSON).part("variables"); v != nil {
		return v
	}
	return scalar.JSON("{}")
}

// WaitingFor is the event the instance waits for. Finished instances may still
// carry the last wait in their state, which is history and not a wait.
func (w *WorkflowInstance) WaitingFor() *WorkflowWait {
	state := parseDocument(w.StateJSON)
	d := state.object("waitingForEvent")
	if d == nil || w.Terminal() {
		return nil
	}
	return &WorkflowWait{
		EventPattern: textOr(d.text("eventPattern", "eventType"), "**"), EventCondition: d.text("eventCondition"),
		StepID: state.text("currentWaitStep"), Since: d.moment("since"),
	}
}

// WorkflowWait is the event an instance waits for.
type WorkflowWait struct {
	EventPattern   string
	EventCondition *string
	StepID         *string
	Since          *time.Time
}

// Cancellation is who cancelled the instance and why.
func (w *WorkflowInstance) Cancellation() *WorkflowCancellation {
	d := parseDocument(w.CancellationJSON)
	if d == nil {
		return nil
	}
	compensate := d.flag("shouldCompensate")
	return &WorkflowCancellation{
		Reason: textOr(d.text("reason"), ""), RequestedBy: d.text("requestedBy"), RequestedAt: d.moment("requestedAt"),
		Source: d.text("source"), EventID: d.text("eventId"), ShouldCompensate: compensate == nil || *compensate,
	}
}

// WorkflowCancellation is who cancelled an instance and why. Nothing said about
// compensation means that completed steps are undone.
type WorkflowCancellation struct {
	Reason           string
	RequestedBy      *string
	RequestedAt      *time.Time
	Source           *string
	EventID          *string
	ShouldCompensate bool
}

// CompensationState is how far the undoing of completed steps is.
func (w *WorkflowInstance) CompensationState() *CompensationState {
	d := parseDocument(w.CompensationStateJSON)
	if d == nil {
		return nil
	}
	c := &CompensationState{
		Status: textOr(d.text("status"), "IN_PROGRESS"), StartedAt: d.moment("startedAt"), CompletedAt: d.moment("completedAt"),
		Plan: d.words("plan"), Completed: d.words("completed"), Failed: []*ErrorInfo{},
	}
	for _, element := range parseList(d.part("failed")) {
		c.Failed = append(c.Failed, compensationFailure(parseDocument(element)))
	}
	return c
}

// compensationFailure reads a failed undoing, whose error is a text or an
// object beside the step's name.
func compensationFailure(d document) *ErrorInfo {
	e := parseError(d.part("error"))
	if e == nil {
		e = &ErrorInfo{Message: "The error has no message."}
	}
	e.FailedStepID = d.text("stepId")
	if at := d.moment("timestamp"); at != nil {
		e.Timestamp = at
	}
	return e
}

// CompensationState is how far the undoing of completed steps is.
type CompensationState struct {
	Status      string
	StartedAt   *time.Time
	CompletedAt *time.Time
	Plan        []string
	Completed   []string
	Failed      []*ErrorInfo
}

// WorkflowInstanceStatus is where an execution stands.
type WorkflowInstanceStatus string

// The statuses of a workflow instance.
const (
	WorkflowInstanceCreated         WorkflowInstanceStatus = "CREATED"
	WorkflowInstanceRunning         WorkflowInstanceStatus = "RUNNING"
	WorkflowInstanceWaitingForEvent WorkflowInstanceStatus = "WAITING_FOR_EVENT"
	WorkflowInstanceCompleted       WorkflowInstanceStatus = "COMPLETED"
	WorkflowInstanceFailed          WorkflowInstanceStatus = "FAILED"
	WorkflowInstanceCancelled       WorkflowInstanceStatus = "CANCELLED"
)

var workflowInstancePhases = map[WorkflowInstanceStatus]InstancePhase{
	WorkflowInstanceCreated: PhasePending, WorkflowInstanceRunning: PhaseActive,
	WorkflowInstanceWaitingForEvent: PhaseWaiting, WorkflowInstanceCompleted: PhaseSucceeded,
	WorkflowInstanceFailed: PhaseFailed, WorkflowInstanceCancelled: PhaseCancelled,
}

// WorkflowInstanceTransitions is the state table of a workflow instance. FAILED
// goes back to RUNNING by a retry.
var WorkflowInstanceTransitions = Transitions[WorkflowInstanceStatus]{
	WorkflowInstanceCreated: {WorkflowInstanceRunning, WorkflowInstanceCancelled},
	WorkflowInstanceRunning: {
		WorkflowInstanceWaitingForEvent, WorkflowInstanceCompleted, WorkflowInstanceFailed, WorkflowInstanceCancelled,
	},
	WorkflowInstanceWaitingForEvent: {WorkflowInstanceRunning, WorkflowInstanceFailed, WorkflowInstanceCancelled},
	WorkflowInstanceFailed:          {WorkflowInstanceRunning},
}

// Values implements Enum.
func (WorkflowInstanceStatus) Values() []string {
	return []string{"CREATED", "RUNNING", "WAITING_FOR_EVENT", "COMPLETED", "FAILED", "CANCELLED"}
}

// MarshalGQL writes the GraphQL spelling.
func (s WorkflowInstanceStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *WorkflowInstanceStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// WorkflowInstanceStatusFilter selects by WorkflowInstanceStatus.
type WorkflowInstanceStatusFilter = EnumFilter[WorkflowInstanceStatus]

// WorkflowInstanceWhere selects workflow instances.
type WorkflowInstanceWhere struct {
	InstanceID           *StringFilter                 `sql:"instance_id"`
	Status               *WorkflowInstanceStatusFilter `sql:"status"`
	WorkflowDefinitionID *IDFilter                     `sql:"workflow_definition_id"`
	CorrelationID        *StringFilter                 `sql:"correlation_id"`
	CreatedAt            *DateTimeFilter               `sql:"created_at"`
	UpdatedAt            *DateTimeFilter               `sql:"updated_at"`
	StartedAt            *DateTimeFilter               `sql:"started_sort"`
	CompletedAt          *DateTimeFilter               `sql:"completed_sort"`
	Input                *JSONFilter                   `sql:"input"`
	TriggerID            *IDFilter                     `sql:"trigger_id"`
	TriggerEventID       *IDFilter                     `sql:"trigger_event_id"`
	ParentInstanceID     *IDFilter                     `sql:"parent_instance_id"`
	Definition           *WorkflowDefinitionWhere      `sql:"workflow_definition_id" via:"workflow_definitions"`
	AnyOf                []*WorkflowInstanceWhere
}

// List types of the workflow instance.
type (
	WorkflowInstanceConnection = page.Connection[WorkflowInstance]
	WorkflowInstanceEdge       = page.Edge[WorkflowInstance]
)
