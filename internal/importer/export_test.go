package importer_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

const complete = "testdata/complete"

// imported is a database that holds a bundle.
func imported(t *testing.T, dir string) *pgxpool.Pool {
	t.Helper()
	db := testdb.New(t)
	report, err := importer.Import(t.Context(), db, dir, importer.Options{})
	if err != nil && report != nil {
		require.NoError(t, report.WriteText(t.Output(), 0))
	}
	require.NoError(t, err)
	return db
}

// exported are the files of an export by name.
func exported(t *testing.T, db *pgxpool.Pool, o importer.ExportOptions) (dir string, files map[string]string) {
	t.Helper()
	dir = t.TempDir()
	_, err := importer.Export(t.Context(), db, dir, o)
	require.NoError(t, err)
	return dir, read(t, dir)
}

func read(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		require.NoError(t, err)
		files[entry.Name()] = string(text)
	}
	return files
}

func TestExportedImportedAndExportedAgainIsTheSame(t *testing.T) {
	t.Parallel()
	first, files := exported(t, imported(t, complete), importer.ExportOptions{})
	if *update {
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(complete, name), []byte(text), 0o644))
		}
	}
	for _, table := range importer.Tables() {
		require.NotEqual(t, "[]\n", files[table+".json"], "%s has rows", table)
	}
	require.Equal(t, read(t, complete), files, "a bundle of our own comes out as it went in")
	_, again := exported(t, imported(t, first), importer.ExportOptions{})
	require.Equal(t, files, again)
}

// lived is a database in which things happened after the import: versions came
// and went, credentials were saved, an event was archived.
func lived(t *testing.T) *pgxpool.Pool {
	t.Helper()
	db := imported(t, complete)
	for _, sql := range []string{
		`update workflow_definitions set name = 'Bike repair, painted' where version = '2.1.0'`,
		`update workflow_event_triggers set priority = 5 where trigger_id = 'repair-on-arrival'`,
		`update workflow_event_triggers set priority = 6, enabled = false where trigger_id = 'repair-on-arrival'`,
		`update integration_instances set credentials = '\x0102', credentials_meta = '{"type":"apikey","keyId":"k1"}', name = 'North' where instance_id = 'parts-main'`,
		`delete from event_definitions where status = 'draft'`,
		`update task_instances set status = 'RUNNING', assignee = 'ada' where task_instance_id = 'sweep'`,
		`update event_sequence_events set status = 'processed' where event_id = 'evt-whistle'`,
		`delete from event_instances where event_id = 'evt-arrival-1'`,
		// The active version of the task moves on; a workflow that is active keeps its pin.
		`update task_definitions set status = 'deprecated' where task_id = 'inspect_bike' and version = '1.1.0'`,
		`insert into task_definitions (task_id, name, type, version, status, execution_config) values ('inspect_bike', 'Inspect', 'MANUAL', '1.2.0', 'active', '{"executor":"manual-task-handler"}')`,
	} {
		_, err := db.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}
	return db
}

func TestAFullExportRestoresHistoryAndChangeLog(t *testing.T) {
	t.Parallel()
	full := importer.ExportOptions{Full: true, Credentials: true}
	source := lived(t)
	dir, files := exported(t, source, full)
	require.Contains(t, files["event_instance_keys.json"], "evt-arrival-1")
	require.Contains(t, files["workflow_event_triggers_history.json"], "repair-on-arrival")
	require.Contains(t, files["integration_instances.json"], `"credentials":"AQI="`)
	copied := imported(t, dir)
	_, again := exported(t, copied, full)
	for name, text := range files {
		require.Equal(t, text, again[name], name)
	}
	const pins = `select concat_ws(' ', r.path, d.version, r.pinned) from workflow_task_references r join task_definitions d on d.id = r.target_id order by 1`
	require.Equal(t, texts(t, source, pins), texts(t, copied, pins))
	const past = `select concat_ws(' ', priority, enabled, sys_period) from (
		select id, priority, enabled, sys_period from workflow_event_triggers union all select id, priority, enabled, sys_period from workflow_event_triggers_history) h order by id, sys_period`
	require.Equal(t, texts(t, source, past), texts(t, copied, past), "one period goes on where the other ends")

	_, err := copied.Exec(t.Context(), `update event_queue_state set status = 'draining' where queue_id = 'counter'`)
	require.NoError(t, err)
	require.Equal(t, []string{"draining"}, texts(t, copied, "select new_status from change_log order by seq desc limit 1"), "the log goes on behind its end")
	require.Equal(t, []string{"1"}, texts(t, copied, "select change_ledger_advance()::text"))
	require.Equal(t, texts(t, copied, "select count(*)::text from change_log"), texts(t, copied, "select count(*)::text from change_batch(1)"), "readers get every row")

	report, err := importer.Import(t.Context(), copied, dir, importer.Options{})
	require.NoError(t, err)
	for _, table := range report.Tables {
		if table.Table != "event_queue_state" {
			require.Zero(t, table.Inserted+table.Updated, "%s: importing again changes nothing", table.Table)
		}
	}
}

func TestTwoChangeLogsAreNotMixed(t *testing.T) {
	t.Parallel()
	dir, _ := exported(t, lived(t), importer.ExportOptions{Full: true})
	other := testdb.New(t)
	_, err := other.Exec(t.Context(), `insert into event_queue_state (queue_id) values ('own')`)
	require.NoError(t, err)
	report, err := importer.Import(t.Context(), other, dir, importer.Options{})
	require.NoError(t, err)
	require.Contains(t, codes(report, importer.LeftOut), importer.LogOccupied)
	require.Equal(t, []string{"own"}, texts(t, other, "select q.queue_id from change_log c join event_queue_state q on q.id = c.entity_id order by c.seq limit 1"))
}

func TestAnExportHoldsSecretsOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	db := lived(t)
	dir, files := exported(t, db, importer.ExportOptions{})
	require.NotContains(t, files["integration_instances.json"], "credentials")
	report, err := importer.Import(t.Context(), db, dir, importer.Options{})
	require.NoError(t, err)
	_, updated, _ := counts(t, report, "integration_instances")
	require.Zero(t, updated)
	require.Equal(t, []string{`\x0102`}, texts(t, db, "select credentials::text from integration_instances where credentials is not null"), "what an export leaves out, importing it leaves alone")
}

func TestAnExportDoesNotMixWithAnEarlierFullOne(t *testing.T) {
	t.Parallel()
	db := imported(t, complete)
	dir, _ := exported(t, db, importer.ExportOptions{Full: true})
	_, err := importer.Export(t.Context(), db, dir, importer.ExportOptions{})
	require.ErrorContains(t, err, "change_log.json")
	_, err = importer.Export(t.Context(), db, dir, importer.ExportOptions{Full: true})
	require.NoError(t, err)
	for name := range read(t, dir) {
		require.True(t, strings.HasSuffix(name, ".json"), "%s is not left behind", name)
	}
}
