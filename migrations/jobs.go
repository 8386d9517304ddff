package migrations

import (
	"context"
	"fmt"
	"log/slog"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"

	"github.com/augmentedos/graph/internal/fault"
)

// JobSchema is where the job queue keeps its tables, apart from ours.
const JobSchema = "river"

// jobsLock keeps two migrators of the job queue apart.
const jobsLock = 7_265_118_001

// jobs brings the tables of the job queue to the version of its library. They
// come last, since only background work needs them, and in a transaction per
// version: a later one uses enum values that an earlier one adds.
func jobs(ctx context.Context, url string) error {
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return fmt.Errorf("connecting for the job queue: %w", err)
	}
	defer pool.Close()
	lock, err := pool.Acquire(ctx)
	if err != nil {
		return fmt.Errorf("connecting for the job queue: %w", err)
	}
	defer lock.Release()
	if _, err := lock.Exec(ctx, "select pg_advisory_lock($1)", jobsLock); err != nil { // ends with the session
		return fmt.Errorf("waiting for another migrator: %w", err)
	}
	if err := jobSchema(ctx, lock); err != nil {
		return err
	}
	migrator, err := rivermigrate.New(riverpgxv5.New(pool), &rivermigrate.Config{Schema: JobSchema, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return fmt.Errorf("preparing the job queue: %w", err)
	}
	if _, err := migrator.Migrate(ctx, rivermigrate.DirectionUp, nil); err != nil {
		return fmt.Errorf("migrating the job queue: %w", err)
	}
	return nil
}

func jobSchema(ctx context.Context, db *pgxpool.Conn) error {
	var exists, may bool
	err := db.QueryRow(ctx, `select exists (select from pg_namespace where nspname = $1), has_database_privilege(current_database(), 'create')`, JobSchema).Scan(&exists, &may)
	switch {
	case err != nil:
		return fmt.Errorf("looking for the job queue: %w", err)
	case exists:
		return nil
	case !may:
		return fault.Errorf(fault.Forbidden, "This role may not create the schema %q, where background jobs are queued.", JobSchema).
			Hint("As the database's owner: create schema %s authorization the role that migrates.", JobSchema)
	}
	if _, err := db.Exec(ctx, "create schema "+JobSchema); err != nil {
		return fmt.Errorf("creating the schema of the job queue: %w", err)
	}
	return nil
}
