package stream_test

import (
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/page"
)

const feed = "subscription($after: Cursor, $name: String, $wide: Int) { feed(after: $after, name: $name, wide: $wide) { text } }"

func at(n int) string { return string(page.Position{Timeline: "1", N: int64(n)}.Cursor()) }

// only waits until one subscription is left running.
func (s *site) only(t *testing.T, n int) {
	t.Helper()
	require.Eventually(t, func() bool { _, open, _ := s.counts(); return open == n }, 10*time.Second, time.Millisecond)
}

func TestSubscribersToTheSameShareOneExecution(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	peers := make([]*peer, 20)
	for i := range peers {
		peers[i] = s.ready(t)
		peers[i].subscribe(strings.Repeat("i", i+1), feed, map[string]any{"name": "n"})
		require.Equal(t, "live", peers[i].next())
	}
	other := s.ready(t)
	other.subscribe("o", feed, map[string]any{"name": "other"})
	require.Equal(t, "live", other.next())
	s.only(t, 2)
	_, _, before := s.counts()
	s.say("a", "b")
	for _, p := range append(peers, other) {
		require.Equal(t, "a", p.next())
		require.Equal(t, "b", p.next())
	}
	_, _, after := s.counts()
	require.Equal(t, 4, after-before, "two events, each executed once for the twenty and once for the other")
	_, cohorts := s.streams.Counts()
	require.Equal(t, 2, cohorts)

	require.NoError(t, other.conn.Close(websocket.StatusNormalClosure, ""))
	s.only(t, 1)
}

func TestSubscribersToDifferentThingsShareWhatExecutes(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{MaxOperations: 1000})
	p := s.ready(t)
	const many = 400
	for i := range many {
		p.subscribe(fmt.Sprint(i), feed, map[string]any{"name": fmt.Sprint(i)})
		require.Equal(t, "live", p.next())
	}
	s.only(t, many)
	require.Eventually(t, func() bool { // who is told that they are live joins right after
		cohorts, groups, _ := s.streams.Shared()
		return cohorts == many && groups == 1
	}, 10*time.Second, time.Millisecond)
	for i := range 5 {
		s.say(fmt.Sprint(i))
		for range many {
			require.Equal(t, fmt.Sprint(i), p.next())
		}
	}
	_, _, executions := s.streams.Shared()
	require.LessOrEqual(t, executions, 2, "are kept for all of them")
	opened, _, _ := s.counts()
	require.Equal(t, many, opened, "each began by itself, once")
}

func TestWhoeverResumesSeesEachEventOnceWhereverItJoins(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	const total = 400
	var writer sync.WaitGroup
	writer.Go(func() {
		for i := range total {
			s.say(fmt.Sprint(i))
			if i%7 == 0 {
				runtime.Gosched()
			}
		}
		s.say("end")
	})
	var readers sync.WaitGroup
	for i := range 24 {
		p := s.ready(t)
		readers.Go(func() {
			start := i * 10
			p.subscribe("a", feed, map[string]any{"after": at(start)})
			for want := start; ; {
				text := p.next()
				switch {
				case text == "live":
				case text == "end":
					if want != total {
						t.Errorf("reader %d ended before %d", i, want)
					}
					return
				case text != fmt.Sprint(want):
					t.Errorf("reader %d: %s instead of %d", i, text, want)
					return
				default:
					want++
				}
			}
		})
	}
	writer.Wait()
	readers.Wait()
	s.only(t, 1)
}

func TestAPlaceInTheTextOrUsedTwiceIsPartOfWhatIsAskedFor(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	s.say("a", "b")
	p := s.ready(t)
	p.subscribe("1", `subscription { feed(after: "`+at(1)+`") { text } }`)
	require.Equal(t, "b", p.next())
	require.Equal(t, "live", p.next())
	p.subscribe("2", feed, map[string]any{"after": at(0)})
	require.Equal(t, "a", p.next())
	require.Equal(t, "b", p.next())
	require.Equal(t, "live", p.next())
	s.only(t, 2)
}

func TestThoseWhoComeBackFromTheSamePlaceShareTheWayToo(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	s.gate = make(chan struct{})
	s.say("a", "b", "c")
	p := s.ready(t)
	for i := range 60 {
		p.subscribe(fmt.Sprint(i), feed, map[string]any{"after": at(1)})
	}
	p.subscribe("other", feed, map[string]any{"after": at(2)})
	require.Eventually(t, func() bool { return s.streams.Starting() == 61 }, 10*time.Second, time.Millisecond)
	close(s.gate)
	counts := map[string]int{}
	for range 60*3 + 2 {
		counts[p.next()]++
	}
	require.Equal(t, map[string]int{"b": 60, "c": 61, "live": 61}, counts)
	s.only(t, 1)
	_, _, written := s.counts()
	require.Less(t, written, 60, "not once for each")
}

