package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// IntegrationInstance is a connection to an external system, configured from an
// integration definition for everybody, a client or a user. Its credentials are
// written by the server and have no place in this struct: what cannot be read
// cannot leak.
type IntegrationInstance struct {
	Record
	InstanceID              string                 `db:"instance_id"`
	IntegrationDefinitionID uuid.UUID              `db:"integration_definition_id"`
	Name                    string                 `db:"name"`
	Description             *string                `db:"description"`
	ContextType             IntegrationContextType `db:"context_type"`
	ContextID               *string                `db:"context_id"`
	CredentialsMeta         scalar.JSON            `db:"credentials_meta"`
	ConfigStored            scalar.JSON            `db:"config"`
	StatusJSON              scalar.JSON            `db:"status"`
	State                   IntegrationState       `db:"state"`
	LastUsedAt              *time.Time             `db:"last_used_at"`
	LastUsedSort            time.Time              `db:"last_used_sort"`
	Revision                int                    `db:"revision"`
}

// Prefix starts the id of an integration instance.
func (*IntegrationInstance) Prefix() string { return "ini" }

// ID is the opaque global id.
func (i *IntegrationInstance) ID() string { return nodeid.Encode(i.Prefix(), i.UUID) }

// Config is the configuration, values named like secrets masked.
func (i *IntegrationInstance) Config() scalar.JSON { return MaskSecrets(i.ConfigStored) }

// IntegrationStatus is the health of a connection.
type IntegrationStatus struct {
	State   IntegrationState    `json:"-"`
	Checked moment              `json:"lastChecked"`
	Error   *string             `json:"error"`
	Code    *string             `json:"code"`
	Synced  moment              `json:"lastSync"`
	Metrics *IntegrationMetrics `json:"metrics"`
}

// LastChecked is when the health was last looked at.
func (s *IntegrationStatus) LastChecked() *time.Time { return s.Checked.Time }

// LastSync is when data were last exchanged.
func (s *IntegrationStatus) LastSync() *time.Time { return s.Synced.Time }

// IntegrationMetrics is how a connection has been doing.
type IntegrationMetrics struct {
	AverageResponseTime *float64 `json:"averageResponseTime"`
	SuccessRate         *float64 `json:"successRate"`
	Used                moment   `json:"lastUsed"`
	RequestsToday       *int     `json:"requestsToday"`
	TokensThisMonth     *int64   `json:"tokensThisMonth"`
	ImagesThisMonth     *int64   `json:"imagesThisMonth"`
}

// LastUsed is when the monitor last saw it used.
func (m *IntegrationMetrics) LastUsed() *time.Time { return m.Used.Time }

// Status is the health in detail.
func (i *IntegrationInstance) Status() *IntegrationStatus {
	status := decode[IntegrationStatus](i.StatusJSON)
	status.State = i.State
	return &status
}

// IntegrationCredentials is what may be known about credentials.
type IntegrationCredentials struct {
	Configured bool    `json:"-"`
	Type       *string `json:"type"`
	Expires    moment  `json:"expiresAt"`
	Updated    moment  `json:"updatedAt"`
	KeyID      *string `json:"keyId"`
}

// ExpiresAt is when the credentials stop working.
func (c *IntegrationCredentials) ExpiresAt() *time.Time { return c.Expires.Time }

// UpdatedAt is when the credentials were last written.
func (c *IntegrationCredentials) UpdatedAt() *time.Time { return c.Updated.Time }

// Credentials tells whether there are any. They and their description are
// always written together.
func (i *IntegrationInstance) Credentials() *IntegrationCredentials {
	c := decode[IntegrationCredentials](i.CredentialsMeta)
	c.Configured = !isNull(i.CredentialsMeta)
	return &c
}

// IntegrationState is whether a connection works.
type IntegrationState string

// The states of a connection.
const (
	IntegrationActive   IntegrationState = "active"
	IntegrationInactive IntegrationState = "inactive"
	IntegrationError    IntegrationState = "error"
)

// IntegrationTransitions is the state table of a connection.
var IntegrationTransitions = Transitions[IntegrationState]{
	IntegrationInactive: {IntegrationActive},
	IntegrationActive:   {IntegrationError, IntegrationInactive},
	IntegrationError:    {IntegrationActive, IntegrationInactive},
}

// Values implements Enum.
func (IntegrationState) Values() []string { return []string{"active", "inactive", "error"} }

// MarshalGQL writes the GraphQL spelling.
func (s IntegrationState) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *IntegrationState) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// IntegrationContextType is for whom a connection was made.
type IntegrationContextType string

// The contexts of a connection.
const (
	ContextGlobal IntegrationContextType = "global"
	ContextClient IntegrationContextType = "client"
	ContextUser   IntegrationContextType = "user"
)

// Values implements Enum.
func (IntegrationContextType) Values() []string { return []string{"global", "client", "user"} }

// MarshalGQL writes the GraphQL spelling.
func (t IntegrationContextType) MarshalGQL(w io.Writer) { marshalEnum(t, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (t *IntegrationContextType) UnmarshalGQL(v any) error { return unmarshalEnum(t, v) }

// Filters by the vocabularies of an integration instance.
type (
	IntegrationStateFilter       = EnumFilter[IntegrationState]
	IntegrationContextTypeFilter = EnumFilter[IntegrationContextType]
)

// IntegrationInstanceWhere selects integration instances.
type IntegrationInstanceWhere struct {
	InstanceID              *StringFilter                 `sql:"instance_id"`
	Name                    *StringFilter                 `sql:"name"`
	State                   *IntegrationStateFilter       `sql:"state"`
	ContextType             *IntegrationContextTypeFilter `sql:"context_type"`
	ContextID               *StringFilter                 `sql:"context_id"`
	IntegrationDefinitionID *IDFilter                     `sql:"integration_definition_id"`
	LastUsedAt              *DateTimeFilter               `sql:"last_used_sort"`
	CreatedAt               *DateTimeFilter               `sql:"created_at"`
	UpdatedAt               *DateTimeFilter               `sql:"updated_at"`
	Definition              *IntegrationDefinitionWhere   `sql:"integration_definition_id" via:"integration_definitions"`
	Search                  *string                       `sql:"instance_id,name,description"`
	AnyOf                   []*IntegrationInstanceWhere
}

// List types of the integration instance.
type (
	IntegrationInstanceConnection = page.Connection[IntegrationInstance]
	IntegrationInstanceEdge       = page.Edge[IntegrationInstance]
)
