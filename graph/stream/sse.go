package stream

import (
	"context"
	"mime"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
	"github.com/vektah/gqlparser/v2/ast"
)

const eventStream = "text/event-stream"

func wantsEvents(r *http.Request) bool {
	if r.Method != http.MethodGet && r.Method != http.MethodPost {
		return false
	}
	for part := range strings.SplitSeq(strings.Join(r.Header.Values("Accept"), ","), ",") {
		if media, _, err := mime.ParseMediaType(part); err == nil && media == eventStream {
			return true
		}
	}
	return false
}

// response is an event stream: one operation over one request, as graphql-sse
// calls it in its distinct connections mode. A browser's EventSource needs no
// library: it asks by GET and comes back by itself with the last id it saw.
type response struct {
	streams *Streams
	handler *graph.Handler
	caller  auth.Identity
	writer  http.ResponseWriter
	control *http.ResponseController
	out     outbox
	once    sync.Once
	over    chan struct{} // closed when nothing more will be queued
}

var (
	comment      = []byte(":\n\n")
	completeText = []byte("event: complete\ndata:\n\n")
)

// serveEvents runs one operation and holds the request until it ends.
func (s *Streams) serveEvents(w http.ResponseWriter, r *http.Request, h *graph.Handler) {
	op, ok := prepare(w, r, h)
	if !ok {
		return
	}
	e := &response{streams: s, handler: h, caller: auth.From(r.Context()), writer: w, control: http.NewResponseController(w), over: make(chan struct{})}
	e.out = outbox{write: e.write, overflow: e.end, broken: func(error) { e.end() }, budget: s.options.QueueBytes, running: &s.running}
	address, refusal := s.enter(r)
	if refusal != nil {
		w.Header().Set("Retry-After", "5")
		h.Refuse(w, r, http.StatusServiceUnavailable, refusal)
		return
	}
	s.open(e, address)
	defer s.exit(e)
	boundSending(graph.ConnOf(r.Context()))
	e.begin()
	defer e.out.finish() // the writer is not ours afterwards
	if op.Operation.Operation != ast.Subscription {
		e.answer(r.Context(), h, op)
		return
	}
	m := s.subscribe(e.caller, h, op, e)
	defer s.leave(m)
	select {
	case <-r.Context().Done():
		e.out.drop()
	case <-e.over:
	}
}

// prepare reads the request; what it cannot run it answers itself, as a plain
// answer: an EventSource takes it as final and does not come back with it.
func prepare(w http.ResponseWriter, r *http.Request, h *graph.Handler) (*graphql.OperationContext, bool) {
	params, ok := h.ReadHTTP(w, r)
	if !ok {
		return nil, false
	}
	op, errs := h.Executor().CreateOperationContext(r.Context(), params)
	if plain := len(errs) > 0 || op.Operation.Operation != ast.Subscription; plain && h.RunPlain(w, r, params) {
		return nil, false // many clients accept event streams beside JSON with every query
	}
	if len(errs) > 0 {
		h.Answer(w, http.StatusBadRequest, h.Executor().DispatchError(r.Context(), errs))
		return nil, false
	}
	if op.Operation.Operation == ast.Mutation && r.Method != http.MethodPost {
		w.Header().Set("Allow", "GET, POST")
		h.Refuse(w, r, http.StatusMethodNotAllowed, fault.Errorf(fault.BadUserInput, "A mutation is sent by POST."))
		return nil, false
	}
	if last := r.Header.Get("Last-Event-ID"); last != "" && op.Operation.Operation == ast.Subscription {
		resumeAt(op, page.Cursor(last))
	}
	return op, true
}

// begin sends the headers and a first comment, so that the client and proxies
// see that the stream is open.
func (e *response) begin() {
	header := e.writer.Header()
	header.Set("Content-Type", eventStream+"; charset=utf-8")
	header.Set("Cache-Control", "no-cache, no-transform")
	header.Set("X-Accel-Buffering", "no") // nginx would hold events back
	_ = e.control.SetReadDeadline(time.Time{})
	e.writer.WriteHeader(http.StatusOK)
	e.out.push(message{comment})
}

// write implements the outbox's writing.
func (e *response) write(parts net.Buffers) error {
	if err := e.control.SetWriteDeadline(time.Now().Add(e.streams.options.WriteTimeout)); err != nil {
		return err
	}
	for _, part := range parts {
		if _, err := e.writer.Write(part); err != nil {
			return err
		}
	}
	return e.control.Flush()
}

// answer runs a query or mutation.
func (e *response) answer(ctx context.Context, h *graph.Handler, op *graphql.OperationContext) {
	release, err := h.Admit(ctx)
	if err != nil {
		e.fail(h.Executor().DispatchError(ctx, graph.ErrorsOf(err)))
		return
	}
	defer release()
	responses, ctx := h.Executor().DispatchOperation(ctx, op)
	e.next(newEvent(mark{}, responses(ctx))) // nothing else is queued
	e.complete()
}

func (e *response) end() { e.once.Do(func() { close(e.over) }) }

// beat implements client: a comment keeps proxies from closing the connection,
// and finds out that the client is gone. Whose token was taken back is told when
// they come back.
func (e *response) beat(time.Time) {
	if e.caller.Gone() {
		e.end()
		return
	}
	e.out.offer(net.Buffers{comment, nil, nil})
}

// drain implements client. Without a complete event the client comes back.
func (e *response) drain() { e.end() }

// next implements sink.
func (e *response) next(events ...*event) bool {
	parts := make(net.Buffers, 0, messageParts*len(events))
	for _, ev := range events {
		parts = append(parts, ev.sse, ev.text[len(nextHead):], lineBreak)
	}
	return e.out.offer(parts)
}

// cut implements sink.
func (e *response) cut() { e.end() }

// complete implements sink. A stream that is being drained does not complete:
// its operation ends because the server does.
func (e *response) complete() {
	select {
	case <-e.over:
	default:
		e.out.push(message{completeText})
		e.end()
	}
}

// fail implements sink: the errors are the only event.
func (e *response) fail(r *graphql.Response) {
	e.out.push(message{eventHead(""), oneLine(graph.AppendResponse(nil, r)), lineBreak})
	e.complete()
}

// roomy implements sink.
func (e *response) roomy() bool { return e.out.roomy() }

// wait implements sink.
func (e *response) wait(ctx context.Context) { e.out.wait(ctx) }
