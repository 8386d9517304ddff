package bulk

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
)

// RunOptions say how to work on operations.
type RunOptions struct {
	Log       *slog.Logger
	ImportDir string                                                   // as in Service
	Seal      func(plaintext []byte) (message, meta []byte, err error) // encrypts credentials in imported folders; nil leaves them out
}

// Run works on the operations in the queue until ctx ends, and then until the
// items in hand are put back. Any number of processes may run side by side. It
// polls and never listens, so pool may lead through PgBouncer.
func Run(ctx context.Context, writer *repository.Writer, pool *pgxpool.Pool, o RunOptions) error {
	schema, err := writer.Store.CurrentSchema(ctx)
	if err != nil {
		return err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &worker{writer: writer, log: o.Log, bundles: bundles{pool, o}})
	client, err := river.NewClient(riverpgxv5.New(pool), &river.Config{
		Schema:                      migrations.JobSchema,
		Queues:                      map[string]river.QueueConfig{queueOf(schema): {MaxWorkers: 2}},
		Workers:                     workers,
		PollOnly:                    true,
		FetchPollInterval:           500 * time.Millisecond,
		JobTimeout:                  timeout,
		RescueStuckJobsAfter:        stuckAfter,
		CompletedJobRetentionPeriod: time.Hour,
		Logger:                      slog.New(warnings{o.Log.Handler()}),
	})
	if err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	if err := client.Start(ctx); err != nil {
		return fmt.Errorf("job queue: %w", err)
	}
	<-client.Stopped()
	return nil
}

// warnings leaves out what a job queue says of its daily work.
type warnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.Handler.Enabled(ctx, level)
}
