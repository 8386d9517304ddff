package model

import (
	"io"
	"strconv"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// Enum is a closed vocabulary. Its Go value is the spelling stored in the
// database; GraphQL shows the same word in upper snake case.
type Enum interface {
	~string
	// Values are all stored spellings, in the order of the schema.
	Values() []string
}

// SpellEnum is the GraphQL spelling of a stored value.
func SpellEnum(stored string) string {
	return strings.ToUpper(strings.ReplaceAll(stored, "-", "_"))
}

func marshalEnum[E Enum](e E, w io.Writer) {
	_, _ = io.WriteString(w, strconv.Quote(SpellEnum(string(e))))
}

func unmarshalEnum[E Enum](e *E, v any) error {
	text, _ := v.(string)
	for _, stored := range (*e).Values() {
		if SpellEnum(stored) == text {
			*e = E(stored)
			return nil
		}
	}
	return fault.Errorf(fault.BadUserInput, "%q is not one of the values", text)
}

// DefinitionStatus is where a version of a definition stands in its life:
// written as a draft, active for exactly one version per business key, then
// deprecated. Active and deprecated versions never change their content.
type DefinitionStatus string

// The statuses of a definition.
const (
	DefinitionDraft      DefinitionStatus = "draft"
	DefinitionActive     DefinitionStatus = "active"
	DefinitionDeprecated DefinitionStatus = "deprecated"
)

// Values implements Enum.
func (DefinitionStatus) Values() []string { return []string{"draft", "active", "deprecated"} }

// MarshalGQL and UnmarshalGQL spell the enum for GraphQL.
func (s DefinitionStatus) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *DefinitionStatus) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }

// DefinitionStatusFilter selects by DefinitionStatus.
type DefinitionStatusFilter = EnumFilter[DefinitionStatus]

// InstancePhase is the status of any instance reduced to what a dashboard
// colours by; each kind of instance keeps its own finer status.
type InstancePhase string

// The phases of an instance.
const (
	PhasePending   InstancePhase = "pending"
	PhaseActive    InstancePhase = "active"
	PhaseWaiting   InstancePhase = "waiting"
	PhaseSucceeded InstancePhase = "succeeded"
	PhaseFailed    InstancePhase = "failed"
	PhaseCancelled InstancePhase = "cancelled"
)

// Values implements Enum.
func (InstancePhase) Values() []string {
	return []string{"pending", "active", "waiting", "succeeded", "failed", "cancelled"}
}

// MarshalGQL writes the GraphQL spelling.
func (s InstancePhase) MarshalGQL(w io.Writer) { marshalEnum(s, w) }

// UnmarshalGQL reads the GraphQL spelling.
func (s *InstancePhase) UnmarshalGQL(v any) error { return unmarshalEnum(s, v) }
