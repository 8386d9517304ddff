package model

import (
	"io"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// UIComponent is one version of a declarative piece of user interface, which
// tasks and workflows show. It may contain other components and use
// integrations.
type UIComponent struct {
	Record
	ComponentID     string           `db:"component_id"`
	Name            string           `db:"name"`
	Description     *string          `db:"description"`
	ComponentType   UIComponentType  `db:"component_type"`
	Title           string           `db:"title"`
	FieldsJSON      scalar.JSON      `db:"fields"`
	LayoutJSON      scalar.JSON      `db:"layout"`
	ActionsJSON     scalar.JSON      `db:"actions"`
	DisplayTemplate *string          `db:"display_template"`
	CustomPropsJSON scalar.JSON      `db:"custom_props"`
	Version         string           `db:"version"`
	VersionSort     string           `db:"version_sort"`
	Status          DefinitionStatus `db:"status"`
	Revision        int              `db:"revision"`

	stage *Stage // where it is shown; nil for a component nobody looks at
}

// Prefix starts the id of a UI component.
func (*UIComponent) Prefix() string { return "uic" }

// ID is the opaque global id.
func (u *UIComponent) ID() string { return nodeid.Encode(u.Prefix(), u.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (u *UIComponent) DefinitionVersion() (string, DefinitionStatus) { return u.Version, u.Status }

// UIComponentType is what kind of interface a component is.
type UIComponentType string

// Values implements Enum.
func (UIComponentType) Values() []string { return []string{"Form", "Modal", "Display", "Custom"} }

// MarshalGQL writes the GraphQL spelling.
func (t UIComponentType) MarshalGQL(w io.Writer) { marshalEnum(t, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (t *UIComponentType) UnmarshalGQL(v any) error { return unmarshalEnum(t, v) }

// UIComponentTypeFilter selects by UIComponentType.
type UIComponentTypeFilter = EnumFilter[UIComponentType]

// UIComponentWhere selects UI components.
type UIComponentWhere struct {
	ComponentID   *StringFilter           `sql:"component_id"`
	Name          *StringFilter           `sql:"name"`
	Status        *DefinitionStatusFilter `sql:"status"`
	ComponentType *UIComponentTypeFilter  `sql:"component_type"`
	CreatedAt     *DateTimeFilter         `sql:"created_at"`
	UpdatedAt     *DateTimeFilter         `sql:"updated_at"`
	Search        *string                 `sql:"component_id,name,description,title"`
	Versions      *UIComponentWhere       `sql:"component_id" via:"ui_components" foreign:"component_id"`
	AnyOf         []*UIComponentWhere
}

// List types of the UI component.
type (
	UIComponentConnection = page.Connection[UIComponent]
	UIComponentEdge       = page.Edge[UIComponent]
)
