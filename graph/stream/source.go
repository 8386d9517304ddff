package stream

import (
	"context"
	"reflect"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/page"
	"github.com/vektah/gqlparser/v2/ast"
)

// source is a subscription that runs. Its events are pulled.
type source struct {
	tap       tap
	responses graphql.ResponseHandler
	ctx       context.Context
	timeout   time.Duration // of executing one event
}

// open starts a subscription; it lasts until ctx ends.
func open(ctx context.Context, h *graph.Handler, op *graphql.OperationContext) *source {
	return openFor(ctx, h, op, nil)
}

// openFor starts a subscription whose events are given to execute, when a
// channel says of which type they are. Its resolver is not asked.
func openFor(ctx context.Context, h *graph.Handler, op *graphql.OperationContext, channel reflect.Type) *source {
	s := &source{timeout: h.Limits().Timeout, tap: tap{given: channel}}
	inner := op.ResolverMiddleware
	op.ResolverMiddleware = s.tap.middleware(inner)
	s.responses, s.ctx = h.Executor().DispatchOperation(ctx, op)
	op.ResolverMiddleware = inner // for the fields of the events
	return s
}

// next waits for an event and executes it. Both are nil at the end; a response
// without data says why the subscription could not be opened.
func (s *source) next() (*event, *graphql.Response) {
	if !s.tap.from.IsValid() {
		return s.respond(s.ctx, mark{})
	}
	value, ok := s.tap.receive(s.ctx)
	if !ok {
		return nil, nil
	}
	return s.execute(value)
}

// execute writes the event of a value.
func (s *source) execute(value reflect.Value) (*event, *graphql.Response) {
	if s.tap.to.IsValid() {
		s.tap.to.Send(value)
	}
	ctx, cancel := context.WithTimeout(s.ctx, s.timeout)
	defer cancel()
	return s.respond(ctx, markOf(value))
}

func (s *source) respond(ctx context.Context, m mark) (*event, *graphql.Response) {
	response := s.responses(ctx)
	switch {
	case response == nil:
		return nil, nil
	case response.Data == nil:
		return nil, response
	}
	return newEvent(m, response), nil
}

// after is the argument that says where a feed goes on.
const after = "after"

// rootField is the one field of a subscription.
func rootField(op *graphql.OperationContext) *ast.Field {
	fields := graphql.CollectFields(op, op.Operation.SelectionSet, []string{"Subscription"})
	if len(fields) != 1 {
		return nil
	}
	return fields[0].Field
}

// resumeAt makes op go on after a place, whatever the document says. Documents
// are shared, so the parts on the way are copied.
func resumeAt(op *graphql.OperationContext, cursor page.Cursor) {
	field := rootField(op)
	if field == nil || field.Definition == nil || field.Definition.Arguments.ForName(after) == nil {
		return
	}
	definition := field.Definition.Arguments.ForName(after)
	changed := *field
	changed.Arguments = ast.ArgumentList{{
		Name: after, Position: field.Position,
		Value: &ast.Value{Kind: ast.StringValue, Raw: string(cursor), ExpectedType: definition.Type, Position: field.Position},
	}}
	for _, argument := range field.Arguments {
		if argument.Name != after {
			changed.Arguments = append(changed.Arguments, argument)
		}
	}
	operation := *op.Operation
	operation.SelectionSet = ast.SelectionSet{&changed}
	op.Operation = &operation
}
