package model

import (
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// TaskDefinition is one version of a reusable unit of work, done by the
// platform, by a person, or by another system through an integration.
type TaskDefinition struct {
	Record
	TaskID              string           `db:"task_id"`
	Name                string           `db:"name"`
	Description         *string          `db:"description"`
	Type                TaskType         `db:"type"`
	Version             string           `db:"version"`
	VersionSort         string           `db:"version_sort"`
	Status              DefinitionStatus `db:"status"`
	Revision            int              `db:"revision"`
	InputSchema         scalar.JSON      `db:"input_schema"`
	OutputSchema        scalar.JSON      `db:"output_schema"`
	Timeout             *int             `db:"timeout"` // milliseconds
	RetryPolicyJSON     scalar.JSON      `db:"retry_policy"`
	ExecutionConfigJSON scalar.JSON      `db:"execution_config"`
	UIComponentsJSON    scalar.JSON      `db:"ui_components"`
	Metadata            scalar.JSON      `db:"metadata"`
}

// Prefix starts the id of a task definition.
func (*TaskDefinition) Prefix() string { return "tkd" }

// ID is the opaque global id.
func (t *TaskDefinition) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (t *TaskDefinition) DefinitionVersion() (string, DefinitionStatus) { return t.Version, t.Status }

// Tags are the labels from the free data.
func (t *TaskDefinition) Tags() []string { return tags(t.Metadata) }

// Category is the group from the free data.
func (t *TaskDefinition) Category() *string {
	return decode[struct {
		Category *string `json:"category"`
	}](t.Metadata).Category
}

// TaskDefinitionWhere selects task definitions.
type TaskDefinitionWhere struct {
	TaskID    *StringFilter           `sql:"task_id"`
	Name      *StringFilter           `sql:"name"`
	Status    *DefinitionStatusFilter `sql:"status"`
	Type      *TaskTypeFilter         `sql:"type"`
	CreatedAt *DateTimeFilter         `sql:"created_at"`
	UpdatedAt *DateTimeFilter         `sql:"updated_at"`
	Metadata  *JSONFilter             `sql:"metadata"`
	Search    *string                 `sql:"task_id,name,description"`
	Versions  *TaskDefinitionWhere    `sql:"task_id" via:"task_definitions" foreign:"task_id"`
	AnyOf     []*TaskDefinitionWhere
}

// List types of the task definition.
type (
	TaskDefinitionConnection = page.Connection[TaskDefinition]
	TaskDefinitionEdge       = page.Edge[TaskDefinition]
)
