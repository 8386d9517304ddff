// Command bench compares, in one run on one database, how the screens are
// answered: by a statement written by hand whose result is the JSON, by the
// compiled path and by the generated executor; and a list's first page with its
// ten-thousandth. Times of shared machines mean little, so it prints ratios
// within a round, with their spread over the rounds.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/augmentedos/graph/internal/server"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	scale    = flag.Int("scale", 8, "thousands of runs in the database")
	rounds   = flag.Int("rounds", 7, "how often everything is measured")
	duration = flag.Duration("for", 300*time.Millisecond, "how long each way is measured in a round")
)

func main() {
	flag.Parse()
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	pool, stop, err := world(ctx, out)
	if err != nil {
		return err
	}
	defer stop()
	compiled, err := handler(pool, false)
	if err != nil {
		return err
	}
	general, err := handler(pool, true)
	if err != nil {
		return err
	}
	var groups []group
	for _, s := range screens {
		groups = append(groups, group{name: s.name, ways: []way{
			{"SQL by hand", s.byHand(pool)}, {"compiled", s.asked(compiled)}, {"executor", s.asked(general)},
		}})
	}
	pages, err := pages(ctx, pool, compiled)
	if err != nil {
		return err
	}
	return measure(out, append(groups, pages...))
}

func handler(pool *pgxpool.Pool, general bool) (http.Handler, error) {
	operations, err := filepath.Abs("testdata/operations")
	if err != nil {
		return nil, err
	}
	return server.Handler(server.Parts{
		Primary: pool, Operations: os.DirFS(operations), Log: slog.New(slog.DiscardHandler), General: general, Timeout: time.Minute,
	})
}
