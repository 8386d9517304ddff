package repository

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/augmentedos/graph/graph/scalar"
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
		return fault.Wrap(cause, fault.Conflict, meaning(pg, "another row already has this key")).At(keyOf(pg)).
			Hint("read the existing row, or choose another key")
	case "23503":
		return fault.Wrap(cause, fault.Conflict, meaning(pg, "a row this one refers to, or that refers to it, stands in the way"))
	case "22001":
		return fault.Wrap(cause, fault.BadUserInput, "a text is longer than "+length.FindString(pg.Message)+" characters").Hint("shorten it")
	case "23514", "22P02", "22P05", "22003":
		return fault.Wrap(cause, fault.BadUserInput, meaning(pg, "a value is outside of what the column takes"))
	case "55P03":
		return fault.Wrap(cause, fault.Conflict, "another writer holds this row").Hint("try again in a moment")
	}
	return readError(name, err)
}

// length finds the limit in what PostgreSQL says of a text that is too long,
// keyColumns the columns in what it says of a key that is taken.
var (
	length     = regexp.MustCompile(`[0-9]+`)
	keyColumns = regexp.MustCompile(`^Key \(([a-z_]+, )*([a-z_]+)\)=`)
)

// keyOf points at the input field of a key that is taken: of several columns it
// is the last one that tells the row from its neighbours.
func keyOf(pg *pgconn.PgError) string {
	found := keyColumns.FindStringSubmatch(pg.Detail)
	if found == nil {
		return ""
	}
	return "/" + inputField(found[2])
}

// inputField spells a column as inputs do: instance_id is instanceId.
func inputField(column string) string {
	words := strings.Split(column, "_")
	for i, word := range words[1:] {
		words[i+1] = strings.ToUpper(word[:1]) + word[1:]
	}
	return strings.Join(words, "")
}

// tooLong points the error of a write at the value that is longer than its
// column takes; PostgreSQL does not say which.
func tooLong(err error, row Values) error {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) || pg.Code != "22001" {
		return err
	}
	most, _ := strconv.Atoi(length.FindString(pg.Message))
	for _, column := range slices.Sorted(maps.Keys(row)) {
		if n := utf8.RuneCountInString(fmt.Sprint(row[column])); most > 0 && n > most && row[column] != nil {
			if _, isDocument := row[column].(scalar.JSON); !isDocument {
				return fault.Move(err, "/"+inputField(column))
			}
		}
	}
	return err
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
