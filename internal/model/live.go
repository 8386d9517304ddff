package model

import (
	"time"

	"github.com/augmentedos/graph/internal/page"
	"github.com/google/uuid"
)

// The messages of a status feed. Cursor is where to resume after it; empty
// while a snapshot is not complete.
type (
	// FeedSnapshot is a piece of the snapshot at the beginning.
	FeedSnapshot struct {
		Cursor  page.Cursor
		Objects []*FeedObject
	}
	// FeedChanges are the changes of one batch of commits, in order.
	FeedChanges struct {
		Cursor  page.Cursor
		Changes []*StatusChange
	}
	// FeedCaughtUp says that what follows is live.
	FeedCaughtUp struct{ Cursor page.Cursor }
	// FeedHeartbeat says that nothing that matches happened.
	FeedHeartbeat struct{ Cursor page.Cursor }
	// FeedResync says that the feed could not continue after a place.
	FeedResync struct {
		Cursor page.Cursor
		Reason ResyncReason
	}
)

// IsFeedEvent and its namesakes mark the messages of a feed.
func (FeedSnapshot) IsFeedEvent() {}

// IsFeedEvent implements FeedEvent.
func (FeedChanges) IsFeedEvent() {}

// IsFeedEvent implements FeedEvent.
func (FeedCaughtUp) IsFeedEvent() {}

// IsFeedEvent implements FeedEvent.
func (FeedHeartbeat) IsFeedEvent() {}

// IsFeedEvent implements FeedEvent.
func (FeedResync) IsFeedEvent() {}

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
