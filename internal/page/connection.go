package page

import "context"

// Connection is one page of a list of T as GraphQL shows it. What costs
// another statement (TotalCount, EndPosition) is a method, called only when the
// client selects it.
type Connection[T any] struct {
	Edges    []*Edge[T]
	PageInfo *Info
	Facts    Facts
}

// Facts answers what a connection knows about the whole list rather than this
// page. Lists on the same level share one statement for all their counts.
type Facts interface {
	Count(ctx context.Context) (Count, error)
	Position(ctx context.Context) (*Cursor, error)
}

// Count is the number of rows a list has. Exact up to CountLimit, the
// planner's estimate beyond it.
type Count struct {
	Total int
	Exact bool
}

// CountLimit is how far rows are really counted.
const CountLimit = 10_000

// Edge is a row and its place in the list.
type Edge[T any] struct {
	Node   *T
	Cursor Cursor
}

// Info says whether there is more in either direction.
type Info struct {
	HasNextPage     bool
	HasPreviousPage bool
	StartCursor     *Cursor
	EndCursor       *Cursor
}

// Nodes are the rows without their cursors.
func (c *Connection[T]) Nodes() []*T {
	nodes := make([]*T, len(c.Edges))
	for i, e := range c.Edges {
		nodes[i] = e.Node
	}
	return nodes
}

// TotalCount is the number of rows in the whole list.
func (c *Connection[T]) TotalCount(ctx context.Context) (int, error) {
	n, err := c.Facts.Count(ctx)
	return n.Total, err
}

// TotalCountExact is false when TotalCount is an estimate.
func (c *Connection[T]) TotalCountExact(ctx context.Context) (bool, error) {
	n, err := c.Facts.Count(ctx)
	return n.Exact, err
}

// EndPosition is the place in the change feed this list was read at.
func (c *Connection[T]) EndPosition(ctx context.Context) (*Cursor, error) {
	return c.Facts.Position(ctx)
}

// New cuts rows, of which there may be one more than the request's size, into
// a page. Backward pages arrive in walking order and are turned round.
func New[T any](r Request, rows []*T, cursor func(*T) Cursor, facts Facts) *Connection[T] {
	more := len(rows) > r.Size
	if more {
		rows = rows[:r.Size]
	}
	c := &Connection[T]{Edges: make([]*Edge[T], len(rows)), PageInfo: &Info{}, Facts: facts}
	for i, row := range rows {
		at := i
		if r.Backward {
			at = len(rows) - 1 - i
		}
		c.Edges[at] = &Edge[T]{Node: row, Cursor: cursor(row)}
	}
	if r.Backward {
		c.PageInfo.HasPreviousPage, c.PageInfo.HasNextPage = more, r.From != ""
	} else {
		c.PageInfo.HasNextPage, c.PageInfo.HasPreviousPage = more, r.From != ""
	}
	if n := len(c.Edges); n > 0 {
		c.PageInfo.StartCursor, c.PageInfo.EndCursor = &c.Edges[0].Cursor, &c.Edges[n-1].Cursor
	}
	return c
}

// Nothing are the facts of a list that cannot have rows, such as the children
// of a row without a key.
type Nothing struct{}

// Count is always zero.
func (Nothing) Count(context.Context) (Count, error) { return Count{Exact: true}, nil }

// Position is unknown: nothing was read.
func (Nothing) Position(context.Context) (*Cursor, error) { return nil, nil }
