package repository

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
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

func (c condition) empty() bool { return len(c.terms) == 0 && len(c.choices) == 0 }

// parts are all terms.
func (c condition) parts() []string {
	parts := append([]string(nil), c.terms...)
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

// enumPredicate is any model.EnumFilter.
type enumPredicate interface {
	Stored() (eq *string, in, notIn []string)
}

func (c compiler) predicate(d *Descriptor, column, name string, p any, path string) ([]string, error) {
	switch p := p.(type) {
	case *bool:
		return []string{column + " = " + c.args.add(*p, "boolean")}, nil
	case *model.StringFilter:
		return c.text(column, p, path)
	case *model.IDFilter:
		return c.id(d, column, name, p, path)
	case *model.DateTimeFilter:
		return c.times(d, column, name, p)
	case *model.IntFilter:
		return c.numbers(column, p), nil
	case *model.EventPatternFilter:
		return c.eventPattern(column, p, path)
	case *model.JSONFilter:
		return c.document(column, p), nil
	case enumPredicate:
		eq, in, notIn := p.Stored()
		return c.words(column, eq, in, notIn), nil
	}
	return nil, fmt.Errorf("no SQL for a predicate of type %T on %s", p, column)
}

func (c compiler) words(column string, eq *string, in, notIn []string) (terms []string) {
	if eq != nil {
		terms = append(terms, column+" = "+c.args.add(*eq, "text"))
	}
	if in != nil {
		terms = append(terms, column+" = any("+c.args.add(distinct(in), "text[]")+")")
	}
	if notIn != nil {
		terms = append(terms, column+" <> all("+c.args.add(notIn, "text[]")+")")
	}
	return terms
}

// distinct are the values without repetition: a list of rows must not have one
// twice because its value was named twice.
func distinct(values []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(values)))
}

func (c compiler) text(column string, p *model.StringFilter, path string) ([]string, error) {
	terms := c.words(column, p.Eq, p.In, p.NotIn)
	if p.IsNull != nil {
		terms = append(terms, isNull(column, *p.IsNull))
	}
	if p.Prefix != nil {
		terms = append(terms, column+" like "+c.args.add(escapeLike(*p.Prefix)+"%", "text"))
	}
	if p.Contains != nil {
		pattern, err := containsPattern(*p.Contains, path+"/contains")
		if err != nil {
			return nil, err
		}
		terms = append(terms, column+" ilike "+c.args.add(pattern, "text"))
	}
	return terms, nil
}

// wildcards is the form of patterns with wildcards: segments between dots, each
// a word, a word with a star behind, *, ** or #.
var wildcards = regexp.MustCompile(`^(\*\*?|[^*.\s]+\*?)(\.(\*\*?|[^*.\s]+\*?))*$`)

// eventPattern selects by the name of an event; beside its column stands the
// same name as a path, which has an index for wildcards.
func (c compiler) eventPattern(column string, p *model.EventPatternFilter, path string) ([]string, error) {
	terms := c.words(column, p.Eq, p.In, nil)
	if p.Prefix != nil {
		terms = append(terms, column+" like "+c.args.add(escapeLike(*p.Prefix)+"%", "text"))
	}
	if p.Matches != nil {
		if len(*p.Matches) > 255 || !wildcards.MatchString(*p.Matches) {
			return nil, fault.Errorf(fault.BadUserInput, "%q is not a pattern", *p.Matches).At(path + "/matches").
				Hint("write segments with dots between them: * is one segment, .* at the end one or more, ** any number")
		}
		// In a sub-select the pattern is translated once and not for every row.
		terms = append(terms, column+"_path ~ (select aos_pattern_query("+c.args.add(*p.Matches, "text")+"))")
	}
	return terms, nil
}

// reachedBy selects what listens to a pattern that an event of this name
// matches. The candidates narrow it down by index, the query decides.
func (c compiler) reachedBy(alias, name, path string) ([]string, error) {
	if len(name) > 255 || !wildcards.MatchString(name) || strings.ContainsAny(name, "*#") {
		return nil, fault.Errorf(fault.BadUserInput, "%q is not the name of an event", name).At(path).
			Hint("give the dotted name of one event, without wildcards, such as lead.created")
	}
	placeholder := c.args.add(name, "text")
	return []string{
		"(" + alias + ".pattern_kind, " + alias + ".pattern_key) in (select c.kind, c.key from aos_trigger_candidates(" + placeholder + ") c)",
		"(select aos_pattern_path(" + placeholder + ")) ~ " + alias + ".pattern_query",
	}, nil
}

