package repository

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/augmentedos/graph/internal/page"
	"github.com/jackc/pgx/v5"
)

// Count is how many rows a list has: counted up to page.CountLimit, beyond it
// what the planner expects, since nobody needs the last digit of a million and
// counting it would cost more than the page.
func (s *Store) Count(ctx context.Context, d *Descriptor, where any) (page.Count, error) {
	var a args
	cond, err := compiler{args: &a, now: s.Now()}.compile(d, where)
	if err != nil {
		return page.Count{}, err
	}
	name := d.Table + ".count"
	n, err := queryOne[int](ctx, s, name, "/* "+name+" */ "+counted(d, cond.parts()), a)
	if err != nil || n <= page.CountLimit {
		return page.Count{Total: n, Exact: true}, err
	}
	return s.expected(ctx, d, where)
}

// expected is the count of a list that is longer than page.CountLimit.
func (s *Store) expected(ctx context.Context, d *Descriptor, where any) (page.Count, error) {
	var a args
	cond, err := compiler{args: &a, now: s.Now()}.compile(d, where)
	if err != nil {
		return page.Count{}, err
	}
	estimate, err := s.estimate(ctx, d.Table+".estimate", "select 1 from "+d.Table+" t"+whereClause(cond.parts()), a)
	return page.Count{Total: max(estimate.Rows, page.CountLimit+1)}, err
}

// counted counts rows, at most one more than page.CountLimit.
func counted(d *Descriptor, terms []string) string {
	return fmt.Sprintf("select count(*) as n from (select 1 from %s t%s limit %d) t", d.Table, whereClause(terms), page.CountLimit+1)
}

// countedByKey counts the rows that hang on each key.
func countedByKey(d *Descriptor, of keys, on string, terms []string) string {
	return "select k.key, c.n from " + of.source() + " cross join lateral (" + counted(d, append([]string{on}, terms...)) + ") c"
}

// CountByKeys counts the related rows of every parent in one statement. Beyond
// page.CountLimit it answers that limit, not exact: at least so many.
func (s *Store) CountByKeys(ctx context.Context, d *Descriptor, r Relation, where any, parents []any) (map[any]page.Count, error) {
	var a args
	array := a.add(keyArray(parents))
	cond, err := compiler{args: &a, now: s.Now()}.compile(d, where)
	if err != nil {
		return nil, err
	}
	name := d.Table + ".count_by_parent"
	sql := "/* " + name + " */ " + countedByKey(d, keys{array: array}, r.on(), cond.parts())
	rows, err := s.DB.Query(ctx, sql, a...)
	if err != nil {
		return nil, readError(name, err)
	}
	counts := make(map[any]page.Count, len(parents))
	var key any
	var n int
	_, err = pgx.ForEachRow(rows, []any{&key, &n}, func() error {
		counts[parentKey(key)] = page.Count{Total: min(n, page.CountLimit), Exact: n <= page.CountLimit}
		return nil
	})
	return counts, readError(name, err)
}

// plan is what EXPLAIN expects of a statement.
type plan struct {
	Rows int     `json:"Plan Rows"`
	Cost float64 `json:"Total Cost"`
}

// estimate asks the planner, with the real parameters, and reads no row.
func (s *Store) estimate(ctx context.Context, name, sql string, a args) (plan, error) {
	text, err := queryOne[string](ctx, s, name, "/* "+name+" */ explain (format json) "+sql, a)
	if err != nil {
		return plan{}, err
	}
	var plans []struct{ Plan plan }
	if err := json.Unmarshal([]byte(text), &plans); err != nil || len(plans) == 0 {
		return plan{}, fmt.Errorf("%s: the plan has an unknown form: %w", name, err)
	}
	return plans[0].Plan, nil
}

func whereClause(terms []string) string {
	if len(terms) == 0 {
		return ""
	}
	return " where " + strings.Join(terms, " and ")
}

func queryOne[V any](ctx context.Context, s *Store, name, sql string, a args) (V, error) {
	rows, err := s.DB.Query(ctx, sql, a...)
	if err != nil {
		var zero V
		return zero, readError(name, err)
	}
	v, err := pgx.CollectExactlyOneRow(rows, pgx.RowTo[V])
	return v, readError(name, err)
}
