package repository

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// condition is a compiled Where: terms that must all hold. The rest says what
// kind of terms they are, because an index holds rows in an order only behind
// columns that are equal to something.
type condition struct {
	terms   []string
	equal   []string // columns compared with one value
	choices []choice // columns compared with a few values; not among the terms
	ranges  []string // columns compared with an earlier and a later moment
	null    []string // columns that have no value
	content []string // columns searched by content, through an index of their own
	sought  []string // the terms that search them; not among the terms
	reverse int      // number of terms about rows that point here
	others  int      // number of all other terms
}

// choice is a column that has one of some values: as one term, or as one term
// for each value.
type choice struct {
	column string
	term   string
	each   []string
}

func (c condition) empty() bool { return len(c.parts()) == 0 }

// sifted looks at the content of the rows that the other terms find, and does not
// look for it: no index is used for a term that is asked whether it is true.
func (c condition) sifted() condition {
	c.terms = slices.Clone(c.terms)
	for _, term := range c.sought {
		c.terms = append(c.terms, "("+term+") is true")
	}
	c.sought = nil
	return c
}

// parts are all terms.
func (c condition) parts() []string {
	parts := slices.Concat(c.terms, c.sought)
	for _, choice := range c.choices {
		parts = append(parts, choice.term)
	}
	return parts
}

// compiler turns a Where input into SQL. It is the one place that knows what a
// predicate means; PostgreSQL is the one that evaluates it.
type compiler struct {
	args  *args
	now   time.Time
	known known
	steps int  // relations between the list's rows and those now looked at
	inAny bool // within a branch of anyOf
}

// The longest filter. A list of ids that does not fit is a query of its own, and
// each branch of an anyOf may need an index of its own.
const (
	maxValues   = 500
	maxBranches = 20
	maxSteps    = 3 // each is a join, and the time to plan them grows faster than they do
)

// compile reads the fields of where, a pointer to a Where struct or nil. The
// sql tag names the column, via the table a nested Where selects from.
func (c compiler) compile(d *Descriptor, where any) (condition, error) {
	const alias = "t"
	return c.compileAt(d, where, alias, "/where")
}

func (c compiler) compileAt(d *Descriptor, where any, alias, at string) (condition, error) {
	v := reflect.ValueOf(where)
	if where == nil || v.IsNil() {
		return condition{}, nil
	}
	v = v.Elem()
	var out condition
	for i := range v.NumField() {
		field, tag := v.Field(i), v.Type().Field(i).Tag
		if field.IsZero() {
			continue
		}
		path := at + "/" + graphName(v.Type().Field(i).Name)
		if err := bounded(field, path); err != nil {
			return condition{}, err
		}
		terms, err := c.field(d, field, tag, alias, path)
		if err != nil {
			return condition{}, err
		}
		out.add(d, field, tag, terms, len(c.known[path]))
	}
	return out, nil
}

// bounded refuses a predicate with more values, or an anyOf with more branches,
// than one statement should have.
func bounded(field reflect.Value, path string) error {
	if field.Kind() == reflect.Slice {
		return atMost(maxBranches, field.Len(), "branches", path)
	}
	predicate := reflect.Indirect(field)
	if predicate.Kind() != reflect.Struct {
		return nil
	}
	for _, list := range []string{"In", "NotIn"} {
		values := predicate.FieldByName(list)
		if !values.IsValid() {
			continue
		}
		if err := atMost(maxValues, values.Len(), "values", path+"/"+graphName(list)); err != nil {
			return err
		}
	}
	return nil
}

func atMost(most, n int, what, path string) error {
	if n <= most {
		return nil
	}
	return fault.Errorf(fault.BadUserInput, "a filter takes at most %d %s here, not %d", most, what, n).At(path).
		Hint("split the list over several queries, or filter by what its members have in common").
		With("limit", most)
}

