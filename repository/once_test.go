package repository_test

import (
	"context"
	"errors"
	"testing"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/idempotency"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestAKeyIsWrittenWithItsWorkOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	request, err := idempotency.New("make", "k", map[string]any{"a": 1})
	require.NoError(t, err)
	ctx, leave := context.WithCancel(idempotency.With(t.Context(), request))

	two := func(ctx context.Context, tx *repository.Tx) (rows []*model.WorkflowInstance, err error) {
		for range 2 {
			row, err := repository.Insert(ctx, tx, repository.WorkflowInstances, repository.Values{"instance_id": "", "input": scalar.JSON("{}")})
			if err != nil {
				return nil, err
			}
			rows = append(rows, row)
		}
		return rows, nil
	}
	_, err = repository.OnceMany(ctx, writer, repository.WorkflowInstances, "", func(ctx context.Context, tx *repository.Tx) ([]*model.WorkflowInstance, error) {
		rows, err := two(ctx, tx)
		leave() // the client is gone just before the commit
		return rows, err
	})
	require.True(t, errors.Is(err, context.Canceled), "%v", err)
	var left int
	require.NoError(t, db.QueryRow(t.Context(), "select (select count(*) from workflow_instances) + (select count(*) from idempotency_keys)").Scan(&left))
	require.Zero(t, left)

	ctx = idempotency.With(t.Context(), request)
	first, err := repository.OnceMany(ctx, writer, repository.WorkflowInstances, "", two)
	require.NoError(t, err)
	require.Len(t, first, 2)
	again, err := repository.OnceMany(ctx, writer, repository.WorkflowInstances, "", two)
	require.NoError(t, err)
	require.Equal(t, first, again, "in the order of the first time")
}
