package repository

import (
	"errors"
	"fmt"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/jackc/pgx/v5/pgconn"
)

// retryable marks a transaction that PostgreSQL rolled back in favour of
// another one.
type retryable struct{ error }

func (r retryable) Unwrap() error { return r.error }

// constraints says what breaking a constraint means to a user. One that is not
// listed gets the sentence of its kind.
var constraints = map[string]string{
	"workflow_instances_one_start_per_event": "this event has already started an instance through this trigger",
	"test_runs_test_definition_id_fkey":      "test runs belong to this version",
}

// writeError gives a failed write its meaning.
func writeError(name string, err error) error {
	var pg *pgconn.PgError
	if err == nil || !errors.As(err, &pg) {
		return readError(name, err)
	}
	cause := fmt.Errorf("%s: %w", name, err)
	switch pg.Code {
	case "40001", "40P01":
		return retryable{cause}
	case "23505":
		return fault.Wrap(cause, fault.Conflict, meaning(pg, "another row already has this key")).
			Hint("read the existing row, or choose another key")
	case "23503":
		return fault.Wrap(cause, fault.Conflict, meaning(pg, "a row this one refers to, or that refers to it, stands in the way"))
	case "23514", "22001", "22P02", "22P05", "22003":
		return fault.Wrap(cause, fault.BadUserInput, meaning(pg, "a value is outside of what the column takes"))
	case "55P03":
		return fault.Wrap(cause, fault.Conflict, "another writer holds this row").Hint("try again in a moment")
	}
	return readError(name, err)
}

// AlreadyStarted tells that a write failed because the event has started an
// instance through the trigger before.
func AlreadyStarted(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.ConstraintName == "workflow_instances_one_start_per_event"
}

func meaning(pg *pgconn.PgError, otherwise string) string {
	if text, ok := constraints[pg.ConstraintName]; ok {
		return text
	}
	return otherwise
}
