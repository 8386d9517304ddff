// Package auth knows who is asking.
package auth

import (
	"context"
	"slices"
	"time"
)

// Identity is the caller of an operation. Without authentication, which only a
// loopback address allows, everybody is Local.
type Identity struct {
	Name    string
	Roles   []string
	Expires time.Time // when the caller must show a new token; zero = never

	// Withdrawn tells whether the token was taken back before it expired; nil = it
	// cannot be.
	Withdrawn func() bool
}

// Gone is true when the token was taken back. That it expires is for whoever
// holds a connection to time.
func (i Identity) Gone() bool { return i.Withdrawn != nil && i.Withdrawn() }

// Local is the caller on a server without authentication.
var Local = Identity{Name: "local", Roles: []string{Admin}}

// Admin is the role that may do everything.
const Admin = "admin"

// Has tells whether the caller has one of the roles.
func (i Identity) Has(roles ...string) bool {
	return slices.ContainsFunc(roles, func(role string) bool { return slices.Contains(i.Roles, role) })
}

type contextKey struct{}

// With names the caller of what happens under ctx.
func With(ctx context.Context, who Identity) context.Context {
	return context.WithValue(ctx, contextKey{}, who)
}

// From is the caller, Local when nobody was named.
func From(ctx context.Context) Identity {
	if who, ok := ctx.Value(contextKey{}).(Identity); ok {
		return who
	}
	return Local
}
