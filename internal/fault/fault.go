// Package fault is the one vocabulary for failures that a user is meant to
// see. A lower layer wraps an error with what it was doing (%w); the layer that
// knows what the failure means gives it a Code; the presenter in graph is the
// only place that turns it into an answer. An error without a Fault in its
// chain is internal: it is logged whole and shown as INTERNAL.
package fault

import (
	"cmp"
	"errors"
	"fmt"
)

// Code is the stable, documented name of a kind of failure. Clients switch on
// it (extensions.code or UserError.code), so a code is never renamed.
type Code string

// The codes users meet. Each one is explained in docs/errors.md.
const (
	BadUserInput      Code = "BAD_USER_INPUT"       // a value has the wrong form or is out of range
	Validation        Code = "VALIDATION_FAILED"    // a document breaks its schema or a structural rule
	NotFound          Code = "NOT_FOUND"            // nothing has this id or key
	Conflict          Code = "CONFLICT"             // another writer was first, or a unique key is taken
	IdempotencyKey    Code = "IDEMPOTENCY_CONFLICT" // the key was used for another request
	IllegalTransition Code = "ILLEGAL_TRANSITION"   // the state table has no such arrow
	QueryTooBroad     Code = "QUERY_TOO_BROAD"      // a filter would read far more than it returns
	QueryTooComplex   Code = "QUERY_TOO_COMPLEX"    // depth, cost, aliases or size over the limit
	QueueFull         Code = "QUEUE_FULL"           // back-pressure: try again after a while
	Unauthenticated   Code = "UNAUTHENTICATED"      // no valid identity
	Forbidden         Code = "FORBIDDEN"            // the identity may not do this
	Timeout           Code = "TIMEOUT"              // the operation's time ran out
	Unavailable       Code = "UNAVAILABLE"          // the database cannot be reached right now
	Internal          Code = "INTERNAL"             // our own mistake; the log has the details
)

// Fault is an error that may be shown to a user. Message says what is wrong,
// Remedy what to do about it; Path is a JSON Pointer into the input the
// message is about, empty when it is about the request as a whole.
type Fault struct {
	Code    Code
	Message string
	Remedy  string
	Path    string
	Details map[string]any // extra machine-readable facts, such as currentRevision
	cause   error
}

// Errorf makes a Fault. A %w verb keeps its cause in the chain for the log; the
// cause's text is part of the message only if the format prints it elsewhere.
func Errorf(code Code, format string, args ...any) *Fault {
	err := fmt.Errorf(format, args...)
	return &Fault{Code: code, Message: err.Error(), cause: errors.Unwrap(err)}
}

// Wrap hides cause behind a message that is safe to show.
func Wrap(cause error, code Code, message string) *Fault {
	return &Fault{Code: code, Message: message, cause: cause}
}

// At returns a copy that points at path, a JSON Pointer into the input.
func (f Fault) At(path string) *Fault { f.Path = path; return &f }

// Hint returns a copy that tells the user what to do.
func (f Fault) Hint(format string, args ...any) *Fault {
	f.Remedy = fmt.Sprintf(format, args...)
	return &f
}

// With returns a copy that carries one more machine-readable fact.
func (f Fault) With(key string, value any) *Fault {
	details := make(map[string]any, len(f.Details)+1)
	for k, v := range f.Details {
		details[k] = v
	}
	details[key] = value
	f.Details = details
	return &f
}

// remedies are what to do about a fault that brings no advice of its own.
var remedies = map[Code]string{
	BadUserInput:      "correct the request as the message says",
	Validation:        "correct the document as the message says",
	NotFound:          "check the id; it may have been deleted",
	Conflict:          "read again, then repeat the change",
	IdempotencyKey:    "use a new key for a new request",
	IllegalTransition: "see allowed for what it can become now",
	QueryTooBroad:     "narrow the filter",
	QueryTooComplex:   "ask for less at once",
	QueueFull:         "try again after a while",
	Unauthenticated:   "sign in",
	Forbidden:         "ask an administrator for the role",
	Timeout:           "ask for less at once",
	Unavailable:       "try again in a few seconds",
}

// Advice is what the user can do: the remedy of this fault, else of its code.
func (f *Fault) Advice() string {
	if f.Remedy == "" && f.Path != "" && (f.Code == BadUserInput || f.Code == Validation) {
		return "correct the value at path"
	}
	return cmp.Or(f.Remedy, remedies[f.Code])
}

func (f *Fault) Error() string { return f.Message }

// Unwrap gives the log the cause.
func (f *Fault) Unwrap() error { return f.cause }

// CodeOf is the code of the first Fault in err's chain, Internal when there is
// none and "" for nil.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var f *Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return Internal
}
