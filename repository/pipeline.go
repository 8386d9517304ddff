package repository

import (
	"context"
	"errors"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Read is one level of a nested read whose whole shape is known beforehand: the
// rows of an entity and, as Children, what hangs on each of them. The tree is
// sent as one pipeline, so any depth costs one round trip.
type Read struct {
	Entity   *Descriptor
	Parent   *Read // nil at the root
	Columns  []string
	Relation Relation  // how the rows hang on their parent; zero at the root
	List     ListQuery // which rows; Page.Size 0 with Single
	Single   bool      // a look-up at the root, a to-one edge below
	Key      Key       // what a look-up at the root looks for
	Children []*Read

	Columnar []string // columns in the order of Rows' values, set by Run
}

// Key names one row, by id or by business key and version.
type Key struct {
	Column  string // id or the business key
	Value   any
	Version string
}

// Rows are the answers to a Read by parent key (empty at the root), each value
// as PostgreSQL sent it.
type Rows struct {
	Fields []pgconn.FieldDescription
	Row    map[string][][][]byte
}

// errUnserved leaves a read that may be refused to the path that can ask the
// planner first.
var errUnserved = errors.New("a filter that no index serves")

// Run executes the tree and answers every Read in it.
func (s *Store) Run(ctx context.Context, root *Read) (map[*Read]*Rows, error) {
	if err := s.indexes.load(ctx, s.DB); err != nil {
		return nil, err
	}
	var batch pgx.Batch
	var order []*Read
	if err := s.queue(&batch, &order, root, nil, nil); err != nil {
		return nil, err
	}
	results := s.DB.SendBatch(ctx, &batch)
	defer results.Close()
	answers := make(map[*Read]*Rows, len(order))
	for _, r := range order {
		rows, err := results.Query()
		if err != nil {
			return nil, readError(r.name(), err)
		}
		if answers[r], err = collectRaw(rows, r != root); err != nil {
			return nil, readError(r.name(), err)
		}
	}
	return answers, nil
}

func (r *Read) name() string { return r.Entity.Table + "." + r.List.Name }

// queue writes the statement of r and of all below. The keys of a level come
// from the statement of its parent, whose parameters therefore come first.
func (s *Store) queue(batch *pgx.Batch, order *[]*Read, r *Read, parent *selection, inherited args) error {
	a := slices.Clone(inherited)
	sel, err := s.readSelection(r, &a)
	if err != nil {
		return err
	}
	if parent != nil {
		sel.keys.statement, sel.on = parent.keyStatement(r.Relation.Column), r.Relation.On
		if r.Single {
			sel.order = r.Entity.Orders[r.Relation.Order]
		} else {
			sel.on = r.Relation.on()
		}
	}
	if !s.served(sel) {
		return errUnserved
	}
	r.Columnar = sel.columns
	*order = append(*order, r)
	batch.Queue(sel.sql(), a...)
	for _, child := range r.Children {
		if err := s.queue(batch, order, child, &sel, a); err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) readSelection(r *Read, a *args) (selection, error) {
	q := r.List
	q.Columns = withColumn(r.Columns, "id")
	for _, child := range r.Children {
		q.Columns = withColumn(q.Columns, child.Relation.Column)
	}
	if !r.Single {
		sel, err := s.listSelection(r.Entity, q, a)
		sel.name = r.name()
		return sel, err
	}
	sel := selection{name: r.name(), from: r.Entity, columns: q.Columns}
	if r.Key.Column != "" {
		sel.where, sel.limit = keyCondition(r.Entity, r.Key, a), 1
	}
	return sel, nil
}

// keyStatement selects the keys that the level below needs of the rows of s.
// The row that only tells whether another page follows is left out.
func (s selection) keyStatement(column string) string {
	outer, inner := s, s
	inner.keys, inner.columns = keys{}, []string{column}
	if s.limit > 1 {
		inner.limit--
	}
	if s.keys.empty() {
		return "select distinct p." + column + " from (" + inner.rows() + ") p where p." + column + " is not null"
	}
	if outer.on == "" {
		inner.on = "t.id = k.key"
	}
	return "select distinct p." + column + " from " + outer.keys.source() + " cross join lateral (" + inner.rows() + ") p where p." + column + " is not null"
}

// collectRaw copies the values of all rows; with keyed, the first one is the
// parent's key.
func collectRaw(rows pgx.Rows, isKeyed bool) (*Rows, error) {
	defer rows.Close()
	out := &Rows{Row: map[string][][][]byte{}}
	for rows.Next() {
		values := copyValues(rows.RawValues())
		key := ""
		if isKeyed {
			key, values = string(values[0]), values[1:]
		}
		out.Row[key] = append(out.Row[key], values)
	}
	// pgconn reuses their memory for the next statement of the pipeline.
	out.Fields = slices.Clone(rows.FieldDescriptions())
	if isKeyed && len(out.Fields) > 0 {
		out.Fields = out.Fields[1:]
	}
	return out, rows.Err()
}

// copyValues keeps a row beyond the next one: PostgreSQL's bytes live in the
// connection's read buffer. One allocation holds the whole row.
func copyValues(raw [][]byte) [][]byte {
	size := 0
	for _, v := range raw {
		size += len(v)
	}
	arena, out := make([]byte, 0, size), make([][]byte, len(raw))
	for i, v := range raw {
		if v == nil {
			continue
		}
		start := len(arena)
		arena = append(arena, v...)
		out[i] = arena[start:len(arena):len(arena)]
	}
	return out
}
