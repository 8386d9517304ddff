package model

import (
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// EventDefinition is one version of the contract of an event type. EventID
// names the type, whereas on an event instance it names one occurrence.
type EventDefinition struct {
	Record
	EventID         string           `db:"event_id"`
	Name            string           `db:"name"`
	Description     *string          `db:"description"`
	Pattern         string           `db:"pattern"`
	Version         string           `db:"version"`
	VersionSort     string           `db:"version_sort"`
	Status          DefinitionStatus `db:"status"`
	Revision        int              `db:"revision"`
	SourceTypesJSON scalar.JSON      `db:"source_types"`
	PayloadSchema   scalar.JSON      `db:"payload_schema"`
	ExamplesJSON    scalar.JSON      `db:"examples"`
	UIMetadataJSON  scalar.JSON      `db:"ui_metadata"`
}

// Prefix starts the id of an event definition.
func (*EventDefinition) Prefix() string { return "evd" }

// ID is the opaque global id.
func (e *EventDefinition) ID() string { return nodeid.Encode(e.Prefix(), e.UUID) }

// DefinitionVersion tells which version this is and where it stands.
func (e *EventDefinition) DefinitionVersion() (string, DefinitionStatus) { return e.Version, e.Status }

// SourceTypes are the kinds of publisher allowed, empty for all.
func (e *EventDefinition) SourceTypes() []string { return decode[[]string](e.SourceTypesJSON) }

// Examples are payloads that show what to expect.
func (e *EventDefinition) Examples() []scalar.JSON { return decode[[]scalar.JSON](e.ExamplesJSON) }

// EventDisplay is how an event type is shown.
type EventDisplay struct {
	Icon     *string `json:"icon"`
	Color    *string `json:"color"`
	Category *string `json:"category"`
	Priority *string `json:"priority"`
}

// UIMetadata is how the event type is shown, nil when nothing is said.
func (e *EventDefinition) UIMetadata() *EventDisplay { return decode[*EventDisplay](e.UIMetadataJSON) }

// EventDefinitionWhere selects event definitions.
type EventDefinitionWhere struct {
	EventID     *StringFilter           `sql:"event_id"`
	Name        *StringFilter           `sql:"name"`
	Status      *DefinitionStatusFilter `sql:"status"`
	Pattern     *EventPatternFilter     `sql:"pattern"`
	SourceTypes *JSONFilter             `sql:"source_types"`
	UIMetadata  *JSONFilter             `sql:"ui_metadata"`
	CreatedAt   *DateTimeFilter         `sql:"created_at"`
	UpdatedAt   *DateTimeFilter         `sql:"updated_at"`
	Search      *string                 `sql:"event_id,name,description"`
	Versions    *EventDefinitionWhere   `sql:"event_id" via:"event_definitions" foreign:"event_id"`
	AnyOf       []*EventDefinitionWhere
}

// List types of the event definition.
type (
	EventDefinitionConnection = page.Connection[EventDefinition]
	EventDefinitionEdge       = page.Edge[EventDefinition]
)
