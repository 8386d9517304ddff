package model

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/google/uuid"
)

// decode reads a stored document into a T. What has another type than expected
// stays zero, and unknown keys are passed over: a document that somebody wrote
// past the API is shown as far as it is understood, and the raw value is always
// beside it.
func decode[T any](doc scalar.JSON) T {
	var v T
	if len(doc) > 0 {
		_ = json.Unmarshal(doc, &v) // goes on after a value of the wrong type
	}
	return v
}

// decodeList reads a stored array. A null in it reads as an empty T, so that the
// others keep their places.
func decodeList[T any](doc scalar.JSON) []*T { return pointers(decode[[]T](doc)) }

func pointers[T any](values []T) []*T {
	out := make([]*T, len(values))
	for i := range values {
		out[i] = &values[i]
	}
	return out
}

// isNull is true for an absent document and for a JSON null.
func isNull(doc scalar.JSON) bool {
	return len(doc) == 0 || string(bytes.TrimSpace(doc)) == "null"
}

// span is a duration inside a document: ISO 8601, or milliseconds in older
// documents. Anything else reads as absent.
type span struct{ *scalar.Duration }

// UnmarshalJSON never fails, since a failure would end the reading of the whole
// document.
func (s *span) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		if d, ok := scalar.ParseDuration(text); ok {
			s.Duration = &d
		}
		return nil
	}
	if ms, err := strconv.ParseFloat(string(b), 64); err == nil && ms >= 0 && ms < 1e15 {
		s.Duration = &scalar.Duration{Time: time.Duration(ms * float64(time.Millisecond))}
	}
	return nil
}

// moment is a time inside a document; one that does not parse reads as absent.
type moment struct{ *time.Time }

// UnmarshalJSON never fails, as span's.
func (m *moment) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) != nil {
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02"} {
		if at, err := time.Parse(layout, text); err == nil {
			m.Time = &at
			return nil
		}
	}
	return nil
}

// ReferenceTable holds the places in documents of one kind of definition that
// name definitions of another kind.
type ReferenceTable string

// The reference tables.
const (
	WorkflowTasks           ReferenceTable = "workflow_task_references"
	WorkflowUIComponents    ReferenceTable = "workflow_ui_component_references"
	TaskUIComponents        ReferenceTable = "task_ui_component_references"
	TaskIntegrations        ReferenceTable = "task_integration_references"
	UIComponentIntegrations ReferenceTable = "ui_component_integration_references"
	UIComponentChildren     ReferenceTable = "ui_component_child_references"
)

// Place is where a definition names another one: Path is a JSON Pointer within
// the row seen as an object of its columns, such as /steps/3/taskId. The
// reference table knows under the same path which row is meant.
type Place struct {
	Table  ReferenceTable
	Source uuid.UUID
	Path   string
}

// Reference is a place and what is written there. The write side stores one row
// per reference of a definition.
type Reference struct {
	Place
	BusinessID string
	Version    *string // the version to stay with, nil for the active one
}

// Referrer is a definition whose documents name other definitions.
type Referrer interface {
	Node
	// References are all places that name something, in document order.
	References() []Reference
}

// tags reads the list under "tags" of free metadata.
func tags(metadata scalar.JSON) []string {
	return decode[struct {
		Tags []string `json:"tags"`
	}](metadata).Tags
}

func at(path string, index int) string { return path + "/" + strconv.Itoa(index) }
