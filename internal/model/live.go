package model

import (
	"time"

	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// FeedObject is where an object stood when a snapshot was taken.
type FeedObject struct {
	ID     string
	Kind   ChangedKind
	Status *string
}

// WorkflowRunEvent is what happened in a run. The run itself is read when the
// event is sent.
type WorkflowRunEvent struct {
	Cursor  page.Cursor
	RunUUID uuid.UUID
	Changes []*StatusChange
	Resync  *ResyncReason
}

// LiveList is a message of a list that stays true: the whole list in a
// snapshot, else what came, changed or left.
type LiveList[T any] struct {
	Snapshot  bool
	Truncated bool // more rows match than the snapshot holds
	Nodes     []*T
	Left      []string // global ids
}

// The live lists.
type (
	TaskInboxEvent             = LiveList[TaskInstance]
	WorkflowInstancesLiveEvent = LiveList[WorkflowInstance]
)

// StatsLive are the numbers at the head of a dashboard, as of one moment.
type StatsLive struct {
	At                time.Time
	WorkflowInstances []*StatusCount
	TaskInstances     []*StatusCount
	DeadLetters       []*StatusCount
	QueueDepth        int64
}

// StatusCount is how many objects have a status.
type StatusCount struct {
	Status string // upper case
	Count  int64
}
