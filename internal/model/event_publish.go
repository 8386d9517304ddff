package model

import (
	"time"

	"github.com/augmentedos/graph/graph/scalar"
)

// EventPublishInput is what is to be published, in one transaction.
type EventPublishInput struct {
	Events         []*EventInput
	QueueID        *string
	ValidateOnly   bool
	IdempotencyKey *string
}

// EventInput is an event as its publisher tells it. What may be left out is nil.
type EventInput struct {
	Pattern   string
	Version   *string
	EventID   *string
	Timestamp *time.Time
	Source    *EventOriginInput
	Payload   scalar.JSON
	Metadata  scalar.JSON
}

// EventOriginInput is who publishes an event.
type EventOriginInput struct {
	Type string  `json:"type"`
	ID   string  `json:"id"`
	Name *string `json:"name,omitempty"`
}

// EventPublishOutcome is what became of one event.
type EventPublishOutcome struct {
	Accepted   bool
	Duplicate  bool
	Event      *EventInstance
	Problems   []*Problem
	UserErrors []UserError
}
