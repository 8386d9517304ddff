package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// EventQueue is a processing queue: events wait in it until a worker takes them.
// Its counters and its checkpoint move with every event and leave the revision
// alone.
type EventQueue struct {
	Record
	QueueID      string           `db:"queue_id"`
	Name         *string          `db:"name"`
	Description  *string          `db:"description"`
	CheckpointID *string          `db:"checkpoint_id"`
	MetricsJSON  scalar.JSON      `db:"queue_metrics"`
	ConfigJSON   scalar.JSON      `db:"config"`
	Status       EventQueueStatus `db:"status"`
	Revision     int              `db:"revision"`
}

// Prefix starts the id of a queue.
func (*EventQueue) Prefix() string { return "evq" }

// ID is the opaque global id.
func (q *EventQueue) ID() string { return nodeid.Encode(q.Prefix(), q.UUID) }

// Config is its sizes and its pace.
func (q *EventQueue) Config() *EventQueueConfig {
	d := parseDocument(q.ConfigJSON)
	return &EventQueueConfig{
		MaxQueueDepth: d.whole("maxQueueDepth"), HighWatermark: d.whole("highWatermark"), BatchSize: d.whole("batchSize"),
		ProcessingInterval: d.whole("processingInterval"), PersistenceThreshold: d.whole("persistenceThreshold"),
	}
}

// Metrics are its counters since it was created.
func (q *EventQueue) Metrics() *EventQueueMetrics {
	d := parseDocument(q.MetricsJSON)
	m := &EventQueueMetrics{AvgProcessingTimeMs: d.number("avgProcessingTimeMs")}
	if n := d.long("totalProcessed"); n != nil {
		m.TotalProcessed = *n
	}
	if n := d.long("totalErrors"); n != nil {
		m.TotalErrors = *n
	}
	return m
}

// EventQueueConfig is sizes and pace of a queue; nil is the server's default.
type EventQueueConfig struct {
	MaxQueueDepth        *int
	HighWatermark        *int
	BatchSize            *int
	ProcessingInterval   *int // milliseconds
	PersistenceThreshold *int
}

// EventQueueMetrics are the counters of a queue since it was created.
type EventQueueMetrics struct {
	TotalProcessed      int64
	TotalErrors         int64
	AvgProcessingTimeMs *float64
}

// EventQueueStatus says whether a queue takes in and hands out events.
type EventQueueStatus string

// The statuses of a queue.
const (
	QueueActive   EventQueueStatus = "active"
	QueuePaused   EventQueueStatus = "paused"
	QueueDraining EventQueueStatus = "draining"
)

// Values implements Enum.
func (EventQueueStatus) Values() []string { return []string{"active", "paused", "draining"} }

// MarshalGQL writes the GraphQL spelling.
func (s EventQueueStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *EventQueueStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// EventQueueTransitions is the state table of a queue.
var EventQueueTransitions = Transitions[EventQueueStatus]{
	QueueActive:   {QueuePaused, QueueDraining},
	QueuePaused:   {QueueActive},
	QueueDraining: {QueuePaused, QueueActive},
}

// NextStatuses are the statuses the queue may move to.
func (q *EventQueue) NextStatuses() []EventQueueStatus { return EventQueueTransitions[q.Status] }

// EventQueueEntry is an event in a queue. A worker that takes it holds a lease;
// when that runs out, another may take it.
type EventQueueEntry struct {
	Record
	QueueUUID   uuid.UUID  `db:"queue_id"`
	EventID     string     `db:"event_id"`
	Status      string     `db:"status"`
	Attempts    int        `db:"attempts"`
	AvailableAt time.Time  `db:"available_at"`
	LeaseOwner  *string    `db:"lease_owner"`
	LeaseUntil  *time.Time `db:"lease_until"`
	LastError   *string    `db:"last_error"`
	LastErrorAt *time.Time `db:"last_error_at"`
}

// Processing is true while a worker has the event.
func (e *EventQueueEntry) Processing() bool { return e.Status == "processing" }

// EventQueueWhere selects queues.
type EventQueueWhere struct {
	QueueID   *StringFilter   `sql:"queue_id"`
	UpdatedAt *DateTimeFilter `sql:"updated_at"`
	AnyOf     []*EventQueueWhere
}

// List types of the queue and its entries.
type (
	EventQueueConnection      = page.Connection[EventQueue]
	EventQueueEdge            = page.Edge[EventQueue]
	EventQueueEntryConnection = page.Connection[EventQueueEntry]
	EventQueueEntryEdge       = page.Edge[EventQueueEntry]
)
