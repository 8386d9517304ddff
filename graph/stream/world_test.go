package stream_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
	"go.uber.org/goleak"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const sdl = `
scalar Cursor
type Query { hello: String slow: String }
type Mutation { touch: String }
type Subscription { feed(after: Cursor, name: String, wide: Int): Event broken: Event }
type Event { text: String }
`

// world is an executable schema with one feed that the test writes. Its
// subscription goes through gqlgen's own function for streams.
type world struct {
	schema *ast.Schema

	mu        sync.Mutex
	followers map[*follower]struct{}
	log       []string // entry i is at place i + 1
	changed   chan struct{}
	opened    int           // subscriptions so far
	open      int           // now
	written   int           // events executed
	hold      chan struct{} // closed to let slow queries go on
	gate      chan struct{} // closed to let feeds begin; nil: they do at once
}

func newWorld() *world {
	return &world{schema: gqlparser.MustLoadSchema(&ast.Source{Input: sdl}), changed: make(chan struct{}), hold: make(chan struct{}), followers: map[*follower]struct{}{}}
}

func (w *world) Schema() *ast.Schema { return w.schema }

func (w *world) Complexity(context.Context, string, string, int, map[string]any) (int, bool) {
	return 0, false
}

// say appends to the feed.
func (w *world) say(texts ...string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.log = append(w.log, texts...)
	close(w.changed)
	w.changed = make(chan struct{})
	for f := range w.followers {
		f.wake()
	}
}

func (w *world) counts() (opened, open, written int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.opened, w.open, w.written
}

func (w *world) Exec(ctx context.Context) graphql.ResponseHandler {
	op := graphql.GetOperationContext(ctx)
	field := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Query", "Mutation", "Subscription"})[0]
	if op.Operation.Operation != ast.Subscription {
		if field.Name == "slow" {
			select {
			case <-w.hold:
			case <-ctx.Done():
			}
		}
		return graphql.OneShot(&graphql.Response{Data: []byte(`{"` + field.Alias + `":"hi"}`)})
	}
	next := graphql.ResolveFieldStream(ctx, op, field,
		func(_ context.Context, f graphql.CollectedField) (*graphql.FieldContext, error) {
			return &graphql.FieldContext{Object: "Subscription", Field: f, Args: f.ArgumentMap(op.Variables)}, nil
		},
		func(ctx context.Context) (any, error) { return w.resolve(ctx) }, nil,
		func(_ context.Context, _ ast.SelectionSet, e model.FeedEvent) graphql.Marshaler {
			w.mu.Lock()
			w.written++
			w.mu.Unlock()
			return graphql.WriterFunc(func(out io.Writer) { _, _ = fmt.Fprintf(out, `{"text":%q}`, textOf(e)) })
		}, true, true)
	var b bytes.Buffer
	return func(ctx context.Context) *graphql.Response {
		b.Reset() // as generated code does
		data := next(ctx)
		if data == nil {
			return nil
		}
		data.MarshalGQL(&b)
		return &graphql.Response{Data: b.Bytes()}
	}
}

// said is an event of the feed; its reason is the text.
func said(n int, text string) model.FeedEvent {
	if strings.HasPrefix(text, "resync") {
		return model.FeedResync{Cursor: page.Position{Timeline: "1", N: int64(n)}.Cursor()}
	}
	return model.FeedChanges{Cursor: page.Position{Timeline: "1", N: int64(n)}.Cursor(), Changes: []*model.StatusChange{{Reason: &text}}}
}

func textOf(e model.FeedEvent) string {
	switch e := e.(type) {
	case model.FeedChanges:
		return *e.Changes[0].Reason
	case model.FeedResync:
		return "resync"
	}
	return "live"
}

// resolve sends what was said after a place and then, from "live" on, what is
// being said. A text that ends in "!" is the last.
func (w *world) resolve(ctx context.Context) (<-chan model.FeedEvent, error) {
	args := graphql.GetFieldContext(ctx).Args
	if graphql.GetFieldContext(ctx).Field.Name == "broken" {
		return nil, fault.Errorf(fault.BadUserInput, "no such feed")
	}
	wide := 0
	if args["wide"] != nil {
		_, _ = fmt.Sscan(fmt.Sprint(args["wide"]), &wide)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	place := len(w.log)
	if cursor, ok := args["after"].(string); ok {
		p, err := page.ParsePosition(page.Cursor(cursor))
		if err != nil {
			return nil, err
		}
		place = int(p.N)
	}
	w.opened++
	w.open++
	stream.Offer(ctx, onward{w, wide})
	events := make(chan model.FeedEvent)
	go w.feed(ctx, place, wide, events)
	return events, nil
}

func (w *world) feed(ctx context.Context, place, wide int, events chan model.FeedEvent) {
	defer close(events)
	defer func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.open--
	}()
	live := false
	if w.gate != nil {
		<-w.gate
	}
	for {
		w.mu.Lock()
		rest, changed := w.log[place:], w.changed
		w.mu.Unlock()
		for _, text := range rest {
			place++
			select {
			case events <- said(place, text+strings.Repeat(".", wide)):
			case <-ctx.Done():
				return
			}
			if strings.HasSuffix(text, "!") {
				return
			}
		}
		if !live {
			live = true
			select {
			case events <- model.FeedCaughtUp{Cursor: page.Position{Timeline: "1", N: int64(place)}.Cursor()}:
			case <-ctx.Done():
				return
			}
			continue
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// onward goes on in a world without a goroutine.
type onward struct {
	*world
	wide int
}

// Follow implements stream.Onward.
func (o onward) Follow(after page.Position, wake func()) stream.Follower {
	o.mu.Lock()
	defer o.mu.Unlock()
	f := &follower{o, int(after.N), wake}
	o.open++
	o.followers[f] = struct{}{}
	if len(o.log) > f.place {
		wake()
	}
	return f
}

type follower struct {
	onward
	place int
	wake  func()
}

// Take implements stream.Follower.
func (f *follower) Take() stream.Taken {
	f.mu.Lock()
	defer f.mu.Unlock()
	taken := stream.Taken{From: page.Position{Timeline: "1", N: int64(f.place)}}
	for _, text := range f.log[f.place:] {
		if taken.Lost = strings.HasPrefix(text, "resync"); taken.Lost {
			break
		}
		f.place++
		taken.Values = append(taken.Values, said(f.place, text+strings.Repeat(".", f.wide)))
		if taken.Ended = strings.HasSuffix(text, "!"); taken.Ended {
			break
		}
	}
	return taken
}

// Told implements stream.Follower.
func (f *follower) Told(int) {}

// Leave implements stream.Follower.
func (f *follower) Leave() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.open--
	delete(f.followers, f)
}

// site is a server over a world.
type site struct {
	*world
	streams *stream.Streams
	server  *httptest.Server
}

func newSite(t *testing.T, o stream.Options) *site {
	w := newWorld()
	o.Log = slog.New(slog.DiscardHandler)
	streams := stream.New(o)
	server := httptest.NewUnstartedServer(graph.NewHandler(w, graph.Options{Log: o.Log, Streams: []graph.Transport{streams}}))
	server.Config.ReadTimeout = 10 * time.Second
	server.Start()
	t.Cleanup(func() {
		streams.Drain(context.Background())
		server.Close()
		http.DefaultClient.CloseIdleConnections()
		require.Eventually(t, func() bool { _, open, _ := w.counts(); return open == 0 }, 10*time.Second, time.Millisecond, "a subscription is left")
	})
	return &site{w, streams, server}
}
