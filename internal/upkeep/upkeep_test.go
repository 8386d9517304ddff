package upkeep_test

import (
	"log/slog"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/internal/upkeep"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestARoundMakesPartitionsAheadAndForgetsWhatExpired(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `drop table if exists task_instances_y`+time.Now().AddDate(0, 2, 0).Format("2006m01")+`;
insert into idempotency_keys (scope, key, fingerprint, expires_at) values ('s', 'old', '', now() - interval '1 second'), ('s', 'new', '', now() + interval '1 hour');
insert into bulk_operations (kind, status, reason, at_most, requested_by, completed_at) values ('CANCEL_TASKS', 'COMPLETED', 'r', 1, 'ann', now() - interval '31 days'), ('CANCEL_TASKS', 'PENDING', 'r', 1, 'ann', null)`)
	require.NoError(t, err)
	upkeep.Round(t.Context(), db, slog.New(slog.DiscardHandler))

	var short, keys int
	require.NoError(t, db.QueryRow(t.Context(), "select count(*) from aos_partition_runway() where covered_until < now() + interval '5 weeks'").Scan(&short))
	require.Zero(t, short, "every table has partitions for more than a month")
	require.NoError(t, db.QueryRow(t.Context(), "select count(*) from idempotency_keys").Scan(&keys))
	require.Equal(t, 1, keys)
	require.NoError(t, db.QueryRow(t.Context(), "select count(*) from bulk_operations").Scan(&keys))
	require.Equal(t, 1, keys)
}

func TestALongTransactionDoesNotKeepTheChangeLogFromItsPartitions(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	var table, log string
	require.NoError(t, db.QueryRow(t.Context(), `select max(relname) filter (where relname like 'task_instances_y%'), max(relname) filter (where relname like 'change_log_y%')
from pg_class join pg_inherits on oid = inhrelid where relkind = 'r'`).Scan(&table, &log))
	_, err := db.Exec(t.Context(), "drop table "+table+"; drop table "+log)
	require.NoError(t, err)
	long, err := db.Begin(t.Context())
	require.NoError(t, err)
	defer long.Rollback(t.Context()) //nolint:errcheck // it only holds a lock
	_, err = long.Exec(t.Context(), "insert into workflow_instances (status) values ('CREATED')")
	require.NoError(t, err)

	require.False(t, upkeep.Round(t.Context(), db, slog.New(slog.DiscardHandler)), "the other partition waits for the transaction")
	var there bool
	require.NoError(t, db.QueryRow(t.Context(), "select to_regclass($1) is not null", log).Scan(&there))
	require.True(t, there)
	require.NoError(t, long.Rollback(t.Context()))
	require.True(t, upkeep.Round(t.Context(), db, slog.New(slog.DiscardHandler)))
}
