// Package demo holds a small world of our own making: a dozen workflows from
// different trades and what runs in them on the morning of 20 November 2026.
// The binary fills a new database with it, tests read it, and Scale multiplies
// its runs for measurements.
package demo

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/jackc/pgx/v5/pgxpool"
)

//go:embed world/*.json
var world embed.FS

// Now is the instant at which the world stands still. Its rows tell of
// what was before; a due date or a time-out may be later.
var Now = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// Options say when the world is. The zero value leaves it at Now, with
// the ids that the files have.
type Options struct {
	Shift    time.Duration // move every time by this
	Now      time.Time     // or: make this the present of the world
	Progress func(importer.Progress)
}

// World is the bundle of the demo world, one <table>.json per table.
func World() fs.FS {
	files, err := fs.Sub(world, "world")
	if err != nil {
		panic(fmt.Sprintf("demo: %v", err)) // the folder is part of the program
	}
	return files
}

// Load brings the demo world into the database. Running it again with the same
// time changes nothing.
func Load(ctx context.Context, db *pgxpool.Pool, o Options) (*importer.Report, error) {
	shift := o.Shift
	if !o.Now.IsZero() {
		shift = o.Now.Sub(Now)
	}
	report, err := importer.ImportFS(ctx, db, World(), importer.Options{
		Shift: shift.Truncate(time.Millisecond), Actor: "demo", Progress: o.Progress,
	})
	if errors.Is(err, importer.ErrRefused) {
		return report, fmt.Errorf("demo: the world is refused: %w", err)
	}
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	return report, nil
}
