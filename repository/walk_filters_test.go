package repository_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// pairs are two filters at once, of those that are used together: in a small
// world something that many rows contain and something that few rows are.
func (w *walk) pairs(d *repository.Descriptor) (both []walkCase) {
	together := func(c walkCase, operators ...string) bool {
		_, operator, _ := strings.Cut(c.name, " ")
		return slices.Contains(operators, operator)
	}
	content, others := []string{"contains common", "matches common"}, []string{"eq rare"}
	if w.whole {
		content = []string{"eq common", "eq rare", "in", "ago", "old", "isNull", "true", "through key", "contains common", "matches common"}
		others = content
	}
	cases := w.cases(d)
	for i, a := range cases {
		for j, b := range cases {
			if a.field() != b.field() && together(a, content...) && together(b, others...) && (j < i || !w.whole) {
				both = append(both, walkCase{b.name + " and " + a.name, merged(a.where, b.where)})
			}
		}
	}
	return both
}

// merged is a filter that says what two others say.
func merged(a, b any) any {
	both := reflect.New(reflect.TypeOf(a).Elem())
	both.Elem().Set(reflect.ValueOf(a).Elem())
	for i := range both.Elem().NumField() {
		if said := reflect.ValueOf(b).Elem().Field(i); !said.IsZero() {
			both.Elem().Field(i).Set(said)
		}
	}
	return both.Interface()
}

// walkCase is one filter with one operator.
type walkCase struct {
	name  string
	where any
}

func (c walkCase) field() string {
	field, _, _ := strings.Cut(c.name, " ")
	return field
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
	now := time.Now().Truncate(time.Millisecond) // as clients say times
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
