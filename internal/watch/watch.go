// Package watch shapes the change feed into what subscriptions deliver: a
// snapshot that changes continue exactly, one run, lists that stay true, and
// counts. Each stream is one goroutine or two that end with its context; none
// of them keeps up another, because each holds its own place in the feed.
package watch

import (
	"context"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// retryAfter is the pause after the database did not answer a stream.
const retryAfter = 500 * time.Millisecond

// Source is what streams are made from.
type Source struct {
	Feed  *live.Feed
	Store *repository.Store   // reads current rows
	DB    repository.Beginner // the primary, for snapshots
	Log   *slog.Logger

	tally tally
}

// streamOf runs work in a goroutine that ends with ctx, at the latest when send
// answers false, and closes the channel then.
func streamOf[E any](ctx context.Context, log *slog.Logger, work func(send func(E) bool)) <-chan E {
	events := make(chan E)
	go func() {
		defer close(events)
		guard(ctx, log, func() {
			work(func(e E) bool {
				select {
				case events <- e:
					return true
				case <-ctx.Done():
					return false
				}
			})
		})
	}()
	return events
}

// guard runs work and logs its panic.
func guard(ctx context.Context, log *slog.Logger, work func()) {
	defer func() {
		if r := recover(); r != nil {
			log.ErrorContext(ctx, "a live stream panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	work()
}

// follow is Subscribe of a client that stays: when the database is gone for a
// while it goes on at the last place, as a client that reconnects would. It
// returns when ctx ends or send answers false.
func (s *Source) follow(ctx context.Context, filter live.Filter, after *page.Position, heartbeat time.Duration, send func(live.Event) bool) {
	for {
		err := s.Feed.Subscribe(ctx, filter, after, heartbeat, func(e live.Event) bool {
			after = &e.Position
			return send(e)
		})
		if err == nil || ctx.Err() != nil {
			return
		}
		s.Log.WarnContext(ctx, "a live stream waits for the database", "error", err)
		if !rest(ctx, retryAfter) {
			return
		}
	}
}

// rest waits; false when ctx ended meanwhile.
func rest(ctx context.Context, pause time.Duration) bool {
	timer := time.NewTimer(pause)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
