package repository

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// The rule about filters and orders, which docs/filters.md explains to users: a
// list is answered out of one index, or from few rows, or from a small table,
// and refused otherwise. So a page costs about as much as a page, whatever the
// values are and however large the table has become.
const (
	smallTable  = 1000   // pages: 8 MB, read whole in milliseconds
	fewRows     = 40     // read and sorted when no index has them in order
	fewPages    = 50     // read at most to find them, as the planner expects
	costLimit   = 25_000 // at most, of what only the planner can judge: some thousand scattered pages
	maxChoice   = 20     // values that are looked up one by one, each for the price of a page
	samplePages = 20     // looked at to find out how frequent a content is
)

// known are the rows that relation filters lead to, by the filter's path.
type known map[string][]uuid.UUID

// admitted writes a list down and makes sure that it may be read.
func (s *Store) admitted(ctx context.Context, where any, build func(known) (selection, args, error)) (selection, args, error) {
	sel, a, err := build(nil)
	if err != nil {
		return sel, a, err
	}
	if err := s.indexes.load(ctx, s.DB); err != nil || s.serves(&sel) {
		return sel, a, err
	}
	if s.isSmall(sel.from) {
		return sel, a, s.refuseCostly(ctx, sel, a)
	}
	ids, err := s.led(ctx, sel.from, where)
	if err != nil {
		return sel, a, err
	}
	if len(ids) > 0 {
		if sel, a, err = build(ids); err != nil || s.serves(&sel) {
			return sel, a, err
		}
	}
	sel.fenced = true
	return sel, a, s.refuseMany(ctx, &sel, a)
}

// led reads which rows the relation filters of where lead to, if they are few.
func (s *Store) led(ctx context.Context, d *Descriptor, where any) (known, error) {
	v := reflect.ValueOf(where)
	found := known{}
	if where == nil || v.IsNil() {
		return found, nil
	}
	for i := range v.Elem().NumField() {
		field, tag := v.Elem().Field(i), v.Elem().Type().Field(i).Tag
		table := tag.Get("via")
		if table == "" || tag.Get("foreign") != "" || field.IsZero() {
			continue
		}
		path := "/where/" + graphName(v.Elem().Type().Field(i).Name)
		ids, err := s.ledTo(ctx, d, byTable[table], field.Interface(), path)
		if err != nil {
			return nil, err
		}
		if n := len(ids); n > 0 && n <= maxChoice {
			found[path] = ids
		}
	}
	return found, nil
}

func (s *Store) ledTo(ctx context.Context, d, to *Descriptor, where any, path string) ([]uuid.UUID, error) {
	var a args
	cond, err := compiler{args: &a, now: s.Now()}.compileAt(to, where, "t", path)
	if err != nil {
		return nil, err
	}
	name := d.Table + ".through_" + to.Table
	sel := selection{name: name, from: to, columns: []string{"id"}, where: cond, limit: maxChoice + 1}
	var ids []uuid.UUID
	err = scanEach(ctx, s, name, sel.sql(), a, func(r struct {
		ID uuid.UUID `db:"id"`
	}) {
		ids = append(ids, r.ID)
	})
	return ids, err
}

// isSmall is true for a table that may be read whole.
func (s *Store) isSmall(d *Descriptor) bool {
	t := s.indexes.tables[d.Table]
	return t == nil || t.pages <= s.small
}

// refuseCostly judges a small table that is filtered by rows of others: only the
// planner knows what that costs.
func (s *Store) refuseCostly(ctx context.Context, sel selection, a args) error {
	expected, err := s.estimate(ctx, sel.name+".plan", sel.sql(), a)
	if err == nil && expected.Cost > costLimit {
		return s.broad(sel)
	}
	return err
}

// serves is true when the rule lets sel pass by what it says, whatever rows
// there are; it settles how the statement is written.
func (s *Store) serves(sel *selection) bool {
	t := s.indexes.tables[sel.from.Table]
	if s.isSmall(sel.from) {
		return sel.where.reverse == 0
	}
	w, equal := sel.where, sel.fixed()
	n, chosen := 1, slices.Clone(equal)
	for _, choice := range w.choices {
		n *= len(choice.each)
		chosen = append(chosen, choice.column)
	}
	named := chosen
	if !sel.keys.empty() {
		named = equal // behind parents the planner takes the wrong one of two lists
	}
	if t.names(sel.from, named) {
		sel.fenced = true // found by name, and not by walking along the order
		return true
	}
	if w.others+w.reverse > 0 || len(w.content) > 0 || n > maxChoice || !sel.reads() {
		return false
	}
	lead, ok := t.serving(chosen, w, sel.order.Columns)
	sel.lead, sel.merged = lead, ok && len(w.choices) > 0
	return ok
}

// fixed are the columns that have one value each: those of the filter, and the
// one that the parent's key decides.
func (s selection) fixed() []string {
	column := s.equal
	if foreign, ok := strings.CutPrefix(s.on, "t."); ok && column == "" {
		column, _ = strings.CutSuffix(foreign, " = k.key")
		if column == foreign {
			column = ""
		}
	}
	if column == "" {
		return s.where.equal
	}
	return append(slices.Clone(s.where.equal), column)
}

