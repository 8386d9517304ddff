package repository

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/augmentedos/graph/internal/model"
)

// kind is what an index can do with a predicate.
type kind int

const (
	ofOther   kind = iota
	ofEqual        // one value
	ofChoice       // one of some values
	ofRange        // from a moment to another
	ofNull         // no value
	ofContent      // something inside, which an index of its own finds
)

// add sorts the terms of one predicate by what an index can do with them.
func (c *condition) add(d *Descriptor, field reflect.Value, tag reflect.StructTag, terms []string, known int) {
	column := tag.Get("sql")
	kind, values := kindOf(field, column)
	if known > 0 {
		kind, values = ofChoice, known
	}
	switch {
	case kind == ofChoice:
		c.choices = append(c.choices, newChoice(column, terms[0], values))
		return
	case kind == ofEqual:
		c.equal = append(c.equal, column)
	case kind == ofRange && d.Partitioned && column == "created_at":
		c.ranges = append(c.ranges, "id") // ids are made from this time
	case kind == ofRange:
		c.ranges = append(c.ranges, column)
	case kind == ofNull:
		c.null = append(c.null, column)
	case kind == ofContent:
		c.content = append(c.content, strings.Split(column, ",")...)
		c.sought = append(c.sought, terms...)
		return
	case tag.Get("foreign") != "":
		c.reverse += len(terms)
	default:
		c.others += len(terms)
	}
	c.terms = append(c.terms, terms...)
}

// newChoice takes a term apart that compares with the elements of an array.
func newChoice(column, term string, values int) choice {
	out := choice{column: column, term: term}
	left, array, _ := strings.Cut(strings.TrimSuffix(term, ")"), " = any(")
	for i := range values {
		out.each = append(out.each, fmt.Sprintf("%s = (%s)[%d]", left, array, i+1))
	}
	return out
}

// kindOf tells the kind of a predicate and how many values a choice has. One
// that says several things at once is of no kind an index serves.
func kindOf(field reflect.Value, column string) (kind, int) {
	switch p := field.Interface().(type) {
	case *bool:
		return ofEqual, 1
	case *model.StringFilter:
		return kindOfText(operators(p), p.Eq, p.In, p.IsNull, p.Contains)
	case *model.IDFilter:
		return kindOfText(operators(p), p.Eq, p.In, p.IsNull, nil)
	case *model.EventPatternFilter:
		return kindOfText(operators(p), p.Eq, p.In, nil, p.Matches)
	case *model.DateTimeFilter:
		return kindOfTime(p, strings.HasSuffix(column, "_sort"))
	case *model.JSONFilter:
		return ofContent, 0
	case enumPredicate:
		eq, in, notIn := p.Stored()
		if notIn != nil {
			return ofOther, 0
		}
		return kindOfText(operators(p), eq, in, nil, nil)
	case *string:
		return ofContent, 0
	}
	return ofOther, 0
}

func kindOfText(operators int, eq *string, in []string, null *bool, content *string) (kind, int) {
	switch {
	case operators != 1:
		return ofOther, 0
	case eq != nil:
		return ofEqual, 1
	case len(in) > 0:
		return ofChoice, len(distinct(in))
	case null != nil && *null:
		return ofNull, 0
	case content != nil:
		return ofContent, 0
	}
	return ofOther, 0
}

// kindOfTime knows that a missing time is a far date in a column that sorts.
func kindOfTime(p *model.DateTimeFilter, sorts bool) (kind, int) {
	bounded := p.Gte != nil || p.Lt != nil || p.Ago != nil
	switch {
	case p.IsNull == nil && bounded:
		return ofRange, 0
	case p.IsNull == nil || bounded:
		return ofOther, 0
	case sorts && *p.IsNull:
		return ofChoice, 2
	case sorts:
		return ofRange, 0
	case *p.IsNull:
		return ofNull, 0
	}
	return ofOther, 0
}

// operators counts what a predicate says.
func operators(predicate any) (n int) {
	v := reflect.Indirect(reflect.ValueOf(predicate))
	for i := range v.NumField() {
		if !v.Field(i).IsZero() {
			n++
		}
	}
	return n
}
