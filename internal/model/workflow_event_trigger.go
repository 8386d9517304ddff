package model

import (
	"io"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// WorkflowEventTrigger is a standing order of one workflow version: when an
// event of its pattern happens and its condition holds, an instance is started
// or the correlated ones are cancelled. It fires only while it is enabled and
// its version is active.
type WorkflowEventTrigger struct {
	Record
	TriggerID            string                   `db:"trigger_id"`
	WorkflowDefinitionID uuid.UUID                `db:"workflow_definition_id"`
	Name                 *string                  `db:"name"`
	Description          *string                  `db:"description"`
	EventPattern         string                   `db:"event_pattern"`
	TriggerType          WorkflowEventTriggerType `db:"trigger_type"`
	EventCondition       *string                  `db:"event_condition"`
	InputMapping         scalar.JSON              `db:"input_mapping"`
	CorrelationKey       *string                  `db:"correlation_key"`
	Enabled              bool                     `db:"enabled"`
	Priority             int                      `db:"priority"`
	Revision             int                      `db:"revision"`
}

// Prefix starts the id of a trigger.
func (*WorkflowEventTrigger) Prefix() string { return "wft" }

// ID is the opaque global id.
func (t *WorkflowEventTrigger) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// WorkflowEventTriggerType says what a trigger does when it fires.
type WorkflowEventTriggerType string

// What triggers do.
const (
	TriggerStart  WorkflowEventTriggerType = "START"
	TriggerCancel WorkflowEventTriggerType = "CANCEL"
)

// Values implements Enum.
func (WorkflowEventTriggerType) Values() []string { return []string{"START", "CANCEL"} }

// MarshalGQL writes the GraphQL spelling.
func (s WorkflowEventTriggerType) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *WorkflowEventTriggerType) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// WorkflowEventTriggerWhere selects triggers.
type WorkflowEventTriggerWhere struct {
	TriggerID            *StringFilter            `sql:"trigger_id"`
	EventPattern         *StringFilter            `sql:"event_pattern"`
	ReachedBy            *string                  `sql:"pattern_query" reached:"event"`
	Enabled              *bool                    `sql:"enabled"`
	WorkflowDefinitionID *IDFilter                `sql:"workflow_definition_id"`
	UpdatedAt            *DateTimeFilter          `sql:"updated_at"`
	Definition           *WorkflowDefinitionWhere `sql:"workflow_definition_id" via:"workflow_definitions"`
	AnyOf                []*WorkflowEventTriggerWhere
}

// List types of the trigger.
type (
	WorkflowEventTriggerConnection = page.Connection[WorkflowEventTrigger]
	WorkflowEventTriggerEdge       = page.Edge[WorkflowEventTrigger]
)
