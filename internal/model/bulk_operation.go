package model

import (
	"io"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// BulkOperation is one change made to many rows in the background. Its rows are
// chosen once, when it starts; each is then changed in a transaction of its own,
// as if somebody had done it by hand.
type BulkOperation struct {
	Record
	Kind        BulkOperationKind   `db:"kind"`
	Status      BulkOperationStatus `db:"status"`
	Filter      scalar.JSON         `db:"filter"`
	Options     scalar.JSON         `db:"options"`
	Reason      string              `db:"reason"`
	AtMost      int                 `db:"at_most"`
	PerSecond   *int                `db:"per_second"` // nil = as fast as it goes
	Total       int                 `db:"total"`
	Done        int                 `db:"done"`
	Failed      int                 `db:"failed"`
	RequestedBy string              `db:"requested_by"`
	Roles       []string            `db:"roles"` // that RequestedBy had
	StartedAt   *time.Time          `db:"started_at"`
	CompletedAt *time.Time          `db:"completed_at"`
	Revision    int                 `db:"revision"`
}

// Prefix starts the id of a bulk operation.
func (*BulkOperation) Prefix() string { return "blk" }

// ID is the opaque global id.
func (o *BulkOperation) ID() string { return nodeid.Encode(o.Prefix(), o.UUID) }

// Rate is rows per second since it began, pauses included; nil before the first
// row.
func (o *BulkOperation) Rate() *float64 {
	if o.StartedAt == nil || o.Done+o.Failed == 0 {
		return nil
	}
	until := o.UpdatedAt
	if o.CompletedAt != nil {
		until = *o.CompletedAt
	}
	rate := float64(o.Done+o.Failed) / max(until.Sub(*o.StartedAt).Seconds(), 0.001)
	return &rate
}

// ExportRetention is how long the bundle of an export can be fetched.
const ExportRetention = 24 * time.Hour

// Download is the path under which a finished export is fetched; nil for what is
// no export, is not ready or was forgotten.
func (o *BulkOperation) Download(now time.Time) *string {
	if o.Kind != BulkExportBundle || o.Status != BulkCompleted || o.Failed > 0 || now.Sub(*o.CompletedAt) > ExportRetention {
		return nil
	}
	path := "/exports/" + o.ID() + ".tar.gz"
	return &path
}

// BulkOperationFailure is a row that an operation could not change.
type BulkOperationFailure struct {
	UUID       *uuid.UUID `db:"id"` // nil for a row of a bundle, which is none of a table
	Place      int        `db:"place"`
	NodePrefix *string    `db:"prefix"`
	Code       string     `db:"code"`
	Message    string     `db:"message"`
}

// ID is the global id of the row, nil for one of a bundle.
func (f *BulkOperationFailure) ID() *string {
	if f.UUID == nil || f.NodePrefix == nil {
		return nil
	}
	id := nodeid.Encode(*f.NodePrefix, *f.UUID)
	return &id
}

// BulkOperationKind is what is done to each row.
type BulkOperationKind string

// The kinds of bulk operation.
const (
	BulkCancelWorkflowInstances BulkOperationKind = "CANCEL_WORKFLOW_INSTANCES"
	BulkRetryWorkflowInstances  BulkOperationKind = "RETRY_WORKFLOW_INSTANCES"
	BulkReassignTasks           BulkOperationKind = "REASSIGN_TASKS"
	BulkCancelTasks             BulkOperationKind = "CANCEL_TASKS"
	BulkRetryTasks              BulkOperationKind = "RETRY_TASKS"
	BulkDiscardDeadLetters      BulkOperationKind = "DISCARD_DEAD_LETTERS"
	BulkReprocessDeadLetters    BulkOperationKind = "REPROCESS_DEAD_LETTERS"
	BulkReplayEvents            BulkOperationKind = "REPLAY_EVENTS"
	BulkImportBundle            BulkOperationKind = "IMPORT_BUNDLE"
	BulkExportBundle            BulkOperationKind = "EXPORT_BUNDLE"
)

// Values implements Enum.
func (BulkOperationKind) Values() []string {
	return []string{
		"CANCEL_WORKFLOW_INSTANCES", "RETRY_WORKFLOW_INSTANCES", "REASSIGN_TASKS", "CANCEL_TASKS", "RETRY_TASKS",
		"DISCARD_DEAD_LETTERS", "REPROCESS_DEAD_LETTERS", "REPLAY_EVENTS",
		"IMPORT_BUNDLE", "EXPORT_BUNDLE",
	}
}

// MarshalGQL writes the GraphQL spelling.
func (k BulkOperationKind) MarshalGQL(w io.Writer) { marshalEnum(k, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (k *BulkOperationKind) UnmarshalGQL(v any) error { return unmarshalEnum(k, v) }

// BulkOperationStatus is where a bulk operation stands.
type BulkOperationStatus string

// The statuses of a bulk operation.
const (
	BulkPending   BulkOperationStatus = "PENDING"
	BulkRunning   BulkOperationStatus = "RUNNING"
	BulkPaused    BulkOperationStatus = "PAUSED"
	BulkCompleted BulkOperationStatus = "COMPLETED"
	BulkCancelled BulkOperationStatus = "CANCELLED"
)

// Values implements Enum.
func (BulkOperationStatus) Values() []string {
	return []string{"PENDING", "RUNNING", "PAUSED", "COMPLETED", "CANCELLED"}
}

// MarshalGQL writes the GraphQL spelling.
func (s BulkOperationStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *BulkOperationStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// BulkOperationTransitions is the state table of a bulk operation.
var BulkOperationTransitions = Transitions[BulkOperationStatus]{
	BulkPending: {BulkRunning, BulkPaused, BulkCompleted, BulkCancelled},
	BulkRunning: {BulkPaused, BulkCompleted, BulkCancelled},
	BulkPaused:  {BulkRunning, BulkCancelled},
}

// NextStatuses are the statuses it may move to.
func (o *BulkOperation) NextStatuses() []BulkOperationStatus {
	return BulkOperationTransitions[o.Status]
}

// BulkOperationStatusFilter selects by where an operation stands.
type BulkOperationStatusFilter = EnumFilter[BulkOperationStatus]

// BulkOperationWhere selects bulk operations.
type BulkOperationWhere struct {
	Status *BulkOperationStatusFilter `sql:"status"`
}

// List types of the bulk operation.
type (
	BulkOperationConnection = page.Connection[BulkOperation]
	BulkOperationEdge       = page.Edge[BulkOperation]
)
