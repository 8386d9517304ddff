package model

import (
	"io"
	"regexp"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
)

// DeadLetter is a delivery that failed for good: the event as it was, who could
// not process it and why. It waits for another try, a person or disposal.
type DeadLetter struct {
	Record
	EntryID             string                `db:"entry_id"`
	EventID             string                `db:"event_id"`
	SubscriberID        *string               `db:"subscriber_id"`
	OriginalEventJSON   scalar.JSON           `db:"original_event"`
	Pattern             *string               `db:"pattern"`
	ErrorMessage        string                `db:"error_message"`
	ErrorType           *string               `db:"error_type"`
	ErrorCode           *string               `db:"error_code"`
	ErrorStackTrace     *string               `db:"error_stack_trace"`
	ErrorContext        scalar.JSON           `db:"error_context"`
	RetryHistoryJSON    scalar.JSON           `db:"retry_history"`
	RetryCount          int                   `db:"retry_count"`
	MaxRetries          int                   `db:"max_retries"`
	Status              DeadLetterStatus      `db:"status"`
	ResolutionTimestamp *time.Time            `db:"resolution_timestamp"`
	ResolutionStrategy  *DeadLetterResolution `db:"resolution_strategy"`
	ResolvedBy          *string               `db:"resolved_by"`
	ResolutionNotes     *string               `db:"resolution_notes"`
	Revision            int                   `db:"revision"`
}

// Prefix starts the id of a dead letter.
func (*DeadLetter) Prefix() string { return "dlq" }

// ID is the opaque global id.
func (d *DeadLetter) ID() string { return nodeid.Encode(d.Prefix(), d.UUID) }

// OriginalEvent is the event as it was when its delivery failed.
func (d *DeadLetter) OriginalEvent() *OriginalEvent {
	doc := parseDocument(d.OriginalEventJSON)
	return &OriginalEvent{
		EventID: textOr(doc.text("eventId"), d.EventID), Pattern: textOr(doc.text("pattern"), ""),
		Version: doc.text("version"), Source: parseOrigin(doc.part("source")), Timestamp: doc.moment("timestamp"),
		Payload: doc.part("payload"), Metadata: doc.part("metadata"),
	}
}

// RetryHistory is every failed try, oldest first.
func (d *DeadLetter) RetryHistory() []*DeliveryAttempt {
	attempts := []*DeliveryAttempt{}
	for _, element := range parseList(d.RetryHistoryJSON) {
		doc := parseDocument(element)
		attempts = append(attempts, &DeliveryAttempt{
			Timestamp: doc.moment("timestamp"), Error: parseError(doc.part("error")), DurationMs: doc.long("processingDuration"),
		})
	}
	return attempts
}

// passing are the words of errors that go away by themselves: time-outs,
// outages, rate limits, lost connections and the status codes of a server that
// is in trouble.
var passing = regexp.MustCompile(`(?i)time.?(d.?)?out|unavailable|rate.?limit|throttl|too.?many|network|connection|deadlock|gateway|transient|\b5\d\d\b|http.?5\d\d`)

// Transient is true when the kind of error suggests that another try may
// succeed.
func (d *DeadLetter) Transient() bool {
	return passing.MatchString(textOr(d.ErrorType, "")) || passing.MatchString(textOr(d.ErrorCode, ""))
}

// OriginalEvent is a copy of an event, taken when its delivery failed.
type OriginalEvent struct {
	EventID   string
	Pattern   string
	Version   *string
	Source    *EventOrigin
	Timestamp *time.Time
	Payload   scalar.JSON
	Metadata  scalar.JSON
}

// DeliveryAttempt is a failed try to process an event.
type DeliveryAttempt struct {
	Timestamp  *time.Time
	Error      *ErrorInfo
	DurationMs *int64
}

// DeadLetterSubscriber is who could not process an event.
type DeadLetterSubscriber interface{ IsDeadLetterSubscriber() }

// ExternalSubscriber is a consumer outside the graph, known by name only.
type ExternalSubscriber struct{ Name string }

// IsDeadLetterSubscriber says that instances process events.
func (*WorkflowInstance) IsDeadLetterSubscriber() {}

// IsDeadLetterSubscriber says that triggers process events.
func (*WorkflowEventTrigger) IsDeadLetterSubscriber() {}

// IsDeadLetterSubscriber says that others process events, too.
func (*ExternalSubscriber) IsDeadLetterSubscriber() {}

// DeadLetterStatus is where a dead letter stands; resolved and discarded are final.
type DeadLetterStatus string

// The statuses of a dead letter.
const (
	DeadLetterPending      DeadLetterStatus = "pending"
	DeadLetterReprocessing DeadLetterStatus = "reprocessing"
	DeadLetterResolved     DeadLetterStatus = "resolved"
	DeadLetterDiscarded    DeadLetterStatus = "discarded"
)

// Values implements Enum.
func (DeadLetterStatus) Values() []string {
	return []string{"pending", "reprocessing", "resolved", "discarded"}
}

// MarshalGQL writes the GraphQL spelling.
func (s DeadLetterStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *DeadLetterStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// DeadLetterTransitions is the state table of a dead letter. REPROCESSING to
// PENDING is a try that failed again.
var DeadLetterTransitions = Transitions[DeadLetterStatus]{
	DeadLetterPending:      {DeadLetterReprocessing, DeadLetterResolved, DeadLetterDiscarded},
	DeadLetterReprocessing: {DeadLetterResolved, DeadLetterPending, DeadLetterDiscarded},
}

// NextStatuses are the statuses the entry may move to.
func (d *DeadLetter) NextStatuses() []DeadLetterStatus { return DeadLetterTransitions[d.Status] }

// DeadLetterStatusFilter selects by where a dead letter stands.
type DeadLetterStatusFilter = EnumFilter[DeadLetterStatus]

// DeadLetterResolution is how a dead letter was resolved.
type DeadLetterResolution string

// The ways to resolve a dead letter.
const (
	ResolvedByAutomaticRetry   DeadLetterResolution = "automatic_retry"
	ResolvedByManualRetry      DeadLetterResolution = "manual_retry"
	ResolvedByManualResolution DeadLetterResolution = "manual_resolution"
	ResolvedByDiscard          DeadLetterResolution = "discard"
)

// Values implements Enum.
func (DeadLetterResolution) Values() []string {
	return []string{"automatic_retry", "manual_retry", "manual_resolution", "discard"}
}

// MarshalGQL writes the GraphQL spelling.
func (s DeadLetterResolution) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *DeadLetterResolution) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// DeadLetterWhere selects dead letters.
type DeadLetterWhere struct {
	EntryID      *StringFilter           `sql:"entry_id"`
	Status       *DeadLetterStatusFilter `sql:"status"`
	EventID      *StringFilter           `sql:"event_id"`
	Pattern      *EventPatternFilter     `sql:"pattern"`
	ErrorType    *StringFilter           `sql:"error_type"`
	ErrorCode    *StringFilter           `sql:"error_code"`
	SubscriberID *StringFilter           `sql:"subscriber_id"`
	RetryCount   *IntFilter              `sql:"retry_count"`
	CreatedAt    *DateTimeFilter         `sql:"created_at"`
	UpdatedAt    *DateTimeFilter         `sql:"updated_at"`
	AnyOf        []*DeadLetterWhere
}

// List types of the dead letter.
type (
	DeadLetterConnection = page.Connection[DeadLetter]
	DeadLetterEdge       = page.Edge[DeadLetter]
)
