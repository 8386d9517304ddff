package importer_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "rewrite the golden report")

// nasty is a small bundle in which nearly every row is wrong in its own way.
const nasty = "testdata/nasty"

func TestABundleWithRefusedRowsIsNotStoredAtAll(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	report, err := importer.Import(t.Context(), db, nasty, importer.Options{})
	require.ErrorIs(t, err, importer.ErrRefused)
	require.False(t, report.Applied)
	require.NotZero(t, report.Refused())
	for _, table := range importer.Tables() {
		var n int
		require.NoError(t, db.QueryRow(t.Context(), "select count(*) from "+table).Scan(&n))
		require.Zero(t, n, table)
	}
}

func TestTheReportTellsOfEveryRowThatIsNotAsItCame(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	report, err := importer.Import(t.Context(), db, nasty, importer.Options{KeepGoing: true})
	require.NoError(t, err)
	require.True(t, report.Applied)
	report.Took = 0
	var got bytes.Buffer
	encoder := json.NewEncoder(&got)
	encoder.SetEscapeHTML(false)
	for _, table := range report.Tables {
		require.Equal(t, table.Read, table.Inserted+table.Updated+table.Unchanged+table.Refused, table.Table)
		require.NoError(t, encoder.Encode(table))
	}
	for _, entry := range report.Entries {
		require.NoError(t, encoder.Encode(entry))
	}
	require.Equal(t, []string{"notes.txt"}, report.Files)
	require.NotContains(t, got.String(), "do-not-print-me", "credentials never reach a report")
	require.NotContains(t, got.String(), "not for anybody", "what is named like a secret never reaches a report")
	golden := filepath.Join(nasty + ".report.jsonl")
	if *update {
		require.NoError(t, os.WriteFile(golden, got.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}

func TestANastyBundleImportedAgainChangesNothing(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := importer.Import(t.Context(), db, nasty, importer.Options{KeepGoing: true})
	require.NoError(t, err)
	var before, after string
	const state = `select concat_ws(' ', (select count(*) from change_log), (select sum(revision) from workflow_instances), (select count(*) from workflow_definitions_history),
		(select max(updated_at) from workflow_definitions))`
	require.NoError(t, db.QueryRow(t.Context(), state).Scan(&before))
	again, err := importer.Import(t.Context(), db, nasty, importer.Options{KeepGoing: true})
	require.NoError(t, err)
	for _, table := range again.Tables {
		require.Zero(t, table.Inserted+table.Updated, "%s: %+v", table.Table, table)
	}
	require.NoError(t, db.QueryRow(t.Context(), state).Scan(&after))
	require.Equal(t, before, after, "no capture, no revision, no history")
}

func TestIDsAreFollowedThroughColumnsDocumentsAndTexts(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := importer.Import(t.Context(), db, nasty, importer.Options{KeepGoing: true})
	require.NoError(t, err)
	for what, sql := range map[string]string{
		"source of an event":   "select exists (select from event_instances e join workflow_instances w on w.id::text = e.source_id where e.pattern = 'kiln.cooled')",
		"text of a state":      "select exists (select from workflow_instances w join workflow_instances o on w.state ->> 'note' = 'see ' || o.id where o.correlation_id = 'K-1')",
		"subscriber":           "select exists (select from dead_letter_queue d join workflow_instances w on d.subscriber_id = 'workflow_' || w.id)",
		"event id stays":       "select exists (select from event_instances e join event_instances c on c.event_id = e.causation_id)",
		"trigger event":        "select exists (select from workflow_instances w join event_instance_keys k on k.id = w.trigger_event_id where w.correlation_id = 'K-1')",
		"parent that is later": "select exists (select from workflow_instances c join workflow_instances p on p.id = c.parent_instance_id where p.current_step_id = 'glaze')",
		"old revision":         "select exists (select from workflow_instances where correlation_id = 'K-1' and revision = 4)",
	} {
		var ok bool
		require.NoError(t, db.QueryRow(t.Context(), sql).Scan(&ok), what)
		require.True(t, ok, what)
	}
}

func TestShiftedTimesMoveRowsAndTheirIDs(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := importer.Import(t.Context(), db, nasty, importer.Options{KeepGoing: true, Shift: 48 * time.Hour})
	require.NoError(t, err)
	var at time.Time
	require.NoError(t, db.QueryRow(t.Context(), "select timestamp from event_instances where pattern = 'kiln.opened'").Scan(&at))
	require.WithinDuration(t, time.Date(2026, 5, 8, 11, 0, 0, 0, time.UTC), at, 0)
}
