package repository

import (
	"context"
	"encoding/binary"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"sync"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
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
	Count    bool      // also how many rows the whole list has
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
	Count  map[string]page.Count // with Read.Count; absent where there is no row
}

// pipeline is a tree of Reads on its way to the database.
type pipeline struct {
	batch   pgx.Batch
	collect []func(pgx.Rows) error // one for each statement of the batch
	answers map[*Read]*Rows
}

func (p *pipeline) queue(sql string, a args, collect func(pgx.Rows) error) {
	p.batch.Queue(sql, a...)
	p.collect = append(p.collect, collect)
}

// Run executes the tree and answers every Read in it.
func (s *Store) Run(ctx context.Context, root *Read) (map[*Read]*Rows, error) {
	if err := s.indexes.load(ctx, s.DB); err != nil {
		return nil, err
	}
	p := pipeline{answers: map[*Read]*Rows{}}
	if err := s.queue(ctx, &p, root, nil, nil); err != nil {
		return nil, err
	}
	if err := s.send(ctx, &p); err != nil {
		return nil, err
	}
	if n, ok := p.answers[root].Count[""]; ok && !n.Exact {
		var err error
		if p.answers[root].Count[""], err = s.expected(ctx, root.Entity, root.List.Where); err != nil {
			return nil, err
		}
	}
	return p.answers, nil
}

func (s *Store) send(ctx context.Context, p *pipeline) error {
	results := s.DB.SendBatch(ctx, &p.batch)
	defer results.Close()
	for _, collect := range p.collect {
		rows, err := results.Query()
		if err != nil {
			return readError("pipeline", err)
		}
		if err := collect(rows); err != nil {
			return readError("pipeline", err)
		}
	}
	return nil
}

func (r *Read) name() string { return r.Entity.Table + "." + r.List.Name }

// queue writes the statement of r and of all below. The keys of a level come
// from the statement of its parent, whose parameters therefore come first.
func (s *Store) queue(ctx context.Context, p *pipeline, r *Read, parent *selection, inherited args) error {
	build := func(k known) (selection, args, error) {
		a := slices.Clone(inherited)
		sel, err := s.readSelection(r, &a, k)
		if parent != nil {
			sel.hang(r, parent, len(inherited))
		}
		return sel, a, err
	}
	sel, a, err := build(nil)
	if !r.Single {
		sel, a, err = s.admitted(ctx, r.List.Where, build)
	}
	if err != nil {
		return err
	}
	r.Columnar = sel.columns
	answer := &Rows{}
	p.answers[r] = answer
	p.queue(sel.sql(), a, func(rows pgx.Rows) error { return answer.collect(rows, parent != nil) })
	if r.Count {
		if err := s.queueCount(p, r, sel, inherited, answer); err != nil {
			return err
		}
	}
	for _, child := range r.Children {
		if err := s.queue(ctx, p, child, &sel, a); err != nil {
			return err
		}
	}
	return nil
}

// hang makes the rows of r those that belong to the rows of its parent, whose
// statement has so many parameters.
func (s *selection) hang(r *Read, parent *selection, parameters int) {
	s.keys = keys{statement: parent.keyStatement(r.Relation.Column), parameters: parameters}
	s.on, s.equal = r.Relation.On, r.Relation.Equal
	if r.Single {
		s.order = r.Entity.Orders[r.Relation.Order]
	} else {
		s.on = r.Relation.on()
	}
}

// queueCount counts the whole lists that sel reads pages of.
func (s *Store) queueCount(p *pipeline, r *Read, sel selection, inherited args, answer *Rows) error {
	a := slices.Clone(inherited)
	cond, err := compiler{args: &a, now: s.Now()}.compile(r.Entity, r.List.Where)
	if err != nil {
		return err
	}
	sql := "/* " + r.Entity.Table + ".count */ " + counted(r.Entity, cond.parts())
	if !sel.keys.empty() {
		sql = "/* " + r.Entity.Table + ".count_by_parent */ " + countedByKey(r.Entity, sel.keys, sel.on, cond.parts())
	}
	p.queue(sql, a, func(rows pgx.Rows) error { return answer.count(rows, !sel.keys.empty()) })
	return nil
}

func (s *Store) readSelection(r *Read, a *args, k known) (selection, error) {
	q := r.List
	q.Columns = withColumn(r.Columns, "id")
	for _, child := range r.Children {
		q.Columns = withColumn(q.Columns, child.Relation.Column)
	}
	if !r.Single {
		sel, err := s.listSelection(r.Entity, q, a, k)
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

// collect copies the values of all rows; with isKeyed, the first one is the
// parent's key.
func (r *Rows) collect(rows pgx.Rows, isKeyed bool) error {
	defer rows.Close()
	r.Row = map[string][][][]byte{}
	for rows.Next() {
		values := copyValues(rows.RawValues())
		key := ""
		if isKeyed {
			key, values = string(values[0]), values[1:]
		}
		r.Row[key] = append(r.Row[key], values)
	}
	// pgconn reuses their memory for the next statement of the pipeline.
	r.Fields = slices.Clone(rows.FieldDescriptions())
	if isKeyed && len(r.Fields) > 0 {
		r.Fields = r.Fields[1:]
	}
	return rows.Err()
}

// count reads how many rows there are, for each parent's key with isKeyed.
func (r *Rows) count(rows pgx.Rows, isKeyed bool) error {
	defer rows.Close()
	r.Count = map[string]page.Count{}
	for rows.Next() {
		raw := rows.RawValues()
		key := ""
		if isKeyed {
			key, raw = string(raw[0]), raw[1:]
		}
		n, err := wholeNumber(raw[0], rows.FieldDescriptions()[len(rows.RawValues())-1].Format)
		if err != nil {
			return err
		}
		r.Count[key] = page.Count{Total: min(n, page.CountLimit), Exact: n <= page.CountLimit}
	}
	return rows.Err()
}

func wholeNumber(raw []byte, format int16) (int, error) {
	if format == pgtype.TextFormatCode {
		return strconv.Atoi(string(raw))
	}
	return int(binary.BigEndian.Uint64(raw)), nil
}

// Node is a row of r as the entity's struct, for what is not written from its
// bytes.
func (r *Rows) Node(of *Read, row [][]byte) (model.Node, error) {
	types := typeMaps.Get().(*pgtype.Map)
	defer typeMaps.Put(types)
	t := of.Entity.row
	out := reflect.New(t.goType)
	for i, column := range of.Columnar {
		target := out.Elem().FieldByIndex(t.index[column]).Addr().Interface()
		if err := types.Scan(r.Fields[i].DataTypeOID, r.Fields[i].Format, row[i], target); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", of.Entity.Table, column, err)
		}
	}
	return out.Interface().(model.Node), nil
}

// typeMaps are not safe for several goroutines at once.
var typeMaps = sync.Pool{New: func() any { return pgtype.NewMap() }}

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
