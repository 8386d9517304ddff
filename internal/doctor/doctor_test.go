package doctor_test

import (
	"strings"
	"testing"

	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/doctor"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// world is a database with the demo world.
func world(t *testing.T) *pgxpool.Pool {
	t.Helper()
	db := testdb.New(t)
	_, err := demo.Load(t.Context(), db, demo.Options{})
	require.NoError(t, err)
	return db
}

func examine(t *testing.T, db *pgxpool.Pool, data bool) *doctor.Report {
	t.Helper()
	report, err := doctor.Examine(t.Context(), repository.NewStore(db), doctor.Options{URL: db.Config().ConnString(), Data: data})
	require.NoError(t, err)
	return report
}

// findings are all findings of a report that are more than worth knowing.
func findings(r *doctor.Report) []doctor.Finding {
	var all []doctor.Finding
	for _, c := range r.Checks {
		for _, f := range c.Findings {
			if f.Severity != doctor.Info {
				all = append(all, f)
			}
		}
	}
	return all
}

func TestTheDemoWorldIsHealthy(t *testing.T) {
	t.Parallel()
	report := examine(t, world(t), true)
	require.Empty(t, findings(report))
	require.True(t, report.Healthy)
	require.Len(t, report.Checks, 13)
}

func TestEachDamageIsFoundAndHasARemedy(t *testing.T) {
	t.Parallel()
	db := world(t)
	for _, damage := range []struct{ sql, code, subject string }{
		{`alter table task_instances disable trigger aos_50_captured_update`, "TRIGGER_OFF", "task_instances.aos_50_captured_update"},
		{`drop trigger aos_10_history on ui_components`, "TRIGGER_OFF", "ui_components.aos_10_history"},
		{`drop index workflow_instances_by_created`, "INDEX_MISSING", "workflow_instances.workflow_instances_by_created"},
		{`update pg_index set indisvalid = false where indexrelid = 'test_runs_by_status'::regclass`, "INDEX_INVALID", "test_runs.test_runs_by_status"},
		{`alter sequence change_log_seq_seq cache 20`, "SEQUENCE_CACHED", "change_log_seq_seq"},
		{`do $$ declare p text; begin for p in select c.relname from pg_class c where c.relname like 'change\_log\_y%' and c.relispartition and c.relkind = 'r'
			loop execute 'drop table ' || p; end loop; end $$`, "SHORT_RUNWAY", "change_log"},
	} {
		_, err := db.Exec(t.Context(), damage.sql)
		require.NoError(t, err, damage.sql)
		requireFinding(t, examine(t, db, false), damage.code, damage.subject)
	}
}

func TestDefinitionsWrittenPastTheAPIAreFound(t *testing.T) {
	t.Parallel()
	db := world(t)
	damage := func(code, subject, sql string) {
		t.Helper()
		_, err := db.Exec(t.Context(), "set session_replication_role = replica; "+sql+"; set session_replication_role = origin")
		require.NoError(t, err, sql)
		requireFinding(t, examine(t, db, false), code, subject)
	}
	damage("HISTORY_GAP", "event_definitions", `update event_definitions set name = name || '!', updated_at = now() + interval '1 second' where status = 'active'`)
	damage("UNCAPTURED_CHANGE", "task_definitions", `
		alter table task_definitions disable trigger aos_50_captured_update;
		update task_definitions set revision = revision + 1;
		alter table task_definitions enable always trigger aos_50_captured_update`)
	damage("REFERENCES_OUT_OF_STEP", "workflow_definitions", `delete from workflow_task_references where path = (select min(path) from workflow_task_references)`)
	damage("UNRESOLVED_REFERENCE", "task_definitions", `update task_ui_component_references set target_id = null, pinned = false, target_business_id = 'nobody'`)
}

func TestDocumentsAndSoftReferencesOfForeignWritersAreFound(t *testing.T) {
	t.Parallel()
	db := world(t)
	for _, damage := range []struct{ code, subject, sql string }{
		{"TYPE", "task_instances", `update task_instances set retry_policy = '{"maxRetries": "many"}'`},
		{"UNKNOWN_STEP", "task_instances", `update task_instances set step_id = 'nowhere'`},
		{"UNKNOWN_STEP", "workflow_instances", `update workflow_instances set current_step_id = 'nowhere' where current_step_id is not null`},
		{"UNKNOWN_TARGET", "test_definitions", `set session_replication_role = replica; update test_definitions set target_id = 'nobody'; set session_replication_role = origin`},
	} {
		_, err := db.Exec(t.Context(), damage.sql)
		require.NoError(t, err, damage.sql)
		requireFinding(t, examine(t, db, true), damage.code, damage.subject)
	}
}

func TestADatabaseWithoutOurSchemaIsToldSo(t *testing.T) {
	t.Parallel()
	db := testdb.Empty(t)
	report := examine(t, db, false)
	require.False(t, report.Healthy)
	requireFinding(t, report, "NO_SCHEMA", "")
	require.Len(t, report.Checks, 3, "the rest could only complain about the same")

	db = testdb.New(t)
	_, err := db.Exec(t.Context(), "delete from aos_schema_version where version_id > 70")
	require.NoError(t, err)
	requireFinding(t, examine(t, db, false), "MIGRATIONS_PENDING", "")
}

func requireFinding(t *testing.T, r *doctor.Report, code, subject string) {
	t.Helper()
	var others []string
	for _, f := range findings(r) {
		others = append(others, f.Code+" "+f.Subject)
		if f.Code == code && strings.HasPrefix(f.Subject, subject) {
			require.NotEmpty(t, f.Remedy, "%s says what to do", code)
			require.NotEmpty(t, f.Message)
			return
		}
	}
	require.Failf(t, "not found", "%s %s among %q", code, subject, others)
}
