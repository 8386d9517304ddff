// Command live measures what subscribers cost: memory of an idle socket and of
// one more subscription, and processor time of a delivered change, with our
// transport and with gqlgen's own. It needs a PostgreSQL of its own, in
// AOS_TEST_DATABASE_URL: make bench-live.
package main

import (
	"context"
	"flag"
	"fmt"
	"math"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/testdb"
)

// plan is how much is measured.
type plan struct {
	sockets       int // idle ones
	subscriptions int // more of the same, 50 on a socket
	watchers      int // sockets that receive every change
	changes       int // that they receive
	instances     int // clients that watch one instance each
	firehoses     int // clients beside them that watch everything
	rate, seconds int // changes a second meanwhile, and how long
	rounds        int
	transports    string
}

func main() {
	var p plan
	serving := flag.String("serve", "", "serve with this transport: ours or gqlgen")
	url := flag.String("url", "", "database to serve")
	flag.IntVar(&p.sockets, "sockets", 1000, "idle sockets")
	flag.IntVar(&p.subscriptions, "subscriptions", 2000, "more subscriptions on sockets that have one")
	flag.IntVar(&p.watchers, "watchers", 500, "sockets that receive every change")
	flag.IntVar(&p.changes, "changes", 100, "changes that each receives")
	flag.IntVar(&p.instances, "instances", 1000, "clients that watch one instance each")
	flag.IntVar(&p.firehoses, "firehoses", 100, "clients beside them that watch everything")
	flag.IntVar(&p.rate, "rate", 1000, "changes a second while they watch")
	flag.IntVar(&p.seconds, "seconds", 5, "how long")
	flag.IntVar(&p.rounds, "rounds", 3, "rounds, in turn with both transports")
	flag.StringVar(&p.transports, "transports", "ours,gqlgen", "what to measure")
	flag.Parse()
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	var err error
	if *serving != "" {
		err = serve(ctx, *serving, *url)
	} else {
		err = compare(ctx, p)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// compare measures both transports in turn, so that what else the machine does
// falls on both.
func compare(ctx context.Context, p plan) error {
	server := os.Getenv(testdb.EnvURL)
	if server == "" {
		return fmt.Errorf("set %s, or run make bench-live", testdb.EnvURL)
	}
	url, drop, err := database(ctx, server)
	if err != nil {
		return err
	}
	defer drop()
	found := map[string]map[string][]float64{}
	for round := range p.rounds {
		for _, transport := range strings.Split(p.transports, ",") {
			figures, err := measure(ctx, transport, url, p)
			if err != nil {
				return fmt.Errorf("round %d with %s: %w", round+1, transport, err)
			}
			for name, value := range figures {
				if found[name] == nil {
					found[name] = map[string][]float64{}
				}
				found[name][transport] = append(found[name][transport], value)
			}
		}
	}
	report(found)
	return nil
}

// report prints medians with their range.
func report(found map[string]map[string][]float64) {
	fmt.Printf("%-44s %26s %26s %7s\n", "", "ours", "gqlgen", "ratio")
	for _, name := range figureNames {
		ours, theirs := found[name]["ours"], found[name]["gqlgen"]
		if len(ours) == 0 && len(theirs) == 0 {
			continue
		}
		fmt.Printf("%-44s %26s %26s %7.1f\n", name, spread(ours), spread(theirs), median(theirs)/median(ours))
	}
}

func spread(values []float64) string {
	if len(values) == 0 {
		return "-"
	}
	return fmt.Sprintf("%.2f (%.2f to %.2f)", median(values), slices.Min(values), slices.Max(values))
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[len(sorted)/2]
}
