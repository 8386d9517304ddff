package main

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

// What happens to clients and on the way to them.

func (s *soak) storm(context.Context) error {
	s.balancer.Cut()
	return nil
}

// some are a few clients by chance.
func (s *soak) some() []*rig.Client {
	var chosen []*rig.Client
	for _, i := range s.random.Perm(len(s.clients))[:4] {
		chosen = append(chosen, s.clients[i])
	}
	return chosen
}

func (s *soak) stall(ctx context.Context) error {
	var back []func()
	for _, c := range s.some() {
		back = append(back, c.Stall())
	}
	pause(ctx, 7*time.Second)
	for _, resume := range back {
		resume()
	}
	return nil
}

func (s *soak) vanish(context.Context) error {
	for _, c := range s.some() {
		c.Vanish()
	}
	return nil
}

// cutNetwork lets nothing through and tells nobody: for a moment, or so long
// that clients give their connections up.
func (s *soak) cutNetwork(ctx context.Context) error {
	restore := s.balancer.Hold()
	defer restore()
	pause(ctx, []time.Duration{3 * time.Second, 12 * time.Second}[s.random.IntN(2)])
	return nil
}

// late is a client that began at a place in the middle.
type late struct {
	client *rig.Client
	after  string // key of the change whose cursor it brought
}

// mostMissed is how many changes a client of a crowd was away for at most, so
// that a crowd costs the same in every hour.
const mostMissed = 3000

// crowd brings clients that were away for different times back at once. They
// leave when they have caught up; what they received is judged in the end.
func (s *soak) crowd(ctx context.Context) error {
	seen, _ := s.clients[0].Received()
	seen = seen[max(0, len(seen)-mostMissed):]
	following, leave := context.WithTimeout(ctx, 3*time.Minute)
	defer leave()
	var done sync.WaitGroup
	for range min(100, len(seen)) {
		from := seen[s.random.IntN(len(seen))]
		if from.Kind != "WORKFLOW_INSTANCE" || from.Reason == nil {
			continue
		}
		c := rig.NewClient(s.balancer.Addr())
		c.Begin(from.Cursor)
		s.late = append(s.late, late{c, from.Key()})
		done.Go(func() {
			one, leave := context.WithCancel(following)
			go func() { // ends with the client
				select {
				case <-c.CaughtUp:
				case <-one.Done():
				}
				leave()
			}()
			c.Run(one)
		})
	}
	done.Wait()
	if following.Err() != nil && ctx.Err() == nil {
		return fmt.Errorf("not everybody had caught up within three minutes")
	}
	return nil
}
