package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/auth"
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
