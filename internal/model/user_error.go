package model

// UserError is something about a mutation's input that its sender can mend. It
// is part of the answer, beside the changed node, and not of GraphQL's errors.
type UserError interface{ IsUserError() }

// ValidationError is a value or document that breaks a rule.
type ValidationError struct {
	Code    string
	Message string
	Path    string
	Remedy  *string
	Keyword *string
}

// IsUserError implements UserError.
func (ValidationError) IsUserError() {}

// ConflictError tells that another writer was first or a key is taken.
type ConflictError struct {
	Code            string
	Message         string
	Path            string
	Remedy          *string
	CurrentRevision *int
}

// IsUserError implements UserError.
func (ConflictError) IsUserError() {}

// IllegalTransitionError tells that the state table has no such arrow.
type IllegalTransitionError struct {
	Code    string
	Message string
	Path    string
	Remedy  *string
	From    string
	To      string
	Allowed []string
}

// IsUserError implements UserError.
func (IllegalTransitionError) IsUserError() {}

// NotFoundError tells that nothing has this id or key.
type NotFoundError struct {
	Code    string
	Message string
	Path    string
	Remedy  *string
}

// IsUserError implements UserError.
func (NotFoundError) IsUserError() {}
