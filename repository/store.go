package repository

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// DB is what a read needs of a pool or a transaction.
type DB interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Store reads entities. Now is the clock relative filters are measured from;
// tests fix it.
type Store struct {
	DB  DB
	Now func() time.Time

	indexes *catalogue
	small   int64 // pages of a table that is read whole without asking
}

// NewStore reads through db with the real clock.
func NewStore(db DB) *Store {
	return &Store{DB: db, Now: time.Now, indexes: &catalogue{}, small: smallTable}
}

// On is the same store reading through another connection, such as a
// transaction.
func (s *Store) On(db DB) *Store {
	return &Store{DB: db, Now: s.Now, indexes: s.indexes, small: s.small}
}

// readError says which operation failed and, where PostgreSQL told a cause the
// user can act on, what to do.
func readError(name string, err error) error {
	if err == nil {
		return nil
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) && pg.Code == "57014" { // query_canceled by statement_timeout
		return fault.Wrap(fmt.Errorf("%s: %w", name, err), fault.Timeout, "the database stopped a query that took too long").
			Hint("narrow the filter or ask for fewer rows")
	}
	return fmt.Errorf("%s: %w", name, err)
}
