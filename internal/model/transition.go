package model

import (
	"slices"

	"github.com/augmentedos/graph/internal/fault"
)

// Transitions is a state table: the statuses each status may move to. A status
// that is missing, or has none, is final.
type Transitions[S Enum] map[S][]S

// Allows tells whether the table has the arrow.
func (t Transitions[S]) Allows(from, to S) bool { return slices.Contains(t[from], to) }

// Check refuses an arrow the table does not have.
func (t Transitions[S]) Check(from, to S) error {
	if t.Allows(from, to) {
		return nil
	}
	allowed := make([]string, 0, len(t[from]))
	for _, s := range t[from] {
		allowed = append(allowed, SpellEnum(string(s)))
	}
	f := fault.Errorf(fault.IllegalTransition, "%s cannot become %s", SpellEnum(string(from)), SpellEnum(string(to)))
	if len(allowed) == 0 {
		f = f.Hint("%s is final", SpellEnum(string(from)))
	}
	return f.With("from", SpellEnum(string(from))).With("to", SpellEnum(string(to))).With("allowed", allowed)
}

// Sources are the statuses from which to can be reached, in the order of the
// enum.
func (t Transitions[S]) Sources(to S) []S {
	var from []S
	for _, stored := range to.Values() {
		if t.Allows(S(stored), to) {
			from = append(from, S(stored))
		}
	}
	return from
}
