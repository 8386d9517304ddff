// Package model holds the things of the platform as the graph shows them: one
// file per entity with its struct, its status and the arrows between statuses,
// its filter and the aliases of its list types. It reads no database and knows
// no request.
package model

import (
	"time"

	"github.com/google/uuid"
)

// Record is what every row of every table has. UUID is a version 7 UUID minted
// from CreatedAt, so ordering by it is ordering by creation.
type Record struct {
	UUID      uuid.UUID `db:"id"`
	CreatedAt time.Time `db:"created_at"`
	UpdatedAt time.Time `db:"updated_at"`
}

// Node is any row that has a global id.
type Node interface {
	// Prefix is the part of the id that tells the type, such as "wfi".
	Prefix() string
	// ID is the opaque global id.
	ID() string
}

// Definition is a versioned template; every running instance points at exactly
// one version of it.
type Definition interface {
	Node
	DefinitionVersion() (version string, status DefinitionStatus)
}

// Instance is an execution of a definition.
type Instance interface {
	Node
	Phase() InstancePhase
	Terminal() bool
}
