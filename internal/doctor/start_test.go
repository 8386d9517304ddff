package doctor_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/augmentedos/graph/internal/doctor"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestAServerRefusesADatabaseWhoseFeedWouldLie(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&log, nil))
	db := testdb.New(t)
	store := repository.NewStore(db)
	tables := 0
	for _, d := range repository.All {
		_, err := db.Exec(t.Context(), "alter table "+d.Table+" disable trigger aos_50_captured_insert")
		require.NoError(t, err)
		requireRefusal(t, doctor.Admit(t.Context(), store, logger), d.Table+".aos_50_captured_insert", "enable always trigger")
		_, err = db.Exec(t.Context(), "alter table "+d.Table+" enable always trigger aos_50_captured_insert")
		require.NoError(t, err)
		tables++
	}
	require.Equal(t, 17, tables)
	require.NoError(t, doctor.Admit(t.Context(), store, logger))
	require.Empty(t, log.String())

	_, err := db.Exec(t.Context(), "alter sequence change_log_seq_seq cache 5")
	require.NoError(t, err)
	requireRefusal(t, doctor.Admit(t.Context(), store, logger), "change_log_seq_seq", "cache 1")
	_, err = db.Exec(t.Context(), "alter sequence change_log_seq_seq cache 1; drop trigger aos_50_captured_update on task_instances")
	require.NoError(t, err)
	requireRefusal(t, doctor.Admit(t.Context(), store, logger), "task_instances.aos_50_captured_update", "trigger")
}

func TestAShortRunwayIsSaidAndRepairedWhileServing(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `do $$ declare p text; begin for p in select inhrelid::regclass from pg_inherits where inhparent = 'change_log'::regclass
loop execute 'drop table ' || p; end loop; end $$`)
	require.NoError(t, err)
	require.NoError(t, doctor.Admit(t.Context(), repository.NewStore(db), slog.New(slog.NewTextHandler(&log, nil))))
	require.Contains(t, log.String(), "SHORT_RUNWAY")
}

func requireRefusal(t *testing.T, err error, texts ...string) {
	t.Helper()
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	for _, text := range texts {
		require.Contains(t, f.Message+" "+f.Remedy, text)
	}
}