// reads is false for a relation whose condition says more than that a column has
// one value: only in the order of ids, which such relations were made for, it is
// known to be few rows or a walk along an index.
func (s selection) reads() bool {
	simple := s.on == "" || len(s.fixed()) > len(s.where.equal)
	return simple || (s.where.empty() && len(s.order.Columns) == 1)
}

// names is true when columns with a value each name single rows: by the business
// key, or by all columns of a unique index.
func (t *table) names(d *Descriptor, columns []string) bool {
	if slices.Contains(columns, d.Key) {
		return true
	}
	return slices.ContainsFunc(t.indexes, func(i index) bool {
		return i.unique && !i.partial && !slices.ContainsFunc(i.columns, func(c string) bool { return !slices.Contains(columns, c) })
	})
}

// serving finds an index that holds the rows with these equal columns in this
// order, so that ranges only say where in it to begin and to end. It names the
// first of the equal columns; there is none in the primary key.
func (t *table) serving(equal []string, w condition, order []string) (lead string, ok bool) {
	if len(order) == 0 || slices.ContainsFunc(w.ranges, func(column string) bool { return column != order[0] }) {
		return "", false
	}
	if len(equal) == 0 && len(w.null) == 0 && len(order) == 1 {
		return "", true // along the primary key
	}
	n := slices.IndexFunc(t.indexes, func(i index) bool { return i.serves(equal, w.null, order) })
	if n < 0 || len(equal) == 0 {
		return "", n >= 0
	}
	return t.indexes[n].columns[0], true
}

func (i index) serves(equal, null, order []string) bool {
	n := len(equal)
	if len(i.columns) < n+len(order) || !i.covers(equal, null) {
		return false
	}
	for _, column := range i.columns[:n] {
		if !slices.Contains(equal, column) {
			return false
		}
	}
	return slices.Equal(i.columns[n:n+len(order)], order)
}

// covers is true when the index has all rows that are asked for. Rows without a
// value are in order only where all rows of the index are such.
func (i index) covers(equal, null []string) bool {
	switch {
	case len(null) > 0:
		return len(null) == 1 && i.null == null[0]
	case i.notNull != "":
		return slices.Contains(equal, i.notNull)
	}
	return !i.partial
}

// refuseMany lets pass what proves to be few rows: behind parents, all that they
// have; else those that match, where they are found without looking at many.
func (s *Store) refuseMany(ctx context.Context, sel *selection, a args) error {
	if !sel.keys.empty() {
		a = a[:sel.keys.parameters]
	} else if broad, err := s.expectsMany(ctx, sel, a); err != nil || broad {
		return firstError(err, s.broad(*sel))
	}
	n, err := queryOne[int](ctx, s, sel.name+".probe", sel.probe(), a)
	if err == nil && n > fewRows {
		return s.broad(*sel)
	}
	return err
}

// expectsMany is true when finding the rows is expected to be no small thing, by
// the planner. Of content it knows nothing: what is rare on a look at some pages
// is found by the content's index, and what is frequent by the other terms.
func (s *Store) expectsMany(ctx context.Context, sel *selection, a args) (bool, error) {
	t := s.indexes.tables[sel.from.Table]
	if sel.where.reverse > 0 {
		return true, nil
	}
	if t.finds(sel.where.content) {
		n, err := queryOne[int](ctx, s, sel.name+".sample", sel.sample(t.pages), a)
		if err != nil || n == 0 {
			return false, err
		}
		sel.where = sel.where.sifted()
	}
	expected, err := s.estimate(ctx, sel.name+".plan", sel.sql(), a)
	return expected.Cost > fewPages*s.indexes.pageCost, err
}

func firstError(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// finds is true when an index of its own finds some content. Of how much of it
// there is the planner knows nothing, so it is not asked.
func (t *table) finds(content []string) bool {
	return slices.ContainsFunc(content, func(c string) bool { return slices.Contains(t.found, c) || slices.Contains(t.found, c+"_path") })
}

// all is a statement of all rows that match, in no order.
func (s selection) all() string {
	return "select 1 from " + s.from.Table + " t" + whereClause(s.conditions(s.where.parts()))
}

// sample is a statement that looks for a row with the content that is sought on
// some pages of the table. The other terms are written down without effect, so
// that it has the parameters of the list.
func (s selection) sample(pages int64) string {
	percent := min(100, 100*samplePages/float64(max(pages, 1)))
	sought := s.where.sought
	s.where.sought = nil
	if rest := s.conditions(s.where.parts()); len(rest) > 0 {
		sought = append(slices.Clone(sought), "("+strings.Join(rest, " and ")+" or true)")
	}
	return fmt.Sprintf("/* %s.sample */ select count(*) from (select from %s t tablesample system (%.4g)%s limit 1) x",
		s.name, s.from.Table, percent, whereClause(sought))
}

// probe counts the rows and stops when they are too many: those of the parent
// that has most, or those that match. The latter are a materialized expression,
// which is planned as if all were wanted, and not in the hope that the first
// come soon.
func (s selection) probe() string {
	head := "/* " + s.name + ".probe */ "
	if s.keys.empty() {
		return head + fmt.Sprintf("with found as materialized (%s) select count(*) from (select from found limit %d) x", s.all(), fewRows+1)
	}
	return head + fmt.Sprintf("select coalesce(max(l.n), 0) from %s cross join lateral (select count(*) as n from (select from %s t where %s limit %d) x) l",
		s.keys.source(), s.from.Table, s.on, fewRows+1)
}
