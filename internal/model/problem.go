package model

import "github.com/google/uuid"

// Problem is what makes a definition unfit for activation, or doubtful. Path is
// a JSON Pointer within the definition as its save spells it.
type Problem struct {
	Severity ProblemSeverity
	Code     string
	Path     string
	Message  string
}

// SearchHit is a definition that a search found. The definition itself is read
// when a client asks for more than the hit shows.
type SearchHit struct {
	Kind     DefinitionKind `db:"kind"`
	UUID     uuid.UUID      `db:"id"`
	Title    string         `db:"title"`
	Subtitle string         `db:"subtitle"`
	Score    float64        `db:"score"`
}
