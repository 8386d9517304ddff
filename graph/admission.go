package graph

import (
	"context"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// admission keeps the number of running operations at what the machine can do.
// Above it a short queue absorbs bursts; what does not fit is turned away at
// once, because under overload an early no is worth more than a late yes.
type admission struct {
	slots    chan struct{}
	waiting  atomic.Int64
	most     int64
	patience time.Duration
}

func newAdmission(l Limits) *admission {
	return &admission{slots: make(chan struct{}, l.Concurrency), most: int64(l.Waiting), patience: l.Patience}
}

// admit returns when the operation may run; release must be called when it is
// done.
func (a *admission) admit(ctx context.Context) (release func(), err error) {
	select {
	case a.slots <- struct{}{}:
		return a.release, nil
	default:
	}
	if a.waiting.Add(1) > a.most {
		a.waiting.Add(-1)
		return nil, overloaded()
	}
	defer a.waiting.Add(-1)
	timer := time.NewTimer(a.patience)
	defer timer.Stop()
	select {
	case a.slots <- struct{}{}:
		return a.release, nil
	case <-timer.C:
		return nil, overloaded()
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (a *admission) release() { <-a.slots }

func overloaded() *fault.Fault {
	return fault.Errorf(fault.Unavailable, "The server is busy with as many operations as it can run.").
		Hint("Try again after the number of seconds in the Retry-After header.")
}
