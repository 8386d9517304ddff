package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"runtime"
	"slices"
	"syscall"
	"text/tabwriter"
	"time"
)

// group are ways to the same answer; the first is what the others are measured
// against.
type group struct {
	name    string
	ways    []way
	differs bool // the ways answer different pages
}

type way struct {
	name string
	run  func(context.Context) ([]byte, error)
}

// sample is one way in one round, per request.
type sample struct {
	took, cpu     time.Duration
	allocs, bytes float64
}

func measure(out io.Writer, groups []group) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "request\tway\tms\ttime to first\tCPU of this process to first\tallocations\tKB allocated")
	for _, g := range groups {
		size, err := g.same()
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		samples, err := g.sample()
		if err != nil {
			return fmt.Errorf("%s: %w", g.name, err)
		}
		for i, w := range g.ways {
			label := ""
			if i == 0 {
				label = fmt.Sprintf("%s (%.1f KB)", g.name, float64(size)/1024)
			}
			last := samples[i][len(samples[i])-1]
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%.0f\t%.0f\n", label, w.name,
				spread(samples[i], func(s sample) float64 { return float64(s.took) / 1e6 }),
				ratio(samples[i], samples[0], func(s sample) float64 { return float64(s.took) }),
				ratio(samples[i], samples[0], func(s sample) float64 { return float64(s.cpu) }),
				last.allocs, last.bytes/1024)
		}
	}
	fmt.Fprintf(table, "\nmedian (least to most) of %d rounds; %d cores, %s\n", *rounds, runtime.NumCPU(), runtime.Version())
	return table.Flush()
}

// same makes sure that all ways answer the same before anything is measured.
func (g group) same() (size int, err error) {
	var first any
	var firstText []byte
	for i, w := range g.ways {
		text, err := w.run(context.Background())
		if err != nil {
			return 0, fmt.Errorf("%s: %w", w.name, err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			return 0, fmt.Errorf("%s: %w", w.name, err)
		}
		if i == 0 {
			first, firstText, size = value, text, len(text)
		}
		if !g.differs && !reflect.DeepEqual(first, value) {
			return 0, fmt.Errorf("%s and %s answer different things:\n%.2000s\n%.2000s", w.name, g.ways[0].name, text, firstText)
		}
	}
	return size, nil
}

// sample measures the ways by turns.
func (g group) sample() ([][]sample, error) {
	samples := make([][]sample, len(g.ways))
	for range *rounds {
		for i, w := range g.ways {
			s, err := w.sample()
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], s)
		}
	}
	return samples, nil
}

func (w way) sample() (sample, error) {
	var before, after runtime.MemStats
	if _, err := w.run(context.Background()); err != nil { // warm
		return sample{}, err
	}
	runtime.ReadMemStats(&before)
	cpu, begin, n := processTime(), time.Now(), 0
	for ; time.Since(begin) < *duration; n++ {
		if _, err := w.run(context.Background()); err != nil {
			return sample{}, err
		}
	}
	took, used := time.Since(begin), processTime()-cpu
	runtime.ReadMemStats(&after)
	return sample{
		took: took / time.Duration(n), cpu: used / time.Duration(n),
		allocs: float64(after.Mallocs-before.Mallocs) / float64(n), bytes: float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, nil
}

// processTime is the CPU time of this process.
func processTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		return 0
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

func spread(samples []sample, of func(sample) float64) string {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	return median(values)
}

// ratio compares within each round.
func ratio(samples, first []sample, of func(sample) float64) string {
	values := make([]float64, len(samples))
	for i := range samples {
		values[i] = of(samples[i]) / max(of(first[i]), 1)
	}
	return median(values)
}

func median(values []float64) string {
	slices.Sort(values)
	return fmt.Sprintf("%.2f (%.2f to %.2f)", values[len(values)/2], values[0], values[len(values)-1])
}
