package repository_test

import (
	"context"
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestAValueThatItsColumnDoesNotTakeIsFoundByItsPath(t *testing.T) {
	t.Parallel()
	pool := testdb.New(t)
	w := &repository.Writer{Store: repository.NewStore(pool), DB: pool}
	insert := func(row repository.Values) error {
		return w.Do(t.Context(), "test", func(ctx context.Context, tx *repository.Tx) error {
			_, err := repository.Insert(ctx, tx, repository.EventSequences, row)
			return err
		})
	}
	row := repository.Values{"sequence_id": "one", "name": "One"}
	require.NoError(t, insert(row))
	taken := fault.ListOf(insert(row))[0]
	require.Equal(t, fault.Conflict, taken.Code)
	require.Equal(t, "/sequenceId", taken.Path)

	long := fault.ListOf(insert(repository.Values{"sequence_id": strings.Repeat("ü", 256), "name": "Two"}))[0]
	require.Equal(t, fault.BadUserInput, long.Code)
	require.Equal(t, "/sequenceId", long.Path)
	require.Equal(t, "a text is longer than 255 characters", long.Message)
	require.NotEmpty(t, long.Advice())
}