func (c compiler) id(d *Descriptor, column, name string, p *model.IDFilter, path string) ([]string, error) {
	prefix := d.prefixAt(name)
	var terms []string
	if p.Eq != nil {
		id, err := decodeID(*p.Eq, prefix, path+"/eq")
		if err != nil {
			return nil, err
		}
		terms = append(terms, column+" = "+c.args.add(id, "uuid"))
	}
	if p.In != nil {
		ids := make([]uuid.UUID, 0, len(p.In))
		for i, text := range p.In {
			id, err := decodeID(text, prefix, fmt.Sprintf("%s/in/%d", path, i))
			if err != nil {
				return nil, err
			}
			if !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
		terms = append(terms, column+" = any("+c.args.add(ids, "uuid[]")+")")
	}
	if p.IsNull != nil {
		terms = append(terms, isNull(column, *p.IsNull))
	}
	return terms, nil
}

// prefixAt is how ids in a column begin that leads to another entity.
func (d *Descriptor) prefixAt(column string) string {
	for _, r := range d.Relations {
		if r.Column == column && r.On == "" {
			return byTable[r.Table].Prefix()
		}
	}
	return d.Prefix()
}

func decodeID(text, prefix, path string) (uuid.UUID, error) {
	begins, id, err := nodeid.Decode(text)
	if err != nil || begins != prefix {
		return uuid.Nil, fault.Errorf(fault.BadUserInput, "%q is not an id of this type", text).At(path).
			Hint("ids of this type begin with %s_; pass the id field of an object on unchanged", prefix)
	}
	return id, nil
}

func (c compiler) times(d *Descriptor, column, name string, p *model.DateTimeFilter) (terms []string, _ error) {
	from, to := p.Span(c.now)
	if strings.HasSuffix(name, "_sort") {
		return c.sortTimes(column, from, to, p.IsNull), nil
	}
	prune := d.Partitioned && name == "created_at"
	id := strings.TrimSuffix(column, name) + "id"
	if from != nil {
		terms = append(terms, column+" >= "+c.args.add(*from, "timestamptz"))
		if prune {
			terms = append(terms, id+" >= "+c.args.add(FloorID(*from), "uuid"))
		}
	}
	if to != nil {
		terms = append(terms, column+" < "+c.args.add(*to, "timestamptz"))
		if prune {
			terms = append(terms, id+" < "+c.args.add(FloorID(to.Add(time.Millisecond)), "uuid"))
		}
	}
	if p.IsNull != nil {
		terms = append(terms, isNull(column, *p.IsNull))
	}
	return terms, nil
}

// sortTimes selects by a time that may be missing through the column that sorts
// it: there is an index on that one, and what is missing is a far date in it.
// Such dates are shut out by the other end of the range, so that an index does
// not walk over them.
func (c compiler) sortTimes(column string, from, to *time.Time, null *bool) (terms []string) {
	const before, after = "'0001-01-01Z'", "'9999-12-31Z'"
	if null != nil && *null {
		terms = append(terms, column+" = any(array["+before+", "+after+"]::timestamptz[])")
	}
	if from == nil && to == nil && (null == nil || *null) {
		return terms
	}
	earliest, latest := column+" > "+before, column+" < "+after
	if from != nil {
		earliest = column + " >= " + c.args.add(*from, "timestamptz")
	}
	if to != nil {
		latest = column + " < " + c.args.add(*to, "timestamptz")
	}
	return append(terms, earliest, latest)
}

func (c compiler) numbers(column string, p *model.IntFilter) (terms []string) {
	if p.Eq != nil {
		terms = append(terms, column+" = "+c.args.add(*p.Eq, "int"))
	}
	if p.Gte != nil {
		terms = append(terms, column+" >= "+c.args.add(*p.Gte, "int"))
	}
	if p.Lt != nil {
		terms = append(terms, column+" < "+c.args.add(*p.Lt, "int"))
	}
	return terms
}

func (c compiler) document(column string, p *model.JSONFilter) []string {
	if p.Contains == nil {
		return nil
	}
	return []string{column + " @> " + c.args.add(p.Contains, "jsonb")}
}

func isNull(column string, null bool) string {
	if null {
		return column + " is null"
	}
	return column + " is not null"
}

// containsPattern refuses texts the trigram index cannot serve.
func containsPattern(text, path string) (string, error) {
	if len([]rune(text)) < 3 {
		return "", fault.Errorf(fault.BadUserInput, "a text search needs three characters or more").At(path).
			Hint("use prefix or eq for shorter texts")
	}
	return "%" + escapeLike(text) + "%", nil
}

func escapeLike(text string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(text)
}

// graphName spells a Go field as the schema does: CorrelationID is correlationId.
func graphName(field string) string {
	if strings.ToUpper(field) == field {
		return strings.ToLower(field)
	}
	field = strings.ReplaceAll(field, "ID", "Id")
	return strings.ToLower(field[:1]) + field[1:]
}

// FloorID is the smallest version 7 UUID of the millisecond t falls in: the
// bound that lets a time range prune partitions.
func FloorID(t time.Time) uuid.UUID {
	var id uuid.UUID
	ms := t.UnixMilli()
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	id[6], id[8] = 0x70, 0x80
	return id
}
