package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/idempotency"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// KeyRetention is how long a key protects its request; upkeep forgets it then.
const KeyRetention = 24 * time.Hour

// Once is Writer.Do for work that makes or publishes a row, and must not do so
// twice: when the mutation carries an idempotency key that was used before, it
// answers the row of the first time, as it is now. The key is written in the
// transaction of the work, so both happen or neither.
func Once[T any](ctx context.Context, w *Writer, e Entity[T], reason string, work func(context.Context, *Tx) (*T, error)) (*T, error) {
	rows, err := OnceMany(ctx, w, e, reason, func(ctx context.Context, tx *Tx) ([]*T, error) {
		row, err := work(ctx, tx)
		return []*T{row}, err
	})
	if err != nil {
		return nil, err
	}
	return rows[0], nil
}

// OnceMany is Once for work that makes several rows.
func OnceMany[T any](ctx context.Context, w *Writer, e Entity[T], reason string, work func(context.Context, *Tx) ([]*T, error)) (rows []*T, err error) {
	request, keyed := idempotency.From(ctx)
	if n := len([]rune(request.Key)); keyed && (n == 0 || n > idempotency.MaxKey) {
		return nil, fault.Errorf(fault.BadUserInput, "an idempotency key has 1 to %d characters", idempotency.MaxKey).
			At("/idempotencyKey").Hint("a random UUID is a good key")
	}
	err = w.Do(ctx, reason, func(ctx context.Context, tx *Tx) error {
		if !keyed {
			rows, err = work(ctx, tx)
			return err
		}
		before, err := tx.claim(ctx, request)
		if err != nil {
			return err
		}
		if before != nil {
			rows, err = asTheyAre(ctx, tx, e, before)
			return err
		}
		if rows, err = work(ctx, tx); err != nil {
			return err
		}
		ids := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			ids[i] = e.Value(row, "id").(uuid.UUID)
		}
		return tx.remember(ctx, request, ids)
	})
	return rows, err
}

// asTheyAre reads the rows that a request answered before.
func asTheyAre[T any](ctx context.Context, tx *Tx, e Entity[T], ids []uuid.UUID) ([]*T, error) {
	keys := make([]any, len(ids))
	for i, id := range ids {
		keys[i] = id
	}
	rows := make([]*T, len(ids))
	if len(ids) == 0 {
		return rows, nil
	}
	found, err := ByKeys(ctx, tx.Store, e, Relation{}, e.Columns(), keys)
	if err != nil {
		return nil, err
	}
	for i, id := range ids {
		if rows[i] = found[id]; rows[i] == nil {
			return nil, fault.Errorf(fault.NotFound, "this request was done before, and what it made is gone by now").At("/idempotencyKey").
				Hint("use a new key to do it again")
		}
	}
	return rows, nil
}

// claim takes the key for this transaction. When somebody else has it, claim
// waits until that one has ended; the ids are the answer then, nil when the key
// is ours.
func (tx *Tx) claim(ctx context.Context, r idempotency.Request) (before []uuid.UUID, err error) {
	const name = "idempotency_keys.claim"
	n, err := tx.Exec(ctx, name, `insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5`, scope(ctx, r), r.Key, r.Fingerprint, tx.Now().Add(KeyRetention), tx.Now())
	if err != nil || n == 1 {
		return nil, err
	}
	rows, err := tx.DB.Query(ctx, "/* idempotency_keys.answer */ select fingerprint, answer from idempotency_keys where scope = $1 and key = $2", scope(ctx, r), r.Key)
	if err != nil {
		return nil, readError(name, err)
	}
	found, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[struct {
		Fingerprint string
		Answer      []uuid.UUID
	}])
	if err != nil {
		return nil, readError(name, err)
	}
	if found.Fingerprint != r.Fingerprint {
		return nil, fault.Errorf(fault.IdempotencyKey, "this key was used for another input").At("/idempotencyKey").
			Hint("use a new key for a new request; for a retry send the same input")
	}
	return found.Answer, nil
}

func (tx *Tx) remember(ctx context.Context, r idempotency.Request, ids []uuid.UUID) error {
	_, err := tx.Exec(ctx, "idempotency_keys.remember", "update idempotency_keys set answer = $3 where scope = $1 and key = $2", scope(ctx, r), r.Key, ids)
	return err
}

// scope keeps the keys of callers and of mutations apart.
func scope(ctx context.Context, r idempotency.Request) string {
	return r.Mutation + " " + auth.From(ctx).Name
}
