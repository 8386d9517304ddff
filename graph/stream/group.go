package stream

import (
	"context"
	"encoding/json"
	"reflect"
	"sync"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/page"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// group is what cohorts have in common that differ only in the arguments of
// their root field, such as the object they watch: the arguments say which
// events there are, the rest how an event is written. Events of live cohorts are
// executed here, so a cohort to which nothing happens is a place in the feed and
// a list of members.
type group struct {
	key     groupKey
	place   string // the variable with the place to start from; empty when there is none
	handler *graph.Handler
	ctx     context.Context // of its executions: names the caller
	cohorts int             // guarded by Streams.mu

	mu      sync.Mutex
	channel reflect.Type // what the root field's resolver returns; nil until one did
	idle    []*source    // executions that nobody uses now
}

// idleExecutions is how many a group keeps for its next events.
const idleExecutions = 2

// enlist finds the group of an operation, or begins it, for one more cohort. The
// caller holds mu.
func (s *Streams) enlist(key groupKey, who auth.Identity, h *graph.Handler, op *graphql.OperationContext) *group {
	g := s.groups[key]
	if g == nil {
		g = &group{key: key, place: placeVariable(op), handler: h, ctx: auth.With(s.ctx, who)}
		s.groups[key] = g
	}
	g.cohorts++
	return g
}

// dismiss is for a cohort that has ended. The caller holds mu.
func (s *Streams) dismiss(g *group) {
	if g.cohorts--; g.cohorts == 0 {
		delete(s.groups, g.key)
	}
}

// operation understands the operation of a cohort anew, as going on after a
// place.
func (g *group) operation(arguments string, after page.Position) (*graphql.OperationContext, gqlerror.List) {
	variables := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(arguments), &variables); err != nil {
		return nil, graph.ErrorsOf(err)
	}
	cursor := after.Cursor()
	if g.place != "" {
		variables[g.place] = json.RawMessage(`"` + string(cursor) + `"`)
	}
	body, err := json.Marshal(map[string]any{"query": g.key.text, "operationName": g.key.operation, "variables": variables})
	if err != nil {
		return nil, graph.ErrorsOf(err)
	}
	params, refusal := g.handler.ReadRequest(body)
	if refusal != nil {
		return nil, graph.ErrorsOf(refusal)
	}
	op, errs := g.handler.Executor().CreateOperationContext(g.ctx, params)
	if len(errs) == 0 {
		resumeAt(op, cursor)
	}
	return op, errs
}

// learn keeps what kind of channel the root field has.
func (g *group) learn(channel reflect.Type) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.channel = channel
}

// execute writes the event of a value, for any cohort of the group. A response
// says why it could not.
func (g *group) execute(arguments string, value any) (*event, *graphql.Response) {
	s, failure := g.borrow(arguments)
	if failure != nil {
		return nil, failure
	}
	e, failure := s.execute(reflect.ValueOf(value))
	if e != nil {
		g.giveBack(s)
	}
	return e, failure
}

// borrow takes an execution that is idle, or opens one.
func (g *group) borrow(arguments string) (*source, *graphql.Response) {
	g.mu.Lock()
	if last := len(g.idle) - 1; last >= 0 {
		s := g.idle[last]
		g.idle = g.idle[:last]
		g.mu.Unlock()
		return s, nil
	}
	channel := g.channel
	g.mu.Unlock()
	op, errs := g.operation(arguments, page.Position{})
	if len(errs) > 0 {
		return nil, g.handler.Executor().DispatchError(g.ctx, errs)
	}
	return openFor(g.ctx, g.handler, op, channel), nil
}

func (g *group) giveBack(s *source) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.idle) < idleExecutions {
		g.idle = append(g.idle, s)
	}
}