func (c compiler) field(d *Descriptor, field reflect.Value, tag reflect.StructTag, alias, path string) ([]string, error) {
	column := tag.Get("sql")
	if field.Kind() == reflect.Slice {
		term, err := c.anyOf(d, field, alias, path)
		return []string{term}, err
	}
	if table := tag.Get("via"); table != "" {
		return c.via(table, tag, field, alias, path)
	}
	if name, ok := field.Interface().(*string); ok && tag.Get("reached") != "" {
		return c.reachedBy(alias, *name, path)
	}
	if search, ok := field.Interface().(*string); ok {
		return c.search(alias, column, *search, path)
	}
	return c.predicate(d, alias+"."+column, column, field.Interface(), path)
}

// via selects by a row of another table: column holds its id, or foreign names
// the other table's column that points back at this row.
func (c compiler) via(table string, tag reflect.StructTag, field reflect.Value, alias, path string) ([]string, error) {
	v, column := alias+"v", alias+"."+tag.Get("sql") // an alias per level, or the inner one would hide the outer
	if ids, ok := c.known[path]; ok {
		return []string{column + " = any(" + c.args.add(ids, "uuid[]") + ")"}, nil
	}
	if c.steps++; c.steps > maxSteps {
		return nil, fault.Errorf(fault.BadUserInput, "a filter goes through at most %d relations", maxSteps).At(path).
			Hint("begin at a list closer to what is looked for").With("limit", maxSteps)
	}
	inner, err := c.compileAt(byTable[table], field.Interface(), v, path)
	if err != nil {
		return nil, err
	}
	terms := inner.parts()
	from := " from " + table + " " + v + " where "
	if foreign := tag.Get("foreign"); foreign != "" {
		terms = append([]string{v + "." + foreign + " = " + column}, terms...)
		return []string{"exists (select 1" + from + strings.Join(terms, " and ") + ")"}, nil
	}
	if len(terms) == 0 {
		return []string{column + " is not null"}, nil
	}
	return []string{column + " in (select " + v + ".id" + from + strings.Join(terms, " and ") + ")"}, nil
}

func (c compiler) anyOf(d *Descriptor, list reflect.Value, alias, path string) (string, error) {
	if list.Len() == 0 {
		return "", fault.Errorf(fault.BadUserInput, "an anyOf without branches can match nothing").At(path).Hint("leave it out or give it a branch")
	}
	if c.inAny {
		return "", fault.Errorf(fault.BadUserInput, "an anyOf cannot stand in another").At(path).Hint("write its branches beside those of the outer one")
	}
	c.inAny = true
	var branches []string
	for i := range list.Len() {
		branch, err := c.compileAt(d, list.Index(i).Interface(), alias, fmt.Sprintf("%s/%d", path, i))
		if err != nil {
			return "", err
		}
		if branch.empty() {
			return "", fault.Errorf(fault.BadUserInput, "an empty branch of anyOf matches everything").
				At(fmt.Sprintf("%s/%d", path, i)).Hint("leave the branch out or give it a predicate")
		}
		branches = append(branches, "("+strings.Join(branch.parts(), " and ")+")")
	}
	return "(" + strings.Join(branches, " or ") + ")", nil
}

func (c compiler) search(alias, columns, text, path string) ([]string, error) {
	pattern, err := containsPattern(text, path)
	if err != nil {
		return nil, err
	}
	placeholder := c.args.add(pattern, "text")
	var terms []string
	for _, column := range strings.Split(columns, ",") {
		terms = append(terms, alias+"."+column+" ilike "+placeholder)
	}
	return []string{"(" + strings.Join(terms, " or ") + ")"}, nil
}

// graphName spells a Go field as the schema does: CorrelationID is correlationId.
func graphName(field string) string {
	if strings.ToUpper(field) == field {
		return strings.ToLower(field)
	}
	field = strings.ReplaceAll(field, "ID", "Id")
	return strings.ToLower(field[:1]) + field[1:]
}
