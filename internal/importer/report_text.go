package importer

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"
)

// WriteText tells a person what happened: a line per table, then the entries,
// those of refused rows first. limit bounds the entries; 0 writes all.
func (r *Report) WriteText(w io.Writer, limit int) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "table\tread\tinserted\tupdated\tunchanged\trefused\tchanged\tkept\tleft out")
	for _, t := range r.Tables {
		fmt.Fprintf(table, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t%d\t%d\n", t.Table, t.Read, t.Inserted, t.Updated, t.Unchanged, t.Refused, t.Changed, t.Kept, t.LeftOut)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	written := 0
	for _, refused := range []bool{true, false} {
		for _, e := range r.Entries {
			if (e.Kind == Refused) != refused || (limit > 0 && written >= limit) {
				continue
			}
			written++
			if _, err := fmt.Fprintln(w, e.String()); err != nil {
				return err
			}
		}
	}
	if more := len(r.Entries) + r.Omitted - written; more > 0 {
		fmt.Fprintf(w, "and %d more entries\n", more)
	}
	verdict := "Stored."
	if !r.Applied {
		verdict = "Nothing was stored."
	}
	_, err := fmt.Fprintf(w, "%s Took %s.\n", verdict, r.Took.Round(time.Millisecond))
	return err
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
