package repository_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
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
	if w.pages(repository.DeadLetters.Table) > 10*repository.SmallTable {
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

// walkCase is one filter with one operator.
type walkCase struct {
	name  string
	where any
}

// cases are all of an entity's filters with values that are frequent, rare and
// absent.
func (w *walk) cases(d *repository.Descriptor) (cases []walkCase) {
	t := reflect.TypeOf(d.Where)
	for i := range t.NumField() {
		f := t.Field(i)
		for name, value := range w.predicates(d, f) {
			where := reflect.New(t)
			where.Elem().Field(i).Set(reflect.ValueOf(value))
			cases = append(cases, walkCase{f.Name + " " + name, where.Interface()})
		}
	}
	slices.SortFunc(cases, func(a, b walkCase) int { return strings.Compare(a.name, b.name) })
	return cases
}

func (w *walk) predicates(d *repository.Descriptor, f reflect.StructField) map[string]any {
	column := f.Tag.Get("sql")
	if via := f.Tag.Get("via"); via != "" {
		return w.through(repository.ByTable(via), f)
	}
	switch reflect.Zero(f.Type).Interface().(type) {
	case *bool:
		return map[string]any{"true": new(true), "false": new(false)}
	case *string:
		if f.Tag.Get("reached") != "" {
			return map[string]any{"common": new("common.happened"), "absent": new("nothing.happened")}
		}
		return map[string]any{"common": new("common words"), "absent": new("qqqqqqqq")}
	case *model.StringFilter:
		return w.texts(d, column)
	case *model.IDFilter:
		return w.ids(d, column)
	case *model.DateTimeFilter:
		return times()
	case *model.IntFilter:
		return map[string]any{"eq": &model.IntFilter{Eq: new(1)}, "gte": &model.IntFilter{Gte: new(1)}, "lt": &model.IntFilter{Lt: new(1)}}
	case *model.JSONFilter:
		return map[string]any{
			"contains common": &model.JSONFilter{Contains: scalar.JSON(`{"kind": "common"}`)}, "contains absent": &model.JSONFilter{Contains: scalar.JSON(`{"kind": "absent"}`)},
		}
	case *model.EventPatternFilter:
		return map[string]any{
			"eq common": &model.EventPatternFilter{Eq: new("common.happened")}, "eq rare": &model.EventPatternFilter{Eq: new("seldom.happened")},
			"in": &model.EventPatternFilter{In: []string{"common.happened", "seldom.happened"}}, "prefix": &model.EventPatternFilter{Prefix: new("com")},
			"matches common": &model.EventPatternFilter{Matches: new("common.*")}, "matches absent": &model.EventPatternFilter{Matches: new("nothing.*")},
		}
	}
	if f.Name == "AnyOf" {
		return w.either(f)
	}
	return w.words(d, column, f.Type.Elem())
}

func (w *walk) texts(d *repository.Descriptor, column string) map[string]any {
	found := map[string]any{"eq absent": &model.StringFilter{Eq: new("qqqq")}, "isNull": &model.StringFilter{IsNull: new(true)}, "is not null": &model.StringFilter{IsNull: new(false)}}
	values := w.sample(d, column)
	if len(values) == 0 {
		return found
	}
	common, rare := values[0], values[len(values)-1]
	found["eq common"], found["eq rare"] = &model.StringFilter{Eq: &common}, &model.StringFilter{Eq: &rare}
	found["in"], found["notIn"] = &model.StringFilter{In: []string{common, rare}}, &model.StringFilter{NotIn: []string{common}}
	found["prefix"], found["contains"] = &model.StringFilter{Prefix: new(common[:min(3, len(common))])}, &model.StringFilter{Contains: new(common[:min(3, len(common))])}
	return found
}

func (w *walk) ids(d *repository.Descriptor, column string) map[string]any {
	found := map[string]any{"isNull": &model.IDFilter{IsNull: new(true)}, "is not null": &model.IDFilter{IsNull: new(false)}}
	values := w.sample(d, column)
	if len(values) == 0 {
		return found
	}
	prefix := d.PrefixAt(column)
	common, rare := nodeid.Encode(prefix, uuid.MustParse(values[0])), nodeid.Encode(prefix, uuid.MustParse(values[len(values)-1]))
	found["eq common"], found["eq rare"], found["in"] = &model.IDFilter{Eq: &common}, &model.IDFilter{Eq: &rare}, &model.IDFilter{In: []string{common, rare}}
	return found
}

// words are the operators of an enumeration, whose type is only known here.
func (w *walk) words(d *repository.Descriptor, column string, filter reflect.Type) map[string]any {
	found := map[string]any{}
	values := w.sample(d, column)
	if len(values) == 0 {
		return found
	}
	set := func(field string, words ...string) any {
		p := reflect.New(filter)
		target := p.Elem().FieldByName(field)
		if target.Kind() == reflect.Pointer {
			target.Set(reflect.New(target.Type().Elem()))
			target.Elem().SetString(words[0])
			return p.Interface()
		}
		for _, word := range words {
			target.Set(reflect.Append(target, reflect.ValueOf(word).Convert(target.Type().Elem())))
		}
		return p.Interface()
	}
	common, rare := values[0], values[len(values)-1]
	found["eq common"], found["eq rare"], found["in"], found["notIn"] = set("Eq", common), set("Eq", rare), set("In", common, rare), set("NotIn", common)
	return found
}

// sample are the values of a column, the most frequent first.
func (w *walk) sample(d *repository.Descriptor, column string) []string {
	at := d.Table + "." + column
	if found, ok := w.samples[at]; ok {
		return found
	}
	rows, err := w.db.Query(w.Context(), fmt.Sprintf("select %s::text from %s where %[1]s is not null group by 1 order by count(*) desc, 1 limit 20000", column, d.Table))
	require.NoError(w, err)
	values, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w, err)
	w.samples[at] = values
	return values
}

