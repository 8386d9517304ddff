package stream

import (
	"context"
	"net"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// operation is what runs under an id on a socket. It is a sink of its events.
type operation struct {
	socket *socket
	id     string
	tail   []byte // ends its messages

	mu      sync.Mutex
	stopped bool
	cancel  context.CancelFunc // of a query or mutation
	member  *member            // of a subscription
}

// run executes a query or mutation, or opens a subscription.
func (o *operation) run(params *graphql.RawParams) {
	c := o.socket
	c.mu.Lock()
	caller := c.caller
	c.mu.Unlock()
	ctx, cancel := context.WithCancel(auth.With(c.streams.ctx, caller))
	defer cancel()
	if !o.begin(cancel) {
		return
	}
	op, errs := o.prepare(ctx, params)
	switch {
	case len(errs) > 0:
		o.fail(c.handler.Executor().DispatchError(ctx, errs))
	case op.Operation.Operation == ast.Subscription:
		o.join(c.streams.subscribe(caller, c.handler, op, o))
	default:
		o.execute(ctx, op)
	}
}

// prepare understands the operation, a few at a time: when thousands come back
// together they wait here and are not turned away.
func (o *operation) prepare(ctx context.Context, params *graphql.RawParams) (*graphql.OperationContext, gqlerror.List) {
	turns := o.socket.streams.turns
	select {
	case turns <- struct{}{}:
		defer func() { <-turns }()
	case <-ctx.Done():
		return nil, graph.ErrorsOf(ctx.Err())
	}
	return o.socket.handler.Executor().CreateOperationContext(ctx, params)
}

// execute runs a query or mutation under the same admission as over HTTP.
func (o *operation) execute(ctx context.Context, op *graphql.OperationContext) {
	exec := o.socket.handler.Executor()
	release, err := o.socket.handler.Admit(ctx)
	if err != nil {
		o.fail(exec.DispatchError(ctx, graph.ErrorsOf(err)))
		return
	}
	defer release()
	responses, ctx := exec.DispatchOperation(ctx, op)
	o.answer(responses(ctx))
}

// answer is the only event of a query or mutation. Who completed it before does
// not want it.
func (o *operation) answer(response *graphql.Response) {
	if o.over() {
		o.socket.send(newEvent(mark{}, response).text, o.tail)
		o.socket.send(completeHead, o.tail)
	}
}

// begin tells how to stop a query; false when it was stopped before.
func (o *operation) begin(cancel context.CancelFunc) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.cancel = cancel
	return !o.stopped
}

// join keeps the subscription, or leaves it when the client did not wait.
func (o *operation) join(m *member) {
	o.mu.Lock()
	o.member, o.cancel = m, nil
	stopped := o.stopped
	o.mu.Unlock()
	if stopped {
		o.socket.streams.leave(m)
	}
}

// stop ends the operation from the client's side.
func (o *operation) stop() {
	o.mu.Lock()
	o.stopped = true
	cancel, m := o.cancel, o.member
	o.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	if m != nil {
		o.socket.streams.leave(m)
	}
}

// over frees the id; false when the client did.
func (o *operation) over() bool {
	c := o.socket
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.operations[o.id] != o {
		return false
	}
	delete(c.operations, o.id)
	return true
}

// next implements sink. An event that comes after the client completed is what
// the protocol allows it to see.
func (o *operation) next(events ...*event) bool {
	parts := make(net.Buffers, 0, messageParts*len(events))
	for _, e := range events {
		parts = append(parts, frameHead(textFrame, len(e.text)+len(o.tail)), e.text, o.tail)
	}
	return o.socket.out.offer(parts)
}

// cut implements sink.
func (o *operation) cut() { o.socket.out.overflow() }

// complete implements sink.
func (o *operation) complete() {
	if o.over() {
		o.socket.send(completeHead, o.tail)
	}
}

// fail implements sink.
func (o *operation) fail(response *graphql.Response) {
	if o.over() {
		o.socket.send(errorHead, errorsOf(response), o.tail)
	}
}

// roomy implements sink.
func (o *operation) roomy() bool { return o.socket.out.roomy() }

// wait implements sink.
func (o *operation) wait(ctx context.Context) { o.socket.out.wait(ctx) }

// refuse answers an operation that is not run.
func (o *operation) refuse(f *fault.Fault) {
	response := o.socket.handler.Executor().DispatchError(o.socket.streams.ctx, graph.ErrorsOf(f))
	o.socket.send(errorHead, errorsOf(response), o.tail)
}
