package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// EventSequence is a group of events that is processed in order as a unit, with
// a strategy for the case that a required one fails.
type EventSequence struct {
	Record
	SequenceID           string              `db:"sequence_id"`
	Name                 string              `db:"name"`
	Description          *string             `db:"description"`
	Version              string              `db:"version"`
	Status               EventSequenceStatus `db:"status"`
	Revision             int                 `db:"revision"`
	Metadata             scalar.JSON         `db:"metadata"`
	CorrelationID        *string             `db:"correlation_id"`
	RollbackStrategyJSON scalar.JSON         `db:"rollback_strategy"`
	CompletedAt          *time.Time          `db:"completed_at"`
	CompletedSort        time.Time           `db:"completed_sort"`
}

// Prefix starts the id of a sequence.
func (*EventSequence) Prefix() string { return "evs" }

// ID is the opaque global id.
func (s *EventSequence) ID() string { return nodeid.Encode(s.Prefix(), s.UUID) }

// RollbackStrategy is what happens when a required item fails; nil leaves the
// sequence failed.
func (s *EventSequence) RollbackStrategy() *RollbackStrategy {
	d := parseDocument(s.RollbackStrategyJSON)
	if d == nil {
		return nil
	}
	return &RollbackStrategy{
		Type: textOr(d.text("type"), "manual"), MaxRetries: d.whole("max_retries", "maxRetries"),
		CompensatingEvents: parseList(d.part("compensating_events", "compensatingEvents")),
	}
}

// RollbackStrategy is what happens when a required item of a sequence fails.
type RollbackStrategy struct {
	Type               string
	MaxRetries         *int
	CompensatingEvents []scalar.JSON
}

// EventSequenceStatus is where the processing of a sequence stands.
type EventSequenceStatus string

// The statuses of a sequence.
const (
	SequenceCreated    EventSequenceStatus = "created"
	SequenceInProgress EventSequenceStatus = "in_progress"
	SequenceCompleted  EventSequenceStatus = "completed"
	SequenceFailed     EventSequenceStatus = "failed"
)

// Values implements Enum.
func (EventSequenceStatus) Values() []string {
	return []string{"created", "in_progress", "completed", "failed"}
}

// MarshalGQL writes the GraphQL spelling.
func (s EventSequenceStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *EventSequenceStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// EventSequenceTransitions is the state table of a sequence. FAILED to
// IN_PROGRESS is a retry.
var EventSequenceTransitions = Transitions[EventSequenceStatus]{
	SequenceCreated:    {SequenceInProgress},
	SequenceInProgress: {SequenceCompleted, SequenceFailed},
	SequenceFailed:     {SequenceInProgress},
}

// EventSequenceStatusFilter selects by where the processing stands.
type EventSequenceStatusFilter = EnumFilter[EventSequenceStatus]

// EventSequenceItem is one event in a sequence. Items of the same Order may run
// side by side. The event is named softly: it may be archived, or still to come.
type EventSequenceItem struct {
	Record
	SequenceUUID uuid.UUID               `db:"sequence_id"`
	EventID      string                  `db:"event_id"`
	Order        int                     `db:"position"`
	Required     bool                    `db:"required"`
	Status       EventSequenceItemStatus `db:"status"`
	ProcessedAt  *time.Time              `db:"processing_timestamp"`
}

// EventSequenceItemStatus is where an item of a sequence stands.
type EventSequenceItemStatus string

// The statuses of an item.
const (
	SequenceItemPending   EventSequenceItemStatus = "pending"
	SequenceItemProcessed EventSequenceItemStatus = "processed"
	SequenceItemFailed    EventSequenceItemStatus = "failed"
)

// Values implements Enum.
func (EventSequenceItemStatus) Values() []string { return []string{"pending", "processed", "failed"} }

// MarshalGQL writes the GraphQL spelling.
func (s EventSequenceItemStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *EventSequenceItemStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// EventSequenceWhere selects sequences.
type EventSequenceWhere struct {
	SequenceID    *StringFilter              `sql:"sequence_id"`
	Status        *EventSequenceStatusFilter `sql:"status"`
	CorrelationID *StringFilter              `sql:"correlation_id"`
	CompletedAt   *DateTimeFilter            `sql:"completed_sort"`
	UpdatedAt     *DateTimeFilter            `sql:"updated_at"`
	Search        *string                    `sql:"sequence_id,name,description"`
	AnyOf         []*EventSequenceWhere
}

// List types of the sequence.
type (
	EventSequenceConnection = page.Connection[EventSequence]
	EventSequenceEdge       = page.Edge[EventSequence]
)
