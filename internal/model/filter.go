package model

import (
	"time"

	"github.com/augmentedos/graph/graph/scalar"
)

// The predicates a Where input is made of. All given operators of a predicate
// and all predicates of a Where must hold; a nil operator says nothing. What
// they mean is written down once, in repository/predicate.go.

// EnumFilter selects by a status or another closed vocabulary.
type EnumFilter[E Enum] struct {
	Eq    *E
	In    []E
	NotIn []E
}

// Stored gives the operands in the spelling of the database.
func (f *EnumFilter[E]) Stored() (eq *string, in, notIn []string) {
	if f.Eq != nil {
		text := string(*f.Eq)
		eq = &text
	}
	return eq, storedWords(f.In), storedWords(f.NotIn)
}

func storedWords[E Enum](values []E) []string {
	if values == nil {
		return nil
	}
	words := make([]string, len(values))
	for i, v := range values {
		words[i] = string(v)
	}
	return words
}

// StringFilter selects by text. Contains needs three characters or more, since
// the trigram index cannot serve fewer.
type StringFilter struct {
	Eq       *string
	In       []string
	NotIn    []string
	IsNull   *bool
	Prefix   *string
	Contains *string
}

// IDFilter selects by the global id of another node.
type IDFilter struct {
	Eq     *string
	In     []string
	IsNull *bool
}

// DateTimeFilter selects by time. Ago is a duration before now: {ago: "PT1H"}
// is the last hour.
type DateTimeFilter struct {
	Gte    *time.Time
	Lt     *time.Time
	Ago    *scalar.Duration
	IsNull *bool
}

// Span is the time that is asked for, nil where it is open. Ago reaches no further
// back than to the year 1: PostgreSQL has no older times that JSON could show.
// It begins with a millisecond, as ids do.
func (f *DateTimeFilter) Span(now time.Time) (from, to *time.Time) {
	from = f.Gte
	if f.Ago != nil {
		since := f.Ago.Before(now).Truncate(time.Millisecond)
		if since.Before(time.Time{}) {
			since = time.Time{}
		}
		if last := time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC); since.After(last) {
			since = last
		}
		if from == nil || since.After(*from) {
			from = &since
		}
	}
	return from, f.Lt
}

// IntFilter selects by a number.
type IntFilter struct {
	Eq  *int
	Gte *int
	Lt  *int
}

// JSONFilter selects by content of a document: Contains is a document that the
// stored one must contain.
type JSONFilter struct {
	Contains scalar.JSON
}

// EventPatternFilter selects by the dotted name of an event. Matches is a
// pattern as triggers have them.
type EventPatternFilter struct {
	Eq      *string
	In      []string
	Prefix  *string
	Matches *string
}
