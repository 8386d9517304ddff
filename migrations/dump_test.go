package migrations_test

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/testdb"
)

// client finds a program that comes with the server, beside it or on PATH. An
// older one than the server refuses to dump it.
func client(t *testing.T, name string, server int) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if found, findErr := postgres.Find(t.Context(), "", 0); findErr == nil {
		if beside, lookErr := exec.LookPath(filepath.Join(found.Dir, name)); lookErr == nil {
			path, err = beside, nil
		}
	}
	if err != nil {
		t.Skipf("%s is not installed", name)
	}
	version, err := exec.CommandContext(t.Context(), path, "--version").Output()
	require.NoError(t, err)
	major, err := strconv.Atoi(regexp.MustCompile(`\d+`).FindString(string(version)))
	require.NoError(t, err)
	if major < server {
		t.Skipf("%s is of %d, the server of %d", path, major, server)
	}
	return path
}

func TestADumpOfAFilledDatabaseRestores(t *testing.T) {
	t.Parallel()
	from, to := testdb.URL(t), testdb.EmptyURL(t)
	d := connect(t, from)
	major := one[int](d, `select current_setting('server_version_num')::int / 10000`)
	dump, restore := client(t, "pg_dump", major), client(t, "pg_restore", major)
	w := d.world()
	d.exec(`update workflow_definitions set name = 'Second' where id = $1`, w.definition)
	d.exec(`update workflow_definitions set status = 'active' where id = $1`, w.definition)
	d.exec(`insert into event_instances (pattern) values ('odd-one:with.ümlaut')`)
	d.advance()

	file := filepath.Join(t.TempDir(), "dump")
	run(t, dump, "--format=custom", "--file="+file, "--dbname="+from)
	run(t, restore, "--exit-on-error", "--no-owner", "--dbname="+to, file)

	copied := connect(t, to)
	for _, table := range append(append([]string{"change_log", "change_ledger", "event_instance_keys", "workflow_definitions_history", "workflow_task_references"}, core...),
		"event_queue_entries", "event_sequence_events") {
		rows := `select coalesce(jsonb_agg(to_jsonb(r) order by to_jsonb(r)::text), '[]')::text from ` + table + ` r`
		assert.Equal(t, one[string](d, rows), one[string](copied, rows), table)
	}
	// The copy lives on: triggers, partitions, capture and its own generation of the ledger.
	assert.Equal(t, 3, one[int](copied, `update workflow_instances set status = 'RUNNING' where id = $1 returning revision + 1`, w.instance))
	assert.Equal(t, w.definition.String(), one[string](copied, `update workflow_definitions set status = 'deprecated' where id = $1 returning id::text`, w.definition))
	assert.Equal(t, 3, len(all[string](copied, pastNames, w.definition)))
	assert.Equal(t, 2, one[int](copied, `select aos_create_partitions(now() + interval '3 months')`))
	copied.exec(`insert into event_instances (pattern) values ('still-encoded.a')`)
	assert.Empty(t, copied.batch(copied.advance()), "another generation begins")
	copied.exec(`update workflow_instances set status = 'COMPLETED' where id = $1`, w.instance)
	assert.Equal(t, []string{"COMPLETED"}, copied.batch(copied.advance()))
}

func run(t *testing.T, name string, args ...string) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(t.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	require.NoError(t, cmd.Run(), "%s: %s", name, &out)
}
