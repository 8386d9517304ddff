package repository_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

// The walk reads the first page of every list there is: each entity by itself
// and behind each relation, with each operator of each filter, in each order. A
// page must cost a page or be refused with a remedy.
//
// By itself the test walks a small world, measures there what indexes serve, and
// filters no list behind a relation.
// -walk-rows N makes a world of N rows in each table that grows with use, a
// million in some minutes, and walks everything. -walk-url walks a world that
// is there already. -walk-report prints what each list cost.
var (
	walkRows   = flag.Int("walk-rows", 0, "walk everything in a world of so many rows in each table that grows with use")
	walkURL    = flag.String("walk-url", "", "walk everything in this database, which was filled by walk_test.sql")
	walkReport = flag.Bool("walk-report", false, "print what each list cost")
)

const smallWalk = 3000 // rows

//go:embed walk_test.sql
var walkSQL string

const (
	pageRows   = 20
	pagePages  = 50 // buffers that a page of whole rows may touch
	largePages = 30 // of a table that grows with use, in a small world; what is defined stays below
)

// walk is the unkind world and what its lists cost.
type walk struct {
	*testing.T
	db      *pgxpool.Pool
	store   *repository.Store
	plain   *repository.Store // to which all tables are small
	probes  *probes
	samples map[string][]string
	small   int64 // pages of a table that may be read whole
	whole   bool
	costs   []int
	over    []string
	refused int
}

func TestAPageCostsAPageOrIsRefusedWithARemedy(t *testing.T) {
	t.Parallel()
	w := newWalk(t)
	for _, d := range repository.All {
		if d.Where != nil {
			w.list(d, repository.Relation{}, nil)
		}
		for _, name := range slices.Sorted(maps.Keys(d.Relations)) {
			r := d.Relations[name]
			if to := repository.ByTable(r.Table); to.Where != nil && toMany(r) {
				w.list(to, r, w.parents(d, r))
			}
		}
	}
	slices.Sort(w.costs)
	n := len(w.costs)
	allowed := 0
	if !w.whole {
		allowed = n / 100 // on few rows the planner now and then holds two indexes for equally good
	}
	require.LessOrEqual(t, len(w.over), allowed, "%s", strings.Join(w.over, "\n"))
	t.Logf("%d lists refused, %d read out of large tables; buffers of a page: median %d, 99%% %d, worst %d",
		w.refused, n, w.costs[n/2], w.costs[n*99/100], w.costs[n-1])
}

func newWalk(t *testing.T) *walk {
	w := &walk{T: t, samples: map[string][]string{}, whole: *walkRows > 0 || *walkURL != ""}
	url, rows := *walkURL, *walkRows
	if url == "" {
		url = testdb.URL(t)
	}
	if !w.whole {
		rows = smallWalk
	}
	var err error
	w.db, err = pgxpool.New(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(w.db.Close)
	if *walkURL == "" {
		_, err = w.db.Exec(t.Context(), strings.ReplaceAll(walkSQL, "$ROWS", strconv.Itoa(rows)))
		require.NoError(t, err)
		_, err = w.db.Exec(t.Context(), "vacuum analyze") // as autovacuum does in life: without it indexes are not read alone
		require.NoError(t, err)
	}
	w.probes = &probes{DB: w.db}
	w.small = largePages
	if w.pages(repository.DeadLetters.Table) > 2*repository.SmallTable {
		w.small = repository.SmallTable
	}
	w.store, w.plain = repository.NewStore(w.probes).Large(w.small), repository.NewStore(w.db)
	return w
}

// toMany is true for a relation that leads to pages.
func toMany(r repository.Relation) bool {
	return r.On != "" && r.Order == "" && !strings.HasPrefix(r.On, "t.id = ")
}

// parents is the key of the row with most on the other side.
func (w *walk) parents(d *repository.Descriptor, r repository.Relation) []any {
	on := r.On
	if on == "" {
		on = "t.id = k.key"
	}
	sql := fmt.Sprintf("select k.key from (select distinct %[1]s as key from %[2]s where %[1]s is not null order by 1 limit 300) k order by (select count(*) from (select from %[3]s t where %[4]s limit 100) x) desc limit 1",
		r.Column, d.Table, r.Table, on)
	var key any
	err := w.db.QueryRow(w.Context(), sql).Scan(&key)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	require.NoError(w, err, sql)
	if raw, ok := key.([16]byte); ok {
		key = uuid.UUID(raw)
	}
	return []any{key}
}

// list reads one list with every filter in every order.
func (w *walk) list(d *repository.Descriptor, r repository.Relation, keys []any) {
	for _, order := range slices.Sorted(maps.Keys(d.Orders)) {
		w.page(d, r, keys, order, "no filter", nil)
		if keys == nil {
			w.deep(d, order)
		}
		if keys != nil && !w.whole {
			continue
		}
		for _, c := range w.cases(d) {
			if !w.whole && !brief(c.name) {
				continue
			}
			w.page(d, r, keys, order, c.name, c.where)
		}
		if keys == nil {
			for _, c := range w.pairs(d) {
				w.page(d, r, nil, order, c.name, c.where)
			}
		}
	}
}

// deep reads pages from both ends of a list, from its middle, and from the middle
// of those rows that share a value, which must cost the same as any.
func (w *walk) deep(d *repository.Descriptor, order string) {
	columns := d.Orders[order].Columns
	places := map[string]page.Cursor{
		"an end":     "",
		"the middle": w.place(d, order, "true"),
		"a tie":      w.place(d, order, fmt.Sprintf("%[1]s = (select %[1]s from %[2]s group by 1 order by count(*) desc limit 1)", columns[0], d.Table)),
	}
	for _, name := range slices.Sorted(maps.Keys(places)) {
		for _, backward := range []bool{false, true} {
			q := repository.ListQuery{Name: "walk", Columns: d.Columns(), Order: order, Page: page.Request{Size: pageRows, From: places[name], Backward: backward}}
			sql, args, err := w.store.Statement(w.Context(), d, repository.Relation{}, q, nil)
			require.NoError(w, err)
			w.cost(fmt.Sprintf("%s by %s, from %s, backward %t", d.Table, order, name, backward), d, sql, args)
		}
	}
}

// place is that of the row in the middle of those that meet a condition.
func (w *walk) place(d *repository.Descriptor, order, condition string) page.Cursor {
	columns := strings.Join(d.Orders[order].Columns, ", ")
	rows, err := w.db.Query(w.Context(), fmt.Sprintf("select %s from %s where %s order by %[1]s offset (select count(*) / 2 from %[2]s where %[3]s) limit 1", columns, d.Table, condition))
	require.NoError(w, err)
	values, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) ([]any, error) { return row.Values() })
	if errors.Is(err, pgx.ErrNoRows) {
		return ""
	}
	require.NoError(w, err)
	for i, v := range values {
		switch v := v.(type) {
		case [16]byte:
			values[i] = uuid.UUID(v)
		case int16:
			values[i] = int(v)
		case int32:
			values[i] = int(v)
		}
	}
	return repository.Cursor(order, values)
}

