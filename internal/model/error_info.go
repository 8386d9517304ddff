package model

import (
	"time"

	"github.com/augmentedos/graph/graph/scalar"
)

// ErrorInfo is what went wrong in a workflow, a step, a task, a test case or an
// attempt to deliver an event. They are stored in slightly different forms and
// read as this one.
type ErrorInfo struct {
	Message      string
	Code         *string
	Category     *string
	Details      scalar.JSON
	Timestamp    *time.Time
	Retriable    *bool
	StackTrace   *string
	FailedStepID *string
}

// parseError reads an error object, or a bare text as an error with that
// message; nil when there is no error.
func parseError(doc scalar.JSON) *ErrorInfo {
	if message := parseValue[string](doc); message != nil {
		return &ErrorInfo{Message: *message}
	}
	d := parseDocument(doc)
	if d == nil {
		return nil
	}
	code := d.text("code")
	return &ErrorInfo{
		Message:      textOr(d.text("message", "failureReason", "error", "reason"), textOr(code, "The error has no message.")),
		Code:         code,
		Category:     d.text("category", "type"),
		Details:      d.part("details", "context"),
		Timestamp:    d.moment("timestamp", "time"),
		Retriable:    d.flag("retriable", "retryable"),
		StackTrace:   d.text("stackTrace", "stack_trace", "stack"),
		FailedStepID: d.text("failedStepId", "stepId"),
	}
}
