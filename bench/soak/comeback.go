package main

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

// A marker is a change that is committed as soon as a fault is over. When the
// clients receive it tells how long the fault was felt.
type marker struct {
	fault string
	begun time.Time
	at    []time.Time // arrivals, one per client that asks for such changes
}

const markerName = "marker-"

// comeback notes when the clients go on after a fault. It does not wait: what
// happens next may hold them up again.
func (s *soak) comeback(ctx context.Context, fault string) {
	s.mu.Lock()
	number := len(s.markers)
	s.markers = append(s.markers, &marker{fault: fault, begun: time.Now()})
	s.mu.Unlock()
	s.comebacks.Go(func() {
		reason := fmt.Sprintf("%s%d", markerName, number)
		for try := 0; ctx.Err() == nil; try++ {
			key := fmt.Sprintf("%s-%d", reason, try)
			if s.journal.Mark(ctx, s.primary.URL(name), key) == nil {
				return
			}
			pause(ctx, 20*time.Millisecond)
		}
	})
}

// arrived is told of each change that a client received.
func (s *soak) arrived(c rig.Change) {
	if c.Reason == nil || !strings.HasPrefix(*c.Reason, markerName) {
		return
	}
	var number int
	if _, err := fmt.Sscanf(*c.Reason, markerName+"%d", &number); err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.markers[number].at = append(s.markers[number].at, time.Now())
}

// printFaults tells what happened how often, and how long the first of the
// clients, half of them and all waited for the next change.
func (s *soak) printFaults(out io.Writer) {
	waits := map[string][3][]time.Duration{}
	for _, m := range s.markers {
		if len(m.at) == 0 {
			continue
		}
		slices.SortFunc(m.at, time.Time.Compare)
		w := waits[m.fault]
		for i, at := range []int{0, len(m.at) / 2, len(m.at) - 1} {
			w[i] = append(w[i], m.at[at].Sub(m.begun))
		}
		waits[m.fault] = w
	}
	fmt.Fprintln(out, "times\tfault\tnext change at the first client\tat half\tat all\tat all, at worst")
	for _, name := range slices.Sorted(maps.Keys(s.counts)) {
		fmt.Fprintf(out, "%d\t%s", s.counts[name], name)
		if w := waits[name]; len(w[0]) > 0 {
			fmt.Fprintf(out, "\t%s\t%s\t%s\t%s", median(w[0]), median(w[1]), median(w[2]), slices.Max(w[2]).Round(10*time.Millisecond))
		}
		fmt.Fprintln(out)
	}
}

func median(of []time.Duration) time.Duration {
	slices.Sort(of)
	return of[len(of)/2].Round(10 * time.Millisecond)
}
