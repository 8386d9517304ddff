package live

import (
	"slices"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// router finds the receivers that a change may concern by the narrowest thing
// each asked for, so that a batch costs nothing for all the others.
type router map[route][]*receiver

// route is what receivers are found by.
type route struct {
	by     dimension
	id     uuid.UUID
	kind   int    // 0 = any
	status string // upper case; "" = any
}

type dimension uint8

const (
	everything dimension = iota
	byEntity
	byRun
	byDefinition
	byKind
)

// routes are the places where a receiver with this filter waits.
func (f Filter) routes() []route {
	var routes []route
	switch {
	case len(f.IDs) > 0:
		for _, id := range f.IDs {
			routes = append(routes, route{by: byEntity, id: id})
		}
	case f.WorkflowInstanceID != nil:
		routes = append(routes, route{by: byRun, id: *f.WorkflowInstanceID})
	case f.DefinitionID != nil:
		routes = append(routes, route{by: byDefinition, id: *f.DefinitionID})
	case len(f.Kinds) > 0 || len(f.NewStatus) > 0:
		for _, kind := range orAny(f.Kinds) {
			for _, status := range orAny(f.NewStatus) {
				routes = append(routes, route{by: byKind, kind: kind, status: status})
			}
		}
	default:
		routes = append(routes, route{by: everything})
	}
	return routes
}

func orAny[T any](list []T) []T {
	if len(list) == 0 {
		return make([]T, 1)
	}
	return list
}

func (r router) add(s *receiver) {
	for _, key := range s.filter.routes() {
		if !slices.Contains(r[key], s) { // an id may be given twice
			r[key] = append(r[key], s)
		}
	}
}

func (r router) remove(s *receiver) {
	for _, key := range s.filter.routes() {
		waiting := r[key]
		i := slices.Index(waiting, s)
		switch last := len(waiting) - 1; {
		case i < 0:
		case last == 0:
			delete(r, key)
		default:
			waiting[i], waiting[last] = waiting[last], nil
			r[key] = waiting[:last]
		}
	}
}

// visit calls found for each receiver that a change of b concerns; for some
// more than once.
func (r router) visit(b *Batch, found func(*receiver)) {
	for _, s := range r[route{by: everything}] {
		found(s)
	}
	for i := range b.Changes {
		c := &b.Changes[i]
		for _, key := range c.routes() {
			for _, s := range r[key] {
				if s.filter.Matches(c) {
					found(s)
				}
			}
		}
	}
}

// routes are where those wait who may be interested in a change.
func (c *Change) routes() [7]route {
	var routes [7]route
	routes[0] = route{by: byKind, kind: c.Kind}
	if c.NewStatus != nil {
		status := model.SpellEnum(*c.NewStatus)
		routes[1] = route{by: byKind, kind: c.Kind, status: status}
		routes[2] = route{by: byKind, status: status}
	}
	if c.EntityID != nil {
		routes[3] = route{by: byEntity, id: *c.EntityID}
		routes[4] = route{by: byRun, id: *c.EntityID}
	}
	if c.WorkflowInstanceID != nil && !same(c.EntityID, c.WorkflowInstanceID) {
		routes[5] = route{by: byRun, id: *c.WorkflowInstanceID}
	}
	if c.DefinitionID != nil {
		routes[6] = route{by: byDefinition, id: *c.DefinitionID}
	}
	return routes
}
