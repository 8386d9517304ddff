// Package migrations is the schema's history: forward only, embedded in the
// binary, applied by goose under a lock. README.md beside the SQL says what each
// function and index is for.
package migrations

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"github.com/augmentedos/graph/internal/fault"
)

// FS holds the migrations. Tests name their template database by its hash.
//
//go:embed *.sql
var FS embed.FS

// versionTable is not goose's default name, so that we neither read nor write
// the history of another program that uses goose in the same database.
const versionTable = "aos_schema_version"

const (
	lockTimeout      = 5 * time.Second  // a migration gives up rather than let writers queue behind it
	statementTimeout = 10 * time.Minute // large changes of data come in batches, each well below this
	lockAttempts     = 5
	lockPause        = 2 * time.Second
)

// lockNotAvailable is the SQLSTATE of a lock that was not granted in time.
const lockNotAvailable = "55P03"

// Up brings the database at url to the newest schema. It needs a direct
// connection: the lock that keeps two migrators apart belongs to a session.
// A database whose schema is newer than this binary is left as it is, so that
// the previous release goes on running beside the next.
func Up(ctx context.Context, url string, log *slog.Logger) error {
	db, err := open(url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close() }()
	if err := admit(ctx, db); err != nil {
		return err
	}
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return fmt.Errorf("preparing the migration lock: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, FS,
		goose.WithSessionLocker(locker), goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	for attempt := 1; ; {
		result, err := provider.UpByOne(ctx)
		switch {
		case errors.Is(err, goose.ErrNoNextVersion):
			return errors.Join(trustIndexes(ctx, db), jobs(ctx, url))
		case err == nil:
			log.DebugContext(ctx, "migrated", "migration", result.Source.Path, "took", result.Duration)
			attempt = 1
		case isLockTimeout(err) && attempt < lockAttempts:
			log.WarnContext(ctx, "a table is busy, migration tries again", "attempt", attempt, "error", err)
			attempt++
			if err := pause(ctx, lockPause); err != nil {
				return err
			}
		case isLockTimeout(err):
			return fault.Wrap(err, fault.Unavailable, "The schema could not be migrated, because another session holds a lock on a table.").
				Hint("Find it in pg_stat_activity (a transaction that stays open), end it and migrate again. What was migrated so far is kept.")
		default:
			return fmt.Errorf("migrating: %w", err)
		}
	}
}

func isLockTimeout(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == lockNotAvailable
}

func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// State says where a database stands against this binary.
type State struct {
	Version int64    // the newest migration that was applied; 0 is a database without our schema
	Newest  int64    // the newest migration this binary knows
	Pending []string // files that Up would apply, oldest first
}

// Current is true when there is nothing to apply. A database that is ahead of
// the binary is current, too.
func (s State) Current() bool { return len(s.Pending) == 0 }

// Ahead is true when a newer release migrated the database.
func (s State) Ahead() bool { return s.Version > s.Newest }

// Status reads where the database at url stands. It changes nothing and works
// on a standby.
func Status(ctx context.Context, url string) (State, error) {
	db, err := open(url)
	if err != nil {
		return State{}, err
	}
	defer func() { _ = db.Close() }()
	applied := map[int64]bool{}
	var known bool
	if err := db.QueryRowContext(ctx, `select to_regclass($1) is not null`, versionTable).Scan(&known); err != nil {
		return State{}, fmt.Errorf("looking for the schema's version: %w", err)
	}
	if known {
		rows, err := db.QueryContext(ctx, `select version_id from `+versionTable+` where is_applied`)
		if err != nil {
			return State{}, fmt.Errorf("reading the schema's version: %w", err)
		}
		defer func() { _ = rows.Close() }()
		for rows.Next() {
			var version int64
			if err := rows.Scan(&version); err != nil {
				return State{}, fmt.Errorf("reading the schema's version: %w", err)
			}
			applied[version] = true
		}
		if err := rows.Err(); err != nil {
			return State{}, fmt.Errorf("reading the schema's version: %w", err)
		}
	}
	return state(applied)
}

func state(applied map[int64]bool) (State, error) {
	var s State
	for version := range applied {
		s.Version = max(s.Version, version)
	}
	files, err := FS.ReadDir(".") // sorted by name, so by version
	if err != nil {
		return State{}, err
	}
	for _, file := range files {
		number, _, _ := strings.Cut(file.Name(), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil {
			return State{}, fmt.Errorf("migration %s has no number: %w", file.Name(), err)
		}
		s.Newest = max(s.Newest, version)
		if !applied[version] {
			s.Pending = append(s.Pending, file.Name())
		}
	}
	return s, nil
}
