package repository

import (
	"context"
	"errors"
	"fmt"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/jackc/pgx/v5"
)

// Beginner starts transactions: the pool of the primary.
type Beginner interface {
	DB
	BeginTx(ctx context.Context, o pgx.TxOptions) (pgx.Tx, error)
}

// Change says who changes something and why. The capture triggers write it into
// the change log beside every row the transaction touches.
type Change struct {
	Actor  string
	Reason string
}

// Tx is a transaction. It reads like a Store and is the only thing that writes.
// It never travels in a context.
type Tx struct {
	*Store
	tx pgx.Tx
}

// attempts bounds how often a transaction that PostgreSQL gave up on for the
// sake of another one (serialization, deadlock) is run again.
const attempts = 3

// InTx runs work in one transaction and commits it when work returns nil. work
// may run again after a deadlock, so it must not keep what it did elsewhere.
func InTx(ctx context.Context, db Beginner, s *Store, change Change, work func(context.Context, *Tx) error) (err error) {
	for range attempts {
		if err = inTx(ctx, db, s, change, work); !mayRetry(err) {
			return err
		}
	}
	return fault.Wrap(err, fault.Conflict, "another writer was always in the way").Hint("try again")
}

func inTx(ctx context.Context, db Beginner, s *Store, change Change, work func(context.Context, *Tx) error) error {
	tx, err := db.BeginTx(ctx, pgx.TxOptions{})
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	// After a commit this does nothing; it must run even when ctx is over.
	defer func() { _ = tx.Rollback(context.WithoutCancel(ctx)) }()
	if _, err := tx.Exec(ctx, "/* change.who */ select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)", change.Actor, change.Reason); err != nil {
		return fmt.Errorf("naming the actor: %w", err)
	}
	if err := work(ctx, &Tx{Store: s.On(tx), tx: tx}); err != nil {
		return err
	}
	if err := tx.Commit(ctx); err != nil {
		return writeError("commit", err)
	}
	return nil
}

// Exec runs a statement that answers no rows and says how many it changed. Its
// text begins with a comment that names it.
func (tx *Tx) Exec(ctx context.Context, name, sql string, args ...any) (int64, error) {
	tag, err := tx.tx.Exec(ctx, "/* "+name+" */ "+sql, args...)
	return tag.RowsAffected(), writeError(name, err)
}

// Savepoint runs work so that its failure undoes only what work did.
func (tx *Tx) Savepoint(ctx context.Context, work func(context.Context, *Tx) error) error {
	inner, err := tx.tx.Begin(ctx)
	if err != nil {
		return fmt.Errorf("savepoint: %w", err)
	}
	defer func() { _ = inner.Rollback(context.WithoutCancel(ctx)) }()
	if err := work(ctx, &Tx{Store: tx.On(inner), tx: inner}); err != nil {
		return err
	}
	return inner.Commit(ctx)
}

// mayRetry is true for the failures PostgreSQL asks to be answered by running
// the transaction again: nothing of it happened.
func mayRetry(err error) bool {
	var again retryable
	return errors.As(err, &again)
}
