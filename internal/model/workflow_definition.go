package model

import (
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// WorkflowDefinition is one version of the template of a process: its steps,
// the transitions between them, and what is shown and logged while it runs.
type WorkflowDefinition struct {
	Record
	WorkflowID               string           `db:"workflow_id"`
	Name                     string           `db:"name"`
	Description              *string          `db:"description"`
	Version                  string           `db:"version"`
	VersionSort              string           `db:"version_sort"`
	Status                   DefinitionStatus `db:"status"`
	Revision                 int              `db:"revision"`
	InputSchema              scalar.JSON      `db:"input_schema"`
	OutputSchema             scalar.JSON      `db:"output_schema"`
	StepsJSON                scalar.JSON      `db:"steps"`
	CompensationStepsJSON    scalar.JSON      `db:"compensation_steps"`
	CancellationTriggersJSON scalar.JSON      `db:"cancellation_triggers"`
	UIComponentsJSON         scalar.JSON      `db:"ui_components"`
	ExecutionLogJSON         scalar.JSON      `db:"execution_log"`
	Metadata                 scalar.JSON      `db:"metadata"`
}

// Prefix starts the id of a workflow definition.
func (*WorkflowDefinition) Prefix() string { return "wfd" }

// ID is the opaque global id.
func (w *WorkflowDefinition) ID() string { return nodeid.Encode(w.Prefix(), w.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (w *WorkflowDefinition) DefinitionVersion() (string, DefinitionStatus) {
	return w.Version, w.Status
}

// Tags are the labels from the free data.
func (w *WorkflowDefinition) Tags() []string { return tags(w.Metadata) }

// WorkflowInstanceStatusCount is how many executions of a definition have a
// status.
type WorkflowInstanceStatusCount struct {
	Status WorkflowInstanceStatus
	Count  int
}

// WorkflowDefinitionWhere selects workflow definitions.
type WorkflowDefinitionWhere struct {
	WorkflowID *StringFilter              `sql:"workflow_id"`
	Name       *StringFilter              `sql:"name"`
	Status     *DefinitionStatusFilter    `sql:"status"`
	CreatedAt  *DateTimeFilter            `sql:"created_at"`
	UpdatedAt  *DateTimeFilter            `sql:"updated_at"`
	Metadata   *JSONFilter                `sql:"metadata"`
	Search     *string                    `sql:"workflow_id,name,description"`
	Versions   *WorkflowDefinitionWhere   `sql:"workflow_id" via:"workflow_definitions" foreign:"workflow_id"`
	Instances  *WorkflowInstanceWhere     `sql:"id" via:"workflow_instances" foreign:"workflow_definition_id"`
	Triggers   *WorkflowEventTriggerWhere `sql:"id" via:"workflow_event_triggers" foreign:"workflow_definition_id"`
	AnyOf      []*WorkflowDefinitionWhere
}

// List types of the workflow definition.
type (
	WorkflowDefinitionConnection = page.Connection[WorkflowDefinition]
	WorkflowDefinitionEdge       = page.Edge[WorkflowDefinition]
)
