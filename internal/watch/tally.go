package watch

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// The reader of the counts looks at the queues once per depthEvery. It counts
// everything again after recountAfter, because partitions are taken away
// without a word in the change log.
const (
	depthEvery   = time.Second
	recountAfter = 10 * time.Minute
)

// counted are the kinds whose objects are counted by status, as numbered in the
// change log.
var counted = map[int]*repository.Descriptor{
	kindOf(repository.WorkflowInstances.Descriptor): repository.WorkflowInstances.Descriptor,
	kindOf(repository.TaskInstances.Descriptor):     repository.TaskInstances.Descriptor,
	kindOf(repository.DeadLetters.Descriptor):       repository.DeadLetters.Descriptor,
}

func kindOf(d *repository.Descriptor) int { return slices.Index(repository.All, d) + 1 }

// tally is the one reader of counts of a process. It runs while somebody
// watches.
type tally struct {
	mu       sync.Mutex
	watchers int
	stop     context.CancelFunc
	counts   map[int]map[string]int64 // kind -> status, upper case -> number; nil until counted
	depth    int64
	version  int           // grows with every difference
	news     chan struct{} // closed and made anew with every difference
}

// Stats sends the counts at once, and again when they changed, not more often
// than every.
func (s *Source) Stats(ctx context.Context, every time.Duration) <-chan *model.StatsLive {
	t := &s.tally
	t.join(ctx, s)
	return streamOf(ctx, s.Log, func(send func(*model.StatsLive) bool) {
		defer t.leave()
		for sent := -1; ; {
			numbers, version, news := t.now()
			if numbers != nil && version != sent {
				if sent = version; !send(numbers) || !rest(ctx, every) {
					return
				}
				continue
			}
			select {
			case <-news:
			case <-ctx.Done():
				return
			}
		}
	})
}

// join starts the reader for the first who watches; leave ends it after the
// last.
func (t *tally) join(ctx context.Context, s *Source) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watchers++; t.watchers > 1 {
		return
	}
	// The reader belongs to all who watch, not to the first of them.
	ctx, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.counts, t.news = nil, make(chan struct{})
	go s.count(ctx)
}

func (t *tally) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.watchers--; t.watchers == 0 {
		t.stop()
	}
}

// now is what is known; nil before the first count.
func (t *tally) now() (*model.StatsLive, int, <-chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.counts == nil {
		return nil, 0, t.news
	}
	return &model.StatsLive{
		At: time.Now(), QueueDepth: t.depth,
		WorkflowInstances: t.of(repository.WorkflowInstances.Descriptor),
		TaskInstances:     t.of(repository.TaskInstances.Descriptor),
		DeadLetters:       t.of(repository.DeadLetters.Descriptor),
	}, t.version, t.news
}

func (t *tally) of(d *repository.Descriptor) []*model.StatusCount {
	out := []*model.StatusCount{}
	byStatus := t.counts[kindOf(d)]
	for _, status := range slices.Sorted(maps.Keys(byStatus)) {
		if n := byStatus[status]; n != 0 {
			out = append(out, &model.StatusCount{Status: status, Count: n})
		}
	}
	return out
}

// change applies a difference and tells it, unless the reader was stopped and
// another one may be at work.
func (t *tally) change(ctx context.Context, apply func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if ctx.Err() != nil {
		return
	}
	apply()
	t.version++
	close(t.news)
	t.news = make(chan struct{})
}

// count is the reader: it counts, follows the changes from there, and begins
// again when the feed broke or its time is up.
func (s *Source) count(ctx context.Context) {
	for ctx.Err() == nil {
		guard(ctx, s.Log, func() {
			place, err := s.recount(ctx)
			switch {
			case ctx.Err() != nil:
				return
			case err != nil:
				s.Log.WarnContext(ctx, "the counts wait for the database", "error", err)
				return
			}
			round, cancel := context.WithTimeout(ctx, recountAfter)
			defer cancel()
			s.keepCounting(round, place)
		})
		rest(ctx, retryAfter)
	}
}

func (s *Source) recount(ctx context.Context) (place page.Position, err error) {
	counts := map[int]map[string]int64{}
	var depth int64
	err = s.Store.InSnapshot(ctx, s.DB, func(store *repository.Store, at page.Position) error {
		place = at
		for kind, d := range counted {
			stats, err := store.Stats(ctx, d, repository.StatsQuery{GroupBy: "status"})
			if err != nil {
				return err
			}
			counts[kind] = map[string]int64{}
			for _, g := range stats.Groups {
				counts[kind][*g.Key] = g.Count
			}
		}
		depth, err = store.QueueDepth(ctx)
		return err
	})
	if err == nil {
		s.tally.change(ctx, func() { s.tally.counts, s.tally.depth = counts, depth })
	}
	return place, err
}

// keepCounting adds what changes to what was counted, until the round is over
// or the counts are no longer known.
func (s *Source) keepCounting(ctx context.Context, place page.Position) {
	filter := live.Filter{Kinds: slices.Collect(maps.Keys(counted)), Whats: []int{1, 2, 6}} // inserted, moved, deleted
	looked := time.Now()
	s.follow(ctx, filter, &place, depthEvery, func(e live.Event) bool {
		if e.Resync != "" || slices.ContainsFunc(e.Changes, func(c live.Placed) bool { return c.EntityID == nil }) {
			return false
		}
		if len(e.Changes) > 0 {
			s.tally.change(ctx, func() { s.tally.add(e.Changes) })
		}
		if time.Since(looked) >= depthEvery {
			looked = time.Now()
			s.lookAtQueues(ctx)
		}
		return true
	})
}

// lookAtQueues counts what waits in queues, of which the change log says
// nothing.
func (s *Source) lookAtQueues(ctx context.Context) {
	depth, err := s.Store.QueueDepth(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the queues cannot be counted", "error", err)
		return
	}
	if depth != s.tally.depth { // only this goroutine writes it
		s.tally.change(ctx, func() { s.tally.depth = depth })
	}
}

func (t *tally) add(changes []live.Placed) {
	for _, c := range changes {
		if c.OldStatus != nil {
			t.counts[c.Kind][model.SpellEnum(*c.OldStatus)]--
		}
		if c.NewStatus != nil {
			t.counts[c.Kind][model.SpellEnum(*c.NewStatus)]++
		}
	}
}
