package model

// AllowedAction is a mutation and whether the caller may use it on an object
// now.
type AllowedAction struct {
	Action  string
	To      string
	Allowed bool
	Reason  *string // why not
}
