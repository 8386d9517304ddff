package model

import (
	"slices"
	"time"

	"github.com/augmentedos/graph/internal/page"
)

// StatusChange is one committed change of one object as a feed tells it.
type StatusChange struct {
	Cursor    page.Cursor
	Terminal  bool
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

// ended are the statuses, in upper case, that nothing but a retry leaves.
// Definitions, triggers, queues and connections have none: they go on.
var ended = map[ChangedKind][]string{
	ChangedKindWorkflowInstance:          {"COMPLETED", "FAILED", "CANCELLED"},
	ChangedKindWorkflowEventSubscription: {"FULFILLED", "EXPIRED", "CANCELLED"},
	ChangedKindTaskInstance:              {"COMPLETED", "FAILED", "TIMED_OUT", "CANCELLED"},
	ChangedKindEventSequence:             {"COMPLETED", "FAILED"},
	ChangedKindDeadLetter:                {"RESOLVED", "DISCARDED"},
	ChangedKindTestRun:                   {"PASSED", "FAILED", "ERROR", "CANCELLED"},
	ChangedKindTestCaseResult:            {"PASSED", "FAILED", "ERROR", "SKIPPED", "TIMEOUT"},
}

// Ended tells whether an object of this kind with this status, in upper case,
// has come to an end.
func Ended(kind ChangedKind, status string) bool { return slices.Contains(ended[kind], status) }
