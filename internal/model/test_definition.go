package model

import (
	"io"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// TestDefinition is one version of a test of a task or a workflow. It names its
// target by business id, because it outlives the target's versions.
type TestDefinition struct {
	Record
	TestID          string           `db:"test_id"`
	Name            string           `db:"name"`
	Description     *string          `db:"description"`
	Version         string           `db:"version"`
	VersionSort     string           `db:"version_sort"`
	Status          DefinitionStatus `db:"status"`
	Revision        int              `db:"revision"`
	Type            TestTargetType   `db:"type"`
	TargetID        string           `db:"target_id"`
	TargetVersion   *string          `db:"target_version"`
	CasesJSON       scalar.JSON      `db:"cases"`
	SharedMocksJSON scalar.JSON      `db:"shared_mocks"`
	TagsJSON        scalar.JSON      `db:"tags"`
}

// Prefix starts the id of a test definition.
func (*TestDefinition) Prefix() string { return "tsd" }

// ID is the opaque global id.
func (t *TestDefinition) ID() string { return nodeid.Encode(t.Prefix(), t.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (t *TestDefinition) DefinitionVersion() (string, DefinitionStatus) { return t.Version, t.Status }

// Tags are labels for grouping.
func (t *TestDefinition) Tags() []string { return decode[[]string](t.TagsJSON) }

// TestTarget is what a test can be about: a task or a workflow.
type TestTarget interface{ isTestTarget() }

func (*TaskDefinition) isTestTarget()     {}
func (*WorkflowDefinition) isTestTarget() {}

// TestTargetType is what kind of definition a test is about.
type TestTargetType string

// The targets of a test.
const (
	TestsTask     TestTargetType = "task"
	TestsWorkflow TestTargetType = "workflow"
)

// Values implements Enum.
func (TestTargetType) Values() []string { return []string{"task", "workflow"} }

// MarshalGQL writes the GraphQL spelling.
func (t TestTargetType) MarshalGQL(w io.Writer) { marshalEnum(t, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (t *TestTargetType) UnmarshalGQL(v any) error { return unmarshalEnum(t, v) }

// TestTargetTypeFilter selects by TestTargetType.
type TestTargetTypeFilter = EnumFilter[TestTargetType]

// TestDefinitionWhere selects test definitions.
type TestDefinitionWhere struct {
	TestID    *StringFilter           `sql:"test_id"`
	Name      *StringFilter           `sql:"name"`
	Status    *DefinitionStatusFilter `sql:"status"`
	Type      *TestTargetTypeFilter   `sql:"type"`
	TargetID  *StringFilter           `sql:"target_id"`
	Tags      *JSONFilter             `sql:"tags"`
	CreatedAt *DateTimeFilter         `sql:"created_at"`
	UpdatedAt *DateTimeFilter         `sql:"updated_at"`
	Search    *string                 `sql:"test_id,name,description"`
	Versions  *TestDefinitionWhere    `sql:"test_id" via:"test_definitions" foreign:"test_id"`
	AnyOf     []*TestDefinitionWhere
}

// List types of the test definition.
type (
	TestDefinitionConnection = page.Connection[TestDefinition]
	TestDefinitionEdge       = page.Edge[TestDefinition]
)
