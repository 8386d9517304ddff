package demo_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestTheWorldLoadsWholeAndTwice(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	report, err := demo.Load(t.Context(), db, demo.Options{})
	if err != nil && report != nil {
		require.NoError(t, report.WriteText(t.Output(), 60))
	}
	require.NoError(t, err)
	require.Len(t, report.Tables, 17)
	for _, table := range report.Tables {
		require.NotZero(t, table.Inserted, "%s has rows", table.Table)
	}
	for _, e := range report.Entries {
		require.NotContains(t, []importer.Kind{importer.Refused, importer.LeftOut}, e.Kind, e.String())
	}
	again, err := demo.Load(t.Context(), db, demo.Options{})
	require.NoError(t, err)
	for _, table := range again.Tables {
		require.Zero(t, table.Inserted+table.Updated, "%s: loading again changes nothing", table.Table)
	}
}

func TestTheWorldCanBeMovedToThePresent(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := demo.Load(t.Context(), db, demo.Options{Now: time.Now()})
	require.NoError(t, err)
	var newest time.Time
	require.NoError(t, db.QueryRow(t.Context(), "select max(created_at) from workflow_instances").Scan(&newest))
	require.WithinDuration(t, time.Now(), newest, 48*time.Hour)
}