func times() map[string]any {
	now := time.Now()
	old, older := now.AddDate(0, 0, -54), now.AddDate(0, 0, -55)
	day, future := scalar.Duration{Time: 24 * time.Hour}, now.AddDate(1, 0, 0)
	return map[string]any{
		"ago": &model.DateTimeFilter{Ago: &day}, "old": &model.DateTimeFilter{Gte: &older, Lt: &old}, "gte old": &model.DateTimeFilter{Gte: &old}, "lt old": &model.DateTimeFilter{Lt: &old},
		"lt now": &model.DateTimeFilter{Lt: &now}, "gte future": &model.DateTimeFilter{Gte: &future}, "isNull": &model.DateTimeFilter{IsNull: new(true)}, "is not null": &model.DateTimeFilter{IsNull: new(false)},
	}
}

// through are filters on the row that another filter leads to: by its key and by
// something that very many have.
func (w *walk) through(to *repository.Descriptor, f reflect.StructField) map[string]any {
	found := map[string]any{}
	values := w.sample(to, to.Key)
	for name, operator := range map[string]func(*model.StringFilter){
		"key": func(p *model.StringFilter) { p.Eq = &values[0] }, "prefix": func(p *model.StringFilter) { p.Prefix = new(values[0][:3]) },
	} {
		where := reflect.New(f.Type.Elem())
		for i := range where.Elem().NumField() {
			if f.Type.Elem().Field(i).Tag.Get("sql") == to.Key && where.Elem().Field(i).Type() == reflect.TypeFor[*model.StringFilter]() {
				p := &model.StringFilter{}
				operator(p)
				where.Elem().Field(i).Set(reflect.ValueOf(p))
			}
		}
		found["through "+name] = where.Interface()
	}
	return found
}

// either is one of two moments.
func (w *walk) either(f reflect.StructField) map[string]any {
	branch := func(p any) reflect.Value {
		where := reflect.New(f.Type.Elem().Elem())
		where.Elem().FieldByName("UpdatedAt").Set(reflect.ValueOf(p))
		return where
	}
	if _, ok := f.Type.Elem().Elem().FieldByName("UpdatedAt"); !ok {
		return nil
	}
	all := times()
	list := reflect.MakeSlice(f.Type, 0, 2)
	return map[string]any{"of old and new": reflect.Append(list, branch(all["old"]), branch(all["ago"])).Interface()}
}