func TestACohortThatStartsOverTakesInOthers(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	for _, id := range []string{"a", "b"} {
		p.subscribe(id, feed)
		require.Equal(t, "live", p.next())
	}
	s.only(t, 1)
	s.say("resync")
	require.Equal(t, []string{"resync", "resync"}, []string{p.next(), p.next()})
	p.subscribe("c", feed)
	require.Equal(t, "live", p.next())
	s.say("x")
	require.Equal(t, []string{"x", "x", "x"}, []string{p.next(), p.next(), p.next()})
	s.only(t, 1)
}

func TestAStormOfSubscriptionsWaitsAndIsNotTurnedAway(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{MaxOperations: 2000})
	s.say("a", "b")
	p := s.ready(t)
	for i := range 2000 {
		p.subscribe(fmt.Sprint(i), feed, map[string]any{"after": at(1)})
	}
	counts := map[string]int{}
	for range 4000 {
		counts[p.next()]++
	}
	require.Equal(t, map[string]int{"b": 2000, "live": 2000}, counts)
	s.only(t, 1)
}

func TestAFeedThatEndsCompletesForEveryMember(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	for _, id := range []string{"a", "b"} {
		p.subscribe(id, feed)
		require.Equal(t, "live", p.next())
	}
	s.only(t, 1)
	s.say("bye!")
	var got []string
	for range 4 {
		var m struct{ ID, Type string }
		require.NoError(t, json.Unmarshal([]byte(p.hear()), &m))
		got = append(got, m.ID+" "+m.Type)
	}
	require.ElementsMatch(t, []string{"a next", "b next", "a complete", "b complete"}, got)
}

func TestASlowClientIsCutOffAndItsNeighboursAreNot(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{QueueBytes: 64 << 10, WriteTimeout: time.Second})
	wide := map[string]any{"wide": 20_000}
	fast, slow := s.ready(t), s.ready(t)
	for _, p := range []*peer{fast, slow} {
		p.subscribe("a", feed, wide)
		require.Contains(t, p.next(), "live")
	}
	s.only(t, 1)
	const events = 600 // 12 MB, more than the kernel holds for a client that does not read
	for i := range events {
		s.say(fmt.Sprint(i))
		require.Equal(t, fmt.Sprint(i), strings.TrimRight(fast.next(), "."))
	}
	require.Eventually(t, func() bool { clients, _ := s.streams.Counts(); return clients == 1 }, 10*time.Second, time.Millisecond)
	last := -1
	for { // what was sent before arrives without a hole
		_, text, err := slow.conn.Read(t.Context())
		if err != nil {
			break
		}
		if number := strings.Split(strings.Split(string(text), `"text":"`)[1], ".")[0]; number != "live" {
			require.Equal(t, fmt.Sprint(last+1), number)
			last++
		}
	}
	require.Less(t, last, events-1)
	again := s.ready(t)
	again.subscribe("a", feed, map[string]any{"wide": 20_000, "after": at(last + 1)})
	require.Equal(t, fmt.Sprint(last+1), strings.TrimRight(again.next(), "."), "and it goes on where it was cut off")
}

func TestAClientThatLagsGoesOnByItselfAndComesBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{QueueBytes: 32 << 10, WriteTimeout: 2 * time.Minute})
	wide := map[string]any{"wide": 50_000}
	fast, slow := s.ready(t), s.ready(t)
	for _, p := range []*peer{fast, slow} {
		p.subscribe("a", feed, wide)
		require.Contains(t, p.next(), "live")
	}
	s.only(t, 1)
	const events = 160 // 8 MB, more than the kernel holds for a client that does not read
	for i := range events {
		s.say(fmt.Sprint(i))
		require.Equal(t, fmt.Sprint(i), strings.TrimRight(fast.next(), "."))
	}
	s.only(t, 2)
	for i := range events {
		require.Equal(t, fmt.Sprint(i), strings.TrimRight(slow.next(), "."), "each once, in order, and no second word of being live")
	}
	s.only(t, 1)
	s.say("both")
	require.Equal(t, "both", strings.TrimRight(fast.next(), "."))
	require.Equal(t, "both", strings.TrimRight(slow.next(), "."))
}

func TestAThousandSocketsThatVanishLeaveNothing(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	before := descriptors(t)
	var dialing sync.WaitGroup
	gate := make(chan struct{}, 50)
	for range 1000 {
		dialing.Go(func() {
			gate <- struct{}{}
			defer func() { <-gate }()
			p := s.ready(t)
			p.subscribe("a", feed)
			p.next()
			_ = p.conn.CloseNow()
		})
	}
	dialing.Wait()
	require.Eventually(t, func() bool { clients, cohorts := s.streams.Counts(); return clients == 0 && cohorts == 0 }, 20*time.Second, 5*time.Millisecond)
	s.only(t, 0)
	require.Less(t, descriptors(t), before+200, "tests beside this one hold a few")
}

func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Skip("this system does not list descriptors")
	}
	return len(entries)
}
