package stream

import (
	"context"

	"github.com/augmentedos/graph/internal/page"
)

// Onward is how a subscription goes on once it has caught up: without a
// goroutine and an execution of its own, in step with all the others. A resolver
// offers it beside its channel.
type Onward interface {
	// Follow begins after a place that the channel has told, while the channel
	// is still open. wake is called when there is something to take; it does not
	// wait. nil says that the place cannot be continued now; the channel can.
	Follow(after page.Position, wake func()) Follower
}

// Follower is a subscription that goes on.
type Follower interface {
	Take() Taken       // what came since the last call; called by one at a time
	Told(messages int) // how many messages to clients that became
	Leave()            // ends it, once
}

// Taken are values like those of the channel.
type Taken struct {
	From   page.Position // the place before them
	Values []any
	Ended  bool // they are the last ones
	Lost   bool // what follows them is told by a new channel only, from the last place on
}

type offerKey struct{}

// Offer is called by the resolver of a subscription whose events tell their
// place. Without a transport that shares executions it does nothing.
func Offer(ctx context.Context, o Onward) {
	if t, ok := ctx.Value(offerKey{}).(*tap); ok {
		t.onward = o
	}
}
