package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
)

// table collects what rounds measured.
type table struct {
	order  []string
	unit   map[string]string
	values map[string][]float64
}

func (t *table) add(measure, unit string, value float64) {
	if t.values == nil {
		t.values, t.unit = map[string][]float64{}, map[string]string{}
	}
	if t.values[measure] == nil {
		t.order = append(t.order, measure)
		t.unit[measure] = unit
	}
	t.values[measure] = append(t.values[measure], value)
}

func (t *table) print(w io.Writer) error {
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "measure\tunit\tmin\tmedian\tmax\t")
	for _, measure := range t.order {
		values := slices.Sorted(slices.Values(t.values[measure]))
		fmt.Fprintf(out, "%s\t%s\t%s\t%s\t%s\t\n", measure, t.unit[measure], round(values[0]), round(values[len(values)/2]), round(values[len(values)-1]))
	}
	return out.Flush()
}

func round(v float64) string {
	switch {
	case v >= 100:
		return fmt.Sprintf("%.0f", v)
	case v >= 10:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.2f", v)
}

func loadAverage() string {
	text, err := os.ReadFile("/proc/loadavg")
	if err != nil {
		return "unknown"
	}
	load, _, _ := strings.Cut(string(text), " ")
	return load
}

// raiseFileLimit asks for as many open files as the system lets us have, for us
// and the servers we start.
func raiseFileLimit() int {
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
		return 1024
	}
	wanted := syscall.Rlimit{Cur: max(limit.Max, 50_000), Max: max(limit.Max, 50_000)}
	if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &wanted) != nil { // only root may go beyond the hard limit
		wanted = syscall.Rlimit{Cur: limit.Max, Max: limit.Max}
		_ = syscall.Setrlimit(syscall.RLIMIT_NOFILE, &wanted)
	}
	return int(wanted.Cur)
}
