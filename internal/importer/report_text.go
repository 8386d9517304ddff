package importer

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText tells a person what happened: a line per table, then each refusal,
// then what was left out, kept and changed, alike things in one line. limit
// bounds the lines after the tables; 0 writes all.
func (r *Report) WriteText(w io.Writer, limit int) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "table\tread\tinserted\tupdated\tunchanged\trefused\tchanged\tkept\tleft out")
	for _, t := range r.Tables {
		if *t != (TableReport{Table: t.Table}) {
			fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", t.Table, t.Read, t.Inserted, t.Updated, t.Unchanged, t.Refused, t.Changed, t.Kept, t.LeftOut)
		}
	}
	if err := table.Flush(); err != nil {
		return err
	}
	lines := r.lines()
	more := len(lines)
	if limit > 0 {
		lines = lines[:min(limit, len(lines))]
	}
	for _, line := range lines {
		if _, err := fmt.Fprintln(w, line); err != nil {
			return err
		}
	}
	if more -= len(lines); more > 0 {
		fmt.Fprintf(w, "and %d more lines; --report writes them all to a file\n", more)
	}
	if r.Omitted > 0 {
		fmt.Fprintf(w, "and %d entries that were only counted\n", r.Omitted)
	}
	verdict := "Stored."
	if !r.Applied {
		verdict = "Nothing was stored."
	}
	_, err := fmt.Fprintf(w, "%s Took %s.\n", verdict, r.Took.Round(time.Millisecond))
	return err
}

// group is entries that differ in their row only.
type group struct {
	kind                   Kind
	code                   Code
	table, column, message string
}

// kinds is the order in which a person wants to hear of them.
var kinds = []Kind{Refused, LeftOut, Kept, Changed}

func (r *Report) lines() []string {
	var order []group
	count := map[group]int{}
	first := map[group]Entry{}
	for _, e := range r.Entries {
		g := group{e.Kind, e.Code, e.Table, topColumn(e.Path), e.Message}
		if e.Kind == Refused {
			g.message = e.String() // each is told on its own
		}
		if count[g]++; count[g] == 1 {
			order, first[g] = append(order, g), e
		}
	}
	slices.SortStableFunc(order, func(a, b group) int {
		return cmp.Compare(slices.Index(kinds, a.kind), slices.Index(kinds, b.kind))
	})
	lines := make([]string, len(order))
	for i, g := range order {
		e := first[g]
		if n := count[g]; n > 1 {
			e.Path, e.Row, e.Key = g.column, -1, ""
			lines[i] = fmt.Sprintf("%s, %d times", e, n)
			continue
		}
		lines[i] = e.String()
	}
	return lines
}

// topColumn is the first step of a JSON Pointer: the column.
func topColumn(pointer string) string {
	if end := strings.IndexByte(strings.TrimPrefix(pointer, "/"), '/'); end >= 0 {
		return pointer[:end+1]
	}
	return pointer
}

// String is the entry in one line: kind, code, where, what, and what to do.
func (e Entry) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s %s", e.Kind, e.Code, e.Table)
	if e.Row >= 0 {
		fmt.Fprintf(&b, "[%d]", e.Row)
	}
	if e.Key != "" {
		fmt.Fprintf(&b, " (%s)", e.Key)
	}
	fmt.Fprintf(&b, "%s: %s", e.Path, e.Message)
	if e.Remedy != "" {
		b.WriteString(". " + e.Remedy)
	}
	return b.String()
}
