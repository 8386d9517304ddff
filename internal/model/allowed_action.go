package model

import (
	"errors"

	"github.com/augmentedos/graph/internal/fault"
)

// AllowedAction is a mutation and whether the caller may use it on an object
// now.
type AllowedAction struct {
	Action  string
	To      string
	Allowed bool
	Reason  *string // why not
}

// NewAllowedAction is the mutation action, which leads to a status in the
// spelling of the graph. It is allowed unless something refuses it; the first
// that does says why.
func NewAllowedAction(action, to string, refused ...error) *AllowedAction {
	a := &AllowedAction{Action: action, To: to, Allowed: true}
	for _, err := range refused {
		if err != nil {
			a.Refuse(err)
			break
		}
	}
	return a
}

// Refuse makes it one that is not allowed.
func (a *AllowedAction) Refuse(cause error) {
	text := cause.Error()
	var f *fault.Fault
	if errors.As(cause, &f) && f.Remedy != "" {
		text += "; " + f.Remedy
	}
	a.Allowed, a.Reason = false, &text
}
