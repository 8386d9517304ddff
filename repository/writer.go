package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/jackc/pgx/v5"
)

// Writer runs changes: the way every service writes.
type Writer struct {
	Store *Store
	DB    Beginner
}

// Do runs work in one transaction in the name of the caller in ctx. reason is
// what the change log says about why.
func (w *Writer) Do(ctx context.Context, reason string, work func(context.Context, *Tx) error) error {
	return InTx(ctx, w.DB, w.Store, Change{Actor: auth.From(ctx).Name, Reason: reason}, work)
}

// Writer writes as part of this transaction: each of its changes happens whole
// or not at all, and the transaction goes on either way.
func (tx *Tx) Writer() *Writer { return &Writer{Store: tx.Store, DB: within{tx.tx}} }

// Raw is the transaction itself, for a library that writes tables of its own.
func (tx *Tx) Raw() pgx.Tx { return tx.tx }

// within begins savepoints where a pool begins transactions.
type within struct{ pgx.Tx }

// BeginTx implements Beginner.
func (w within) BeginTx(ctx context.Context, _ pgx.TxOptions) (pgx.Tx, error) { return w.Begin(ctx) }
