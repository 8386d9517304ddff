package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// WorkflowEventSubscription is a running instance that waits for an event at one
// of its steps. Exactly one event fulfils it; else it expires, or is cancelled
// with the instance.
type WorkflowEventSubscription struct {
	Record
	SubscriptionID       string                          `db:"subscription_id"`
	WorkflowInstanceID   uuid.UUID                       `db:"workflow_instance_id"`
	EventPattern         string                          `db:"event_pattern"`
	FilterCondition      *string                         `db:"filter_condition"`
	Status               WorkflowEventSubscriptionStatus `db:"status"`
	TimeoutAt            *time.Time                      `db:"timeout_at"`
	FulfilledAt          *time.Time                      `db:"fulfilled_at"`
	FulfilledByEventID   *uuid.UUID                      `db:"fulfilled_by_event_id"`
	WaitStepID           string                          `db:"wait_step_id"`
	TimeoutHandlerStepID *string                         `db:"timeout_handler_step_id"`
	Revision             int                             `db:"revision"`
}

// Prefix starts the id of a subscription.
func (*WorkflowEventSubscription) Prefix() string { return "wfs" }

// ID is the opaque global id.
func (s *WorkflowEventSubscription) ID() string { return nodeid.Encode(s.Prefix(), s.UUID) }

// WorkflowEventSubscriptionStatus is where a wait stands; all but active are final.
type WorkflowEventSubscriptionStatus string

// The statuses of a subscription.
const (
	SubscriptionActive    WorkflowEventSubscriptionStatus = "active"
	SubscriptionFulfilled WorkflowEventSubscriptionStatus = "fulfilled"
	SubscriptionExpired   WorkflowEventSubscriptionStatus = "expired"
	SubscriptionCancelled WorkflowEventSubscriptionStatus = "cancelled"
)

// Values implements Enum.
func (WorkflowEventSubscriptionStatus) Values() []string {
	return []string{"active", "fulfilled", "expired", "cancelled"}
}

// MarshalGQL writes the GraphQL spelling.
func (s WorkflowEventSubscriptionStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *WorkflowEventSubscriptionStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// WorkflowEventSubscriptionTransitions is the state table of a wait.
var WorkflowEventSubscriptionTransitions = Transitions[WorkflowEventSubscriptionStatus]{
	SubscriptionActive: {SubscriptionFulfilled, SubscriptionExpired, SubscriptionCancelled},
}

// WorkflowEventSubscriptionStatusFilter selects by where a wait stands.
type WorkflowEventSubscriptionStatusFilter = EnumFilter[WorkflowEventSubscriptionStatus]

// WorkflowEventSubscriptionWhere selects subscriptions.
type WorkflowEventSubscriptionWhere struct {
	SubscriptionID     *StringFilter                          `sql:"subscription_id"`
	Status             *WorkflowEventSubscriptionStatusFilter `sql:"status"`
	WorkflowInstanceID *IDFilter                              `sql:"workflow_instance_id"`
	WaitStepID         *StringFilter                          `sql:"wait_step_id"`
	ReachedBy          *string                                `sql:"pattern_query" reached:"event"`
	TimeoutAt          *DateTimeFilter                        `sql:"timeout_sort"`
	UpdatedAt          *DateTimeFilter                        `sql:"updated_at"`
	AnyOf              []*WorkflowEventSubscriptionWhere
}

// List types of the subscription.
type (
	WorkflowEventSubscriptionConnection = page.Connection[WorkflowEventSubscription]
	WorkflowEventSubscriptionEdge       = page.Edge[WorkflowEventSubscription]
)
