// Package loader batches the reads of one request: all siblings that need the
// same thing wait for each other for a moment and share one statement. A Set
// lives as long as one response (each subscription event gets a fresh one), so
// nothing it caches can be stale. It names no entity.
package loader

import (
	"context"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/repository"
)

// Wait is how long a batch waits for siblings at least, short beside a round
// trip over a network; as long as they keep coming it waits on, patience times
// as long at most. capacity bounds one statement's array of keys.
const (
	Wait     = time.Millisecond
	patience = 20
	capacity = 1000
)

// Set holds the loaders of one response, made on first use.
type Set struct {
	Store *repository.Store

	wait    time.Duration
	arrived atomic.Int64 // keys asked for so far, by whomever
	mu      sync.Mutex
	loaders map[any]any
}

// Reset forgets everything that was read: after a change, later reads of the
// same response must see it.
func (s *Set) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.loaders)
}

type contextKey struct{}

// With puts a fresh set that reads from store into ctx.
func With(ctx context.Context, store *repository.Store) context.Context {
	return with(ctx, store, Wait)
}

func with(ctx context.Context, store *repository.Store, wait time.Duration) context.Context {
	return context.WithValue(ctx, contextKey{}, &Set{Store: store, wait: wait, loaders: map[any]any{}})
}

// From is the set of this response. A missing set is a mistake in the wiring of
// the handler, hence the panic.
func From(ctx context.Context) *Set {
	set, ok := ctx.Value(contextKey{}).(*Set)
	if !ok {
		panic("loader: no set in the context: the handler must install one for each response")
	}
	return set
}

type fetch[V any] func(ctx context.Context, keys []any) (map[any]V, error)

// load finds or makes the batcher with this identity and asks it for key. A key
// that the batch did not find answers the zero value.
func load[V any](ctx context.Context, set *Set, identity, key any, f fetch[V]) (V, error) {
	set.arrived.Add(1)
	return batcherOf(set, identity, f).load(ctx, key)
}

// know asks for keys of which it is known that they will be asked for: nobody
// has to wait for siblings then, neither here nor who asks later.
func know[V any](ctx context.Context, set *Set, identity any, keys []any, f fetch[V]) (map[any]V, error) {
	return batcherOf(set, identity, f).know(ctx, keys)
}

func batcherOf[V any](set *Set, identity any, f fetch[V]) *batcher[V] {
	set.mu.Lock()
	defer set.mu.Unlock()
	b, ok := set.loaders[identity].(*batcher[V])
	if !ok {
		b = &batcher[V]{set: set, fetch: f, asked: map[any]*batch[V]{}}
		set.loaders[identity] = b
	}
	return b
}

func guarded[V any](ctx context.Context, f fetch[V], keys []any) (found map[any]V, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("loader panicked: %v\n%s", r, debug.Stack())
		}
	}()
	return f(ctx, keys)
}
