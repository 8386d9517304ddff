package model

import (
	"time"

	"github.com/augmentedos/graph/internal/page"
)

// StatusChange is one committed change of one object as a feed tells it.
type StatusChange struct {
	Cursor    page.Cursor
	What      ChangeKind
	Kind      ChangedKind
	ID        *string
	OldStatus *string
	NewStatus *string
	At        time.Time
	By        *string
	Reason    *string
}

// ChangedKinds are the kinds of objects by the number that the capture triggers
// write, from 1.
var ChangedKinds = []ChangedKind{
	"", ChangedKindWorkflowDefinition, ChangedKindWorkflowInstance, ChangedKindWorkflowEventTrigger,
	ChangedKindWorkflowEventSubscription, ChangedKindTaskDefinition, ChangedKindTaskInstance,
	ChangedKindEventDefinition, ChangedKindEventInstance, ChangedKindEventSequence, ChangedKindEventQueue,
	ChangedKindDeadLetter, ChangedKindIntegrationDefinition, ChangedKindIntegrationInstance,
	ChangedKindUIComponent, ChangedKindTestDefinition, ChangedKindTestRun, ChangedKindTestCaseResult,
}
