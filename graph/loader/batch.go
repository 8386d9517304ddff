package loader

import (
	"context"
	"sync"
	"time"
)

// batcher gathers the keys that siblings ask for and remembers the answers for
// the rest of the response.
//
// A level of a query is resolved by many goroutines, and a page of a hundred
// rows takes longer to get going than one row. A batch that left after a fixed
// time would leave some siblings behind, and the number of statements would
// depend on the number of rows. So a batch leaves when no key of the response,
// its own or another's, has arrived for a while.
type batcher[V any] struct {
	set   *Set
	fetch fetch[V]

	mu    sync.Mutex
	asked map[any]*batch[V]
	open  *batch[V] // still takes keys
}

// batch is one call of fetch. found and err are written before done is closed.
type batch[V any] struct {
	keys  []any
	full  chan struct{}
	done  chan struct{}
	found map[any]V
	err   error
}

func (b *batcher[V]) load(ctx context.Context, key any) (V, error) {
	of := b.join(ctx, key)
	<-of.done
	return of.found[key], of.err
}

// know fetches keys that nobody asked for yet, as a batch of its own.
func (b *batcher[V]) know(ctx context.Context, keys []any) (map[any]V, error) {
	of := &batch[V]{done: make(chan struct{})}
	b.mu.Lock()
	for _, key := range keys {
		if b.asked[key] == nil {
			b.asked[key] = of
			of.keys = append(of.keys, key)
		}
	}
	b.mu.Unlock()
	defer close(of.done)
	if len(of.keys) > 0 {
		of.found, of.err = guarded(ctx, b.fetch, of.keys)
	}
	return of.found, of.err
}

// join puts key into the open batch, unless it was asked for before.
func (b *batcher[V]) join(ctx context.Context, key any) *batch[V] {
	b.mu.Lock()
	defer b.mu.Unlock()
	if of, ok := b.asked[key]; ok {
		return of
	}
	if b.open == nil {
		b.open = &batch[V]{full: make(chan struct{}), done: make(chan struct{})}
		go b.run(ctx, b.open)
	}
	of := b.open
	b.asked[key] = of
	of.keys = append(of.keys, key)
	if len(of.keys) == capacity {
		close(of.full)
		b.open = nil
	}
	return of
}

// run waits for siblings and fetches for all of them. It runs in the context of
// the first one, which the siblings share but for their place in the answer.
func (b *batcher[V]) run(ctx context.Context, of *batch[V]) {
	defer close(of.done)
	b.gather(ctx, of)
	b.mu.Lock()
	if b.open == of {
		b.open = nil
	}
	b.mu.Unlock()
	of.found, of.err = guarded(ctx, b.fetch, of.keys)
}

// gather returns when three quarters of the wait went by without a new key, not
// before the whole of it and not after patience times as much.
func (b *batcher[V]) gather(ctx context.Context, of *batch[V]) {
	step := b.set.wait / 4
	if step <= 0 {
		return
	}
	tick := time.NewTicker(step)
	defer tick.Stop()
	seen, quiet := b.set.arrived.Load(), 0
	for steps := 1; steps < 4*patience; steps++ {
		select {
		case <-tick.C:
		case <-of.full:
			return
		case <-ctx.Done():
			return
		}
		quiet++
		if now := b.set.arrived.Load(); now != seen {
			seen, quiet = now, 0
		}
		if steps >= 4 && quiet >= 3 {
			return
		}
	}
}
