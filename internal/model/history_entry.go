package model

import (
	"io"
	"time"
)

// HistoryEntry is one thing that happened to an object. The database writes it
// with the change itself, whoever makes the change.
type HistoryEntry struct {
	At       time.Time
	What     ChangeKind
	From     *string // status before
	To       *string // status after
	Changes  []*HistoryChange
	By       *string
	Reason   *string
	Revision *int
}

// HistoryChange is a value that changed.
type HistoryChange struct {
	Field string
	From  *string
	To    *string
}

// Differ notes a value that changed; equal values leave no trace.
func (h *HistoryEntry) Differ(field string, from, to *string) {
	if (from == nil) == (to == nil) && (from == nil || *from == *to) {
		return
	}
	h.Changes = append(h.Changes, &HistoryChange{field, from, to})
}

// ChangeKind is what kind of change happened, the strongest of what happened at
// once.
type ChangeKind string

// The kinds of change, in the order of their numbers in the change log.
const (
	ChangeInserted   ChangeKind = "INSERTED"
	ChangeStatus     ChangeKind = "STATUS"
	ChangeRouting    ChangeKind = "ROUTING"
	ChangeProgress   ChangeKind = "PROGRESS"
	ChangeDefinition ChangeKind = "DEFINITION"
	ChangeDeleted    ChangeKind = "DELETED"
)

// ChangeKindOf is the kind with a number of the change log, which counts from 1.
func ChangeKindOf(number int) ChangeKind {
	return ChangeKind(ChangeInserted.Values()[number-1])
}

// Values implements Enum.
func (ChangeKind) Values() []string {
	return []string{"INSERTED", "STATUS", "ROUTING", "PROGRESS", "DEFINITION", "DELETED"}
}

// MarshalGQL writes the GraphQL spelling.
func (k ChangeKind) MarshalGQL(w io.Writer) { marshalEnum(k, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (k *ChangeKind) UnmarshalGQL(v any) error { return unmarshalEnum(k, v) }
