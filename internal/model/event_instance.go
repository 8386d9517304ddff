package model

import (
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// EventInstance is something that happened, recorded once and never changed.
// EventID names this occurrence; the type is named by the definition. Its cause
// and its business case are read off the metadata by the database.
type EventInstance struct {
	Record
	EventID           string      `db:"event_id"`
	EventDefinitionID *uuid.UUID  `db:"event_definition_id"`
	Pattern           string      `db:"pattern"`
	Version           string      `db:"version"`
	SourceJSON        scalar.JSON `db:"source"`
	SourceType        *string     `db:"source_type"`
	SourceID          *string     `db:"source_id"`
	Timestamp         time.Time   `db:"timestamp"`
	Payload           scalar.JSON `db:"payload"`
	MetadataJSON      scalar.JSON `db:"metadata"`
	CorrelationID     *string     `db:"correlation_id"`
	CausationID       *string     `db:"causation_id"`
}

// Prefix starts the id of an event.
func (*EventInstance) Prefix() string { return "evi" }

// ID is the opaque global id.
func (e *EventInstance) ID() string { return nodeid.Encode(e.Prefix(), e.UUID) }

// Source is who published the event.
func (e *EventInstance) Source() *EventOrigin { return parseOrigin(e.SourceJSON) }

// Metadata is what travelled with the event beside its payload.
func (e *EventInstance) Metadata() *EventMetadata { return parseEventMetadata(e.MetadataJSON) }

// EventOrigin is who published an event. Of a workflow, task or integration ID
// names the instance, which makes it an edge of the graph.
type EventOrigin struct {
	Type *string
	ID   *string
	Name *string
}

func parseOrigin(doc scalar.JSON) *EventOrigin {
	d := parseDocument(doc)
	return &EventOrigin{Type: d.text("type"), ID: d.text("id"), Name: d.text("name")}
}

// EventSource is an instance that publishes events.
type EventSource interface{ IsEventSource() }

// IsEventSource says that workflows publish events.
func (*WorkflowInstance) IsEventSource() {}

// IsEventSource says that tasks publish events.
func (*TaskInstance) IsEventSource() {}

// IsEventSource says that connections publish events.
func (*IntegrationInstance) IsEventSource() {}

// EventMetadata is what travels with an event beside its payload: where it
// belongs, and how its delivery went.
type EventMetadata struct {
	TraceID     *string
	UserID      *string
	ContextType *string
	ContextID   *string
	Tags        scalar.JSON
	ReceivedAt  *time.Time
	MessageID   *string
	RetryCount  int
	LastError   *ErrorInfo
	Replay      bool
	ReplayID    *string
}

func parseEventMetadata(doc scalar.JSON) *EventMetadata {
	d := parseDocument(doc)
	scope := d.object("context")
	m := &EventMetadata{
		TraceID: d.text("traceId"), UserID: d.text("userId"),
		ContextType: scope.text("type"), ContextID: scope.text("id"),
		Tags: d.part("tags"), ReceivedAt: d.moment("receivedAt"), MessageID: d.text("messageId"),
		LastError: parseError(d.part("processingError", "lastError")), ReplayID: d.text("replayId"),
	}
	if n := d.whole("retryCount"); n != nil {
		m.RetryCount = *n
	}
	if replay := d.flag("replay"); replay != nil {
		m.Replay = *replay
	}
	if m.LastError != nil && m.LastError.Timestamp == nil {
		m.LastError.Timestamp = d.moment("lastErrorTime")
	}
	return m
}

// EventInstanceWhere selects events.
type EventInstanceWhere struct {
	EventID           *StringFilter       `sql:"event_id"`
	Pattern           *EventPatternFilter `sql:"pattern"`
	Timestamp         *DateTimeFilter     `sql:"timestamp"`
	CreatedAt         *DateTimeFilter     `sql:"created_at"`
	CorrelationID     *StringFilter       `sql:"correlation_id"`
	CausationID       *StringFilter       `sql:"causation_id"`
	SourceType        *StringFilter       `sql:"source_type"`
	SourceID          *StringFilter       `sql:"source_id"`
	EventDefinitionID *IDFilter           `sql:"event_definition_id"`
	Payload           *JSONFilter         `sql:"payload"`
	AnyOf             []*EventInstanceWhere
}

// List types of the event.
type (
	EventInstanceConnection = page.Connection[EventInstance]
	EventInstanceEdge       = page.Edge[EventInstance]
)
