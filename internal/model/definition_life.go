package model

import (
	"strings"

	"github.com/google/uuid"
)

// DefinitionTransitions are the moves of a version: what was active is never a
// draft again, and exactly one version per business key is active once one was
// published.
var DefinitionTransitions = Transitions[DefinitionStatus]{
	DefinitionDraft:      {DefinitionActive},
	DefinitionActive:     {DefinitionDeprecated},
	DefinitionDeprecated: {DefinitionActive},
}

// DefinitionRef is a version of a definition of some kind, read when a client
// asks for it. The zero value leads nowhere.
type DefinitionRef struct {
	Table string    `db:"table"`
	ID    uuid.UUID `db:"id"`
}

// DefinitionUse is a place at which a definition, the source, uses another one.
// Goal is the pinned version, or the one that the place means right now.
type DefinitionUse struct {
	Source DefinitionRef
	Goal   DefinitionRef
	Path   string
	Pinned bool
	Active bool // the source is an active version
}

// DefinitionReferenceChange is a definition that one version uses in another
// version than the one before did.
type DefinitionReferenceChange struct {
	Path       string
	BusinessID string
	Old, New   DefinitionRef
}

// DefinitionRunning counts the instances of a version that have not ended.
type DefinitionRunning struct {
	Version DefinitionRef
	Count   int
}

// InputPath is a JSON Pointer within a row's columns as saves spell it: the
// column becomes the field of the input, /input_schema/type /inputSchema/type.
func InputPath(path string) string {
	column, rest, nested := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if column == "" {
		return path
	}
	out := "/" + InputField(column)
	if nested {
		out += "/" + rest
	}
	return out
}

// InputField is the field of an input that sets a column.
func InputField(column string) string {
	words := strings.Split(column, "_")
	for i, word := range words[1:] {
		if word != "" {
			words[i+1] = strings.ToUpper(word[:1]) + word[1:]
		}
	}
	return strings.Join(words, "")
}
