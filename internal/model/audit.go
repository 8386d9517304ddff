package model

import (
	"slices"

	"github.com/augmentedos/graph/internal/page"
)

// AuditEntry is a change and the object that changed.
type AuditEntry struct {
	ID     *string // nil when a whole table was emptied
	Kind   ChangedKind
	Change *HistoryEntry
}

// AuditLog is a page of what changed.
type AuditLog struct {
	Entries  []*AuditEntry
	PageInfo page.Info
}

// AuditLogWhere selects changes. All given fields must hold.
type AuditLogWhere struct {
	Kinds []ChangedKind
	ID    *string
	By    []string
	What  []ChangeKind
	At    *DateTimeFilter
}

// KindNumbers are the kinds as the change log counts them, nil for all.
func (w *AuditLogWhere) KindNumbers() []int {
	return numbers(w.Kinds, func(k ChangedKind) int { return slices.Index(ChangedKinds, k) })
}

// WhatNumbers are the kinds of change as the change log counts them, nil for
// all.
func (w *AuditLogWhere) WhatNumbers() []int {
	return numbers(w.What, func(k ChangeKind) int { return slices.Index(k.Values(), string(k)) + 1 })
}

func numbers[E any](words []E, number func(E) int) []int {
	if words == nil {
		return nil
	}
	all := make([]int, len(words))
	for i, word := range words {
		all[i] = number(word)
	}
	return all
}
