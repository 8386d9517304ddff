package testdb_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/testdb"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestEachTestHasADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"one", "another"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			pool := testdb.New(t)
			_, err := pool.Exec(t.Context(), `create table mine (n int)`)
			require.NoError(t, err)
			var count int
			require.NoError(t, pool.QueryRow(t.Context(), `select count(*) from mine`).Scan(&count))
			require.Zero(t, count)
		})
	}
}
