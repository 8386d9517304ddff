package repository

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// broad refuses a list and says what would be answered: the orders that go with
// its filter, and the filters that go with its order.
func (s *Store) broad(sel selection) error {
	hint := "filter by the business key, or by less"
	if with := s.filtersFor(sel); len(with) > 0 {
		hint = "in this order, filter by eq or in of " + strings.Join(with, ", or of ")
	}
	if orders := s.ordersFor(sel); len(orders) > 0 {
		hint = "use orderBy " + strings.Join(orders, " or ") + " with this filter; " + hint
	}
	return fault.Errorf(fault.QueryTooBroad, "no index has these rows in this order, and they are more than %d", fewRows).At("/where").
		Hint("%s", hint).With("limit", fewRows)
}

// ordersFor are the values of orderBy that an index serves together with the
// filter of sel.
func (s *Store) ordersFor(sel selection) (orders []string) {
	for _, name := range slices.Sorted(maps.Keys(sel.from.Orders)) {
		other := sel
		other.order = sel.from.Orders[name]
		if s.serves(&other) {
			orders = append(orders, name)
		}
	}
	return orders
}

// filtersFor are the filters that an index serves together with the order of
// sel, each as the fields that must be given.
func (s *Store) filtersFor(sel selection) (filters []string) {
	for _, i := range s.indexes.tables[sel.from.Table].indexes {
		n := len(i.columns) - len(sel.order.Columns)
		if n < 1 || !slices.Equal(i.columns[n:], sel.order.Columns) || i.null != "" {
			continue
		}
		fields := make([]string, n)
		for at, column := range i.columns[:n] {
			fields[at] = sel.from.filterOf(column)
		}
		if !slices.Contains(fields, "") {
			filters = append(filters, strings.Join(fields, " and "))
		}
	}
	slices.Sort(filters)
	return slices.Compact(filters)
}

// filterOf is the field of the filter input that compares a column.
func (d *Descriptor) filterOf(column string) string {
	if d.Where == nil {
		return ""
	}
	t := reflect.TypeOf(d.Where)
	for i := range t.NumField() {
		if f := t.Field(i); f.Tag.Get("sql") == column && f.Tag.Get("via") == "" {
			return graphName(f.Name)
		}
	}
	return ""
}