// brief are the operators of a small walk: a frequent value, two of them, a
// stretch of time.
func brief(name string) bool {
	_, operator, _ := strings.Cut(name, " ")
	return slices.Contains([]string{"eq common", "in", "old", "true", "matches common"}, operator)
}

// sorted are the relations that are read whole: what one run publishes is little.
func sorted(r repository.Relation) bool { return strings.HasPrefix(r.On, "t.source_type = ") }

func (w *walk) page(d *repository.Descriptor, r repository.Relation, keys []any, order, filter string, where any) {
	if where == nil && sorted(r) {
		return
	}
	name := fmt.Sprintf("%s by %s where %s", d.Table, order, filter)
	if keys != nil {
		name += " behind " + r.On
	}
	w.probes.sent = nil
	q := repository.ListQuery{Name: "walk", Columns: d.Columns(), Where: where, Order: order, Page: page.Request{Size: pageRows}}
	sql, args, err := w.store.Statement(w.Context(), d, r, q, keys)
	for _, probe := range w.probes.sent {
		w.cost(name+", its probe", d, probe.sql, probe.args)
	}
	var f *fault.Fault
	if errors.As(err, &f) {
		require.Equal(w, fault.QueryTooBroad, f.Code, name)
		require.NotEmpty(w, f.Remedy, name)
		w.refused++
		w.report("refused  %s: %s", name, f.Remedy)
		return
	}
	require.NoError(w, err, name)
	w.cost(name, d, sql, args)
	if !w.whole {
		plain, plainArgs, err := w.plain.Statement(w.Context(), d, r, q, keys)
		require.NoError(w, err, name)
		require.Equal(w, w.rows(plain, plainArgs), w.rows(sql, args), "the rule changes how %s is read, not what it answers", name)
	}
}

// rows are the rows of a statement as texts.
func (w *walk) rows(sql string, args []any) []string {
	rows, err := w.db.Query(w.Context(), "select x::text from ("+sql+") x", args...)
	require.NoError(w, err)
	texts, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w, err)
	return texts
}

// cost runs a statement and counts the pages it touched.
func (w *walk) cost(name string, d *repository.Descriptor, sql string, args []any) {
	var text string
	require.NoError(w, w.db.QueryRow(w.Context(), "explain (analyze, buffers, timing off, format json) "+sql, args...).Scan(&text), "%s\n%s", name, sql)
	var plans []struct {
		Plan struct {
			Hit  int `json:"Shared Hit Blocks"`
			Read int `json:"Shared Read Blocks"`
		}
	}
	require.NoError(w, json.Unmarshal([]byte(text), &plans))
	pages := plans[0].Plan.Hit + plans[0].Plan.Read
	w.report("%7d  %s", pages, name)
	if w.isSmall(d) || (!w.whole && !served(sql)) {
		return
	}
	w.costs = append(w.costs, pages)
	limit := pagePages * (strings.Count(sql, " union all ") + 1) // a page for each value
	if pages > limit {
		w.over = append(w.over, fmt.Sprintf("%d pages, more than %d: %s\n%s %v", pages, limit, name, sql, args))
	}
}

// served is true for a list that comes out of an index. In a small world the
// planner rightly reads whole tables for the others.
func served(sql string) bool {
	return !strings.Contains(sql, " offset 0)") && !strings.Contains(sql, ".probe */")
}

// isSmall is true for a table that is below the size from which the rule counts.
func (w *walk) isSmall(d *repository.Descriptor) bool {
	return w.pages(d.Table) <= w.small && !d.Partitioned
}

func (w *walk) pages(table string) int64 {
	at := table + " size"
	if w.samples[at] == nil {
		var pages string
		require.NoError(w, w.db.QueryRow(w.Context(), "select (pg_relation_size($1::text::regclass) / 8192)::text", table).Scan(&pages))
		w.samples[at] = []string{pages}
	}
	pages, _ := strconv.ParseInt(w.samples[at][0], 10, 64)
	return pages
}

func (w *walk) report(format string, args ...any) {
	if *walkReport {
		fmt.Printf(format+"\n", args...)
	}
}

// probes notes the statements that find out whether rows are few.
type probes struct {
	repository.DB
	sent []sent
}

type sent struct {
	sql  string
	args []any
}

func (p *probes) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	if strings.Contains(sql, ".probe */") {
		p.sent = append(p.sent, sent{sql, args})
	}
	return p.DB.Query(ctx, sql, args...)
}
