// Package page is the shape of every list: which rows are asked for (Request),
// where a row stands (Cursor) and what is answered (Connection). It knows no
// SQL and no entity.
package page

import (
	"github.com/augmentedos/graph/internal/fault"
)

// Sizes of a page. A list at the root of a query defaults to RootSize rows, a
// list inside another to NestedSize, and nobody gets more than MaxSize.
const (
	RootSize   = 20
	NestedSize = 10
	MaxSize    = 100
)

// Args are the four paging arguments of a list field as the client sent them.
type Args struct {
	First  *int
	After  *Cursor
	Last   *int
	Before *Cursor
}

// Request is a checked page request: at most Size rows, walking away from
// From (the start of the list when empty), Backward for last/before.
type Request struct {
	Size     int
	Backward bool
	From     Cursor
}

// Place is the argument that From was given in, as a JSON Pointer.
func (r Request) Place() string {
	if r.Backward {
		return "/before"
	}
	return "/after"
}

// Request checks the arguments against the Relay rules: one direction per
// list, 0 to MaxSize rows. size is the default where neither first nor last is
// given.
func (a Args) Request(size int) (Request, error) {
	forward := a.First != nil || a.After != nil
	backward := a.Last != nil || a.Before != nil
	if forward && backward {
		return Request{}, fault.Errorf(fault.BadUserInput, "a list is read in one direction").At(a.contradicting()).
			Hint("use first with after, or last with before")
	}
	if backward {
		return newRequest("last", a.Last, a.Before, size, true)
	}
	return newRequest("first", a.First, a.After, size, false)
}

// contradicting points at the argument that makes a forward list go backward.
func (a Args) contradicting() string {
	if a.Last != nil {
		return "/last"
	}
	return "/before"
}

func newRequest(name string, n *int, from *Cursor, size int, backward bool) (Request, error) {
	r := Request{Size: size, Backward: backward}
	if n != nil {
		r.Size = *n
	}
	if r.Size < 0 || r.Size > MaxSize {
		return Request{}, fault.Errorf(fault.BadUserInput, "%s must be between 0 and %d, not %d", name, MaxSize, r.Size).
			At("/"+name).Hint("ask for at most %d rows and page on with the cursor", MaxSize)
	}
	if from != nil {
		r.From = *from
	}
	return r, nil
}
