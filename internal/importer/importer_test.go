package importer_test

import (
	"os"
	"testing"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// TestABundleFromTheFieldLoadsWhole reads the bundle that AOS_TEST_BUNDLE names:
// such bundles are not ours to commit.
func TestABundleFromTheFieldLoadsWhole(t *testing.T) {
	dir := os.Getenv("AOS_TEST_BUNDLE")
	if dir == "" {
		t.Skip("set AOS_TEST_BUNDLE to a folder with one <table>.json per table")
	}
	db := testdb.New(t)
	report, err := importer.Import(t.Context(), db, dir, importer.Options{})
	if report != nil {
		require.NoError(t, report.WriteText(t.Output(), 30))
	}
	require.NoError(t, err)
	again, err := importer.Import(t.Context(), db, dir, importer.Options{})
	require.NoError(t, err)
	require.NoError(t, again.WriteText(t.Output(), 30))
	for _, table := range again.Tables {
		require.Zero(t, table.Inserted+table.Updated, "%s: a second import changes nothing", table.Table)
	}
}
