package demo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	batchSize    = 500                  // workflow instances in one transaction
	scaleWriters = 2                    // transactions at a time
	scaleSeed    = 20261120             // the same n makes the same rows
	scaleWindow  = 182 * 24 * time.Hour // the runs begin in the half year before the present of the world
)

// ErrNoWorld is the answer in a database without the demo world.
var ErrNoWorld = errors.New("demo: the world is not loaded")

// Scale adds n thousand workflow instances to a loaded demo world, with about
// eight tasks and five events each, spread over the half year before its
// present. Every row passes the triggers a writer's row would pass. It goes in
// batches of their own transactions: broken off, it goes on where it was.
func Scale(ctx context.Context, db *pgxpool.Pool, n int, progress func(importer.Progress)) error {
	if progress == nil {
		progress = func(importer.Progress) {}
	}
	now, err := Present(ctx, db)
	if err != nil {
		return err
	}
	known, err := readCatalogue(ctx, db)
	if err != nil {
		return fmt.Errorf("demo: reading the world: %w", err)
	}
	if err := makePartitions(ctx, db, now); err != nil {
		return fmt.Errorf("demo: making partitions: %w", err)
	}
	s := &scale{db: db, calendar: newCalendar(now, n*1000), simulator: newSimulator(known, now), progress: progress}
	if err := s.write(ctx); err != nil {
		return fmt.Errorf("demo: scaling: %w", err)
	}
	for _, table := range []string{"event_instances", "event_instance_keys", "workflow_instances", "task_instances", "workflow_event_subscriptions", "change_log"} {
		progress(importer.Progress{Phase: "analyzing", Table: table})
		if _, err := db.Exec(ctx, "/* demo.analyze */ analyze "+table); err != nil {
			return fmt.Errorf("demo: analyzing %s: %w", table, err)
		}
	}
	return nil
}

// Present is Now in a world that may have been moved: one of its runs tells
// by how much. ErrNoWorld when it is not loaded.
func Present(ctx context.Context, db *pgxpool.Pool) (time.Time, error) {
	var rows []struct {
		InstanceID string    `json:"instance_id"`
		CreatedAt  time.Time `json:"created_at"`
	}
	if err := readWorld("workflow_instances", &rows); err != nil {
		return time.Time{}, err
	}
	var there time.Time
	err := db.QueryRow(ctx, "/* demo.present */ select created_at from workflow_instances where instance_id = $1", rows[0].InstanceID).Scan(&there)
	if errors.Is(err, pgx.ErrNoRows) {
		return time.Time{}, ErrNoWorld
	}
	return Now.Add(there.Sub(rows[0].CreatedAt)), err
}

// readWorld reads a file of the world.
func readWorld(table string, into any) error {
	file, err := fs.ReadFile(World(), table+".json")
	if err != nil {
		return err
	}
	return json.Unmarshal(file, into)
}

// makePartitions prepares the months of the rows. A task of a run may begin up
// to the present, so the month of the present is the last.
func makePartitions(ctx context.Context, db *pgxpool.Pool, now time.Time) error {
	for _, table := range []string{"event_instances", "task_instances"} {
		for at := now.Add(-scaleWindow); ; at = at.AddDate(0, 1, 0) {
			if at.After(now) {
				at = now
			}
			if _, err := db.Exec(ctx, "/* demo.partition */ select aos_ensure_partition($1, $2)", table, at); err != nil {
				return err
			}
			if at.Equal(now) {
				break
			}
		}
	}
	_, err := db.Exec(ctx, "/* demo.partitions_ahead */ select aos_create_partitions()")
	return err
}

// scale is one Scale at work.
type scale struct {
	db        *pgxpool.Pool
	calendar  *calendar
	simulator *simulator
	progress  func(importer.Progress)
	next      atomic.Int64 // the first run of the next batch
	done      int
	mutex     sync.Mutex
}

// write lets a few writers take batches in the order of time until one fails
// or none is left.
func (s *scale) write(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var writers sync.WaitGroup
	for range scaleWriters {
		writers.Go(func() {
			for ctx.Err() == nil {
				from := int(s.next.Add(batchSize)) - batchSize
				if from >= s.calendar.total {
					return
				}
				if err := s.batch(ctx, from, min(from+batchSize, s.calendar.total)); err != nil {
					cancel(err)
				}
			}
		})
	}
	writers.Wait()
	return context.Cause(ctx)
}

// batch makes the runs of a batch and stores them, unless they are stored.
func (s *scale) batch(ctx context.Context, from, to int) error {
	var rows rows
	failed := map[string]*instanceRow{} // the latest failed run of a workflow: the next one may be its rerun
	for number := from; number < to; number++ {
		s.simulator.simulate(&rows, failed, number, s.calendar.start(number))
	}
	err := pgx.BeginFunc(ctx, s.db, func(tx pgx.Tx) error {
		var there bool
		if err := tx.QueryRow(ctx, sqlScalePrepare, rows.instances[0].key).Scan(&there); err != nil || there {
			return err
		}
		return rows.copyTo(ctx, tx)
	})
	if err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.done += to - from
	s.progress(importer.Progress{Phase: "writing", Table: "workflow_instances", Done: s.done, Total: s.calendar.total})
	return nil
}
