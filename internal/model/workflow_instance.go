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
	CompletedAt           *time.Time             `db:"completed_at"`
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
	StartedAt            *DateTimeFilter               `sql:"started_at"`
	CompletedAt          *DateTimeFilter               `sql:"completed_at"`
	State                *JSONFilter                   `sql:"state"`
	Definition           *WorkflowDefinitionWhere      `sql:"workflow_definition_id" via:"workflow_definitions"`
	AnyOf                []*WorkflowInstanceWhere
}

// List types of the workflow instance.
type (
	WorkflowInstanceConnection = page.Connection[WorkflowInstance]
	WorkflowInstanceEdge       = page.Edge[WorkflowInstance]
)
