// Package idempotency names the request behind a mutation, so that the request
// sent again does nothing again. Like the caller's identity the name travels in
// the context; repository.Once is what heeds it.
package idempotency

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// Request is one mutation that its sender gave a key. The key is remembered per
// caller and mutation for Retention.
type Request struct {
	Mutation    string
	Key         string
	Fingerprint string // of the other arguments: the same key with others is a mistake of the sender
}

// MaxKey is the longest key in characters.
const MaxKey = 255

// New is the request for a mutation with these arguments, the key not among
// them. Objects are fingerprinted whatever the order of their keys was.
func New(mutation, key string, arguments any) (Request, error) {
	text, err := json.Marshal(arguments)
	if err != nil {
		return Request{}, fmt.Errorf("fingerprint of %s: %w", mutation, err)
	}
	sum := sha256.Sum256(text)
	return Request{Mutation: mutation, Key: key, Fingerprint: hex.EncodeToString(sum[:])}, nil
}

type contextKey struct{}

// With makes what happens under ctx part of the request.
func With(ctx context.Context, r Request) context.Context {
	return context.WithValue(ctx, contextKey{}, r)
}

// From is the request that ctx belongs to; ok is false when its sender gave no
// key.
func From(ctx context.Context) (r Request, ok bool) {
	r, ok = ctx.Value(contextKey{}).(Request)
	return r, ok
}
