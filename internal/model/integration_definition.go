package model

import (
	"io"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// IntegrationDefinition is one version of the catalogue entry of an external
// system, from which connections are configured.
type IntegrationDefinition struct {
	Record
	IntegrationID string              `db:"integration_id"`
	Name          string              `db:"name"`
	Description   *string             `db:"description"`
	Version       string              `db:"version"`
	VersionSort   string              `db:"version_sort"`
	Type          IntegrationType     `db:"type"`
	MethodsJSON   scalar.JSON         `db:"methods"`
	ConfigSchema  scalar.JSON         `db:"config_schema"`
	AuthType      IntegrationAuthType `db:"auth_type"`
	OAuth2Stored  scalar.JSON         `db:"oauth2_config"`
	AIConfigJSON  scalar.JSON         `db:"ai_config"`
	IconURL       *string             `db:"icon_url"`
	Status        DefinitionStatus    `db:"status"`
	Revision      int                 `db:"revision"`
}

// Prefix starts the id of an integration definition.
func (*IntegrationDefinition) Prefix() string { return "ind" }

// ID is the opaque global id.
func (i *IntegrationDefinition) ID() string { return nodeid.Encode(i.Prefix(), i.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (i *IntegrationDefinition) DefinitionVersion() (string, DefinitionStatus) {
	return i.Version, i.Status
}

// IntegrationType is what kind of system an integration leads to.
type IntegrationType string

// Values implements Enum.
func (IntegrationType) Values() []string {
	return []string{"integration", "ai", "documents", "database"}
}

// MarshalGQL writes the GraphQL spelling.
func (t IntegrationType) MarshalGQL(w io.Writer) { marshalEnum(t, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (t *IntegrationType) UnmarshalGQL(v any) error { return unmarshalEnum(t, v) }

// IntegrationAuthType is how a connection proves who it is.
type IntegrationAuthType string

// Values implements Enum.
func (IntegrationAuthType) Values() []string { return []string{"oauth2", "apikey", "custom"} }

// MarshalGQL writes the GraphQL spelling.
func (t IntegrationAuthType) MarshalGQL(w io.Writer) { marshalEnum(t, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (t *IntegrationAuthType) UnmarshalGQL(v any) error { return unmarshalEnum(t, v) }

// Filters by the vocabularies of an integration definition.
type (
	IntegrationTypeFilter     = EnumFilter[IntegrationType]
	IntegrationAuthTypeFilter = EnumFilter[IntegrationAuthType]
)

// IntegrationDefinitionWhere selects integration definitions.
type IntegrationDefinitionWhere struct {
	IntegrationID *StringFilter               `sql:"integration_id"`
	Name          *StringFilter               `sql:"name"`
	Status        *DefinitionStatusFilter     `sql:"status"`
	Type          *IntegrationTypeFilter      `sql:"type"`
	AuthType      *IntegrationAuthTypeFilter  `sql:"auth_type"`
	CreatedAt     *DateTimeFilter             `sql:"created_at"`
	UpdatedAt     *DateTimeFilter             `sql:"updated_at"`
	Search        *string                     `sql:"integration_id,name,description"`
	Versions      *IntegrationDefinitionWhere `sql:"integration_id" via:"integration_definitions" foreign:"integration_id"`
	AnyOf         []*IntegrationDefinitionWhere
}

// List types of the integration definition.
type (
	IntegrationDefinitionConnection = page.Connection[IntegrationDefinition]
	IntegrationDefinitionEdge       = page.Edge[IntegrationDefinition]
)
