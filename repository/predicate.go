package repository

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

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
// matches.
func (c compiler) reachedBy(alias, name, path string) ([]string, error) {
	if len(name) > 255 || !wildcards.MatchString(name) || strings.ContainsAny(name, "*#") {
		return nil, fault.Errorf(fault.BadUserInput, "%q is not the name of an event", name).At(path).
			Hint("give the dotted name of one event, without wildcards, such as lead.created")
	}
	return meets(alias, c.args.add(name, "text")), nil
}

// meets is true of a row with a pattern that an event of this name matches. The
// candidates find it by index, the query decides.
func meets(alias, name string) []string {
	return []string{
		"(" + alias + ".pattern_kind, " + alias + ".pattern_key) in (select c.kind, c.key from aos_trigger_candidates(" + name + ") c)",
		"(select aos_pattern_path(" + name + ")) ~ " + alias + ".pattern_query",
	}
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
	if d.Partitioned && name == "created_at" {
		terms = c.sinceCreated(column, strings.TrimSuffix(column, name)+"id", from, to)
	} else {
		if from != nil {
			terms = append(terms, column+" >= "+c.args.add(*from, "timestamptz"))
		}
		if to != nil {
			terms = append(terms, column+" < "+c.args.add(*to, "timestamptz"))
		}
	}
	if p.IsNull != nil {
		terms = append(terms, isNull(column, *p.IsNull))
	}
	return terms, nil
}

// sinceCreated selects by the time from which ids are made, to the millisecond:
// ids lead to partitions and are in order. Only a moment within a millisecond is
// compared with the time as well; with both the planner would take a month for a
// day, since it multiplies what each of them leaves.
func (c compiler) sinceCreated(column, id string, from, to *time.Time) (terms []string) {
	if from != nil {
		terms = append(terms, id+" >= "+c.args.add(FloorID(*from), "uuid"))
		if !wholeMillisecond(*from) {
			terms = append(terms, column+" >= "+c.args.add(*from, "timestamptz"))
		}
	}
	if to != nil {
		if wholeMillisecond(*to) {
			return append(terms, id+" < "+c.args.add(FloorID(*to), "uuid"))
		}
		terms = append(terms, id+" < "+c.args.add(FloorID(to.Add(time.Millisecond)), "uuid"), column+" < "+c.args.add(*to, "timestamptz"))
	}
	return terms
}

func wholeMillisecond(t time.Time) bool { return t.Equal(t.Truncate(time.Millisecond)) }

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
