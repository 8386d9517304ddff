package testdb_test

import (
	"testing"

	"github.com/jackc/pgx/v5"
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

func TestAMigratedDatabaseHasOurTablesAndAnEmptyOneHasNone(t *testing.T) {
	t.Parallel()
	const tables = `select count(*) from pg_tables where schemaname = 'public' and tablename = 'task_instances'`
	for want, url := range []string{testdb.EmptyURL(t), testdb.URL(t)} {
		conn, err := pgx.Connect(t.Context(), url)
		require.NoError(t, err)
		var count int
		require.NoError(t, conn.QueryRow(t.Context(), tables).Scan(&count))
		require.NoError(t, conn.Close(t.Context()))
		require.Equal(t, want, count)
	}
}
