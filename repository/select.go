package repository

import (
	"fmt"
	"slices"
	"strings"
)

// selection is one SELECT of the read side, written down. Both ways of reading
// use it: dataloaders with an array of parent keys, the compiled path with the
// parent's own statement as the source of keys.
type selection struct {
	name     string // operation name for the leading comment
	from     *Descriptor
	columns  []string
	keys     keys
	on       string    // how t relates to k.key; empty without keys
	equal    string    // the column that has one value for each key, where on says it in other words
	where    condition // compiled filter, may be empty
	order    Order
	seek     []string // placeholders of the cursor's values, empty on a first page
	backward bool
	limit    int    // 0: as many as there are keys (to-one)
	lead     string // the first column of the index to read, which is equal to something; empty: the planner chooses
	merged   bool   // the choices of where are read one by one and merged in order
	fenced   bool   // the filter is evaluated first, whatever the planner thinks of the order
}

// keys is where the keys of parents come from: a placeholder for an array with
// its SQL type, or a statement with one column named key.
type keys struct {
	array      string // such as $1::uuid[]
	statement  string
	parameters int // how many of the statement's parameters are theirs
}

func (k keys) empty() bool { return k.array == "" && k.statement == "" }

func (k keys) source() string {
	if k.statement != "" {
		return "(" + k.statement + ") as k(key)"
	}
	return "unnest(" + k.array + ") as k(key)"
}

// sql writes the statement. Rows of a keyed statement begin with parent_key.
func (s selection) sql() string {
	head := "/* " + s.name + " */ "
	if s.keys.empty() {
		return head + s.rows()
	}
	if s.limit == 0 && s.on == "" {
		// A join and not "= any(...)": only the join prunes partitions per row
		// under a generic plan.
		return head + "select k.key as parent_key, " + s.nested() + " from " + s.keys.source() +
			" join " + s.from.Table + " t on t.id = k.key"
	}
	inner := s
	inner.keys = keys{}
	return head + "select k.key as parent_key, " + s.nested() + " from " + s.keys.source() +
		" cross join lateral (" + inner.rows() + ") t"
}

func (s selection) rows() string {
	var b strings.Builder
	b.WriteString("select " + s.list() + " from " + s.source())
	if len(s.order.Columns) > 0 {
		b.WriteString(" order by " + s.orderBy(!s.merged))
	}
	if s.limit > 0 {
		fmt.Fprintf(&b, " limit %d", s.limit)
	} else if s.on != "" {
		b.WriteString(" limit 1")
	}
	return b.String()
}

// source is what rows are taken from. Merged, it has a branch for each
// combination of choices, and each of them is a page out of an index.
func (s selection) source() string {
	inner := s
	inner.columns = withColumn(s.columns, s.order.Columns...)
	from := "select " + inner.list() + " from " + s.from.Table + " t"
	switch {
	case s.merged:
		var branches []string
		for _, chosen := range combinations(s.where.choices) {
			where := whereClause(s.conditions(append(chosen, s.where.terms...)))
			branches = append(branches, fmt.Sprintf("(%s%s order by %s limit %d)", from, where, s.orderBy(true), s.limit))
		}
		return "(" + strings.Join(branches, " union all ") + ") t"
	case s.fenced:
		return "(" + from + whereClause(s.conditions(s.where.parts())) + " offset 0) t"
	}
	return s.from.Table + " t" + whereClause(s.conditions(s.where.parts()))
}

// conditions are the terms together with the parent's key and the cursor.
func (s selection) conditions(terms []string) []string {
	all := slices.Clone(terms)
	if s.on != "" {
		all = append([]string{s.on}, all...)
	}
	for i, term := range all {
		if value, ok := strings.CutPrefix(term, "t."+s.lead+" = "); ok && s.lead != s.equal {
			all[i] = "t." + s.lead + " = any(array[" + value + "])"
		}
	}
	if len(s.seek) > 0 {
		all = append(all, s.seekCondition())
	}
	return all
}

// combinations are all ways to choose one value of each.
func combinations(choices []choice) [][]string {
	out := [][]string{nil}
	for _, choice := range choices {
		var longer [][]string
		for _, begun := range out {
			for _, term := range choice.each {
				longer = append(longer, append(slices.Clone(begun), term))
			}
		}
		out = longer
	}
	return out
}

func (s selection) list() string {
	return "t." + strings.Join(s.columns, ", t.")
}

// nested names each column row.<column>, so that a row and its parent's key
// scan into one struct.
func (s selection) nested() string {
	named := make([]string, len(s.columns))
	for i, c := range s.columns {
		named[i] = "t." + c + ` as "row.` + c + `"`
	}
	return strings.Join(named, ", ")
}

func (s selection) descending() bool { return s.order.Descending != s.backward }

// orderBy lists the columns of the order, behind the leading one of the index
// when the rows are to come out of it. They all have the same value there; but as
// an element of an array the planner does not know that, so no other index has
// this order for it. Else it may take one that has the order alone, and walk past
// all rows of other values, hoping that they are mixed.
func (s selection) orderBy(led bool) string {
	direction := ""
	if s.descending() {
		direction = " desc"
	}
	columns := s.order.Columns
	if led && s.lead != "" {
		columns = append([]string{s.lead}, columns...)
	}
	return "t." + strings.Join(columns, direction+", t.") + direction
}

// seekCondition is a row comparison: 40 times cheaper on a deep page than the
// OR chain, and possible because every order has one direction. The planner
// judges it by its first value alone. Among rows that share the last value, such
// as all those without a due date, it would expect none to follow, and would
// read and sort them all; so that value is hidden from it.
func (s selection) seekCondition() string {
	operator := ">"
	if s.descending() {
		operator = "<"
	}
	values := slices.Clone(s.seek)
	if len(values) > 1 {
		values[0] = "(select " + values[0] + ")"
	}
	return "(t." + strings.Join(s.order.Columns, ", t.") + ") " + operator + " (" + strings.Join(values, ", ") + ")"
}

// args collects the parameters of a statement.
type args []any

// add appends a parameter and returns its placeholder with its SQL type.
func (a *args) add(v any, sqlType string) string {
	*a = append(*a, v)
	return fmt.Sprintf("$%d::%s", len(*a), sqlType)
}

// addPlain appends a parameter whose type PostgreSQL takes from the column it
// is written to.
func (a *args) addPlain(v any) string {
	*a = append(*a, v)
	return fmt.Sprintf("$%d", len(*a))
}
