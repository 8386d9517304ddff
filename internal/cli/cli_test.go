package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/augmentedos/graph/internal/doctor"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// command runs a command line under these settings, as main does. Settings are
// the process's, so these tests are not parallel.
func command(t *testing.T, settings map[string]string, arguments ...string) (code int, out, errOut string) {
	t.Helper()
	for _, name := range []string{"DATABASE_URL", "DATABASE_DIRECT_URL", "AOS_DATA_DIR", "AOS_POSTGRES_BIN", "AOS_ADDR", "AOS_DEMO"} {
		t.Setenv(name, settings[name])
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var stdout, stderr bytes.Buffer
	if err := run(ctx, arguments, &stdout, &stderr, fstest.MapFS{}); err != nil {
		explain(&stderr, err)
		code = 1
	}
	return code, stdout.String(), stderr.String()
}

func TestDoctorSpeaksToPeopleAndMachines(t *testing.T) {
	url := testdb.URL(t)
	settings := map[string]string{"DATABASE_URL": url}
	code, out, errOut := command(t, settings, "doctor", "--data")
	require.Zero(t, code, errOut)
	require.Contains(t, out, "ok  triggers")
	require.Contains(t, out, "0 errors, 0 warnings.")

	execute(t, url, "alter table task_instances disable trigger aos_50_captured_update")
	code, out, _ = command(t, settings, "doctor")
	require.Equal(t, 1, code)
	require.Contains(t, out, "ERROR   TRIGGER_OFF task_instances.aos_50_captured_update: the trigger is disabled")
	require.Contains(t, out, "→ alter table task_instances enable always trigger aos_50_captured_update;")

	code, out, _ = command(t, settings, "doctor", "--json")
	require.Equal(t, 1, code)
	var report doctor.Report
	require.NoError(t, json.Unmarshal([]byte(out), &report))
	require.False(t, report.Healthy)
	require.Equal(t, 1, report.Errors)
}

func TestEachMistakeAtTheStartIsASentenceAndARemedy(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer taken.Close()
	foreign := testdb.EmptyURL(t)
	execute(t, foreign, "create table workflow_definitions (id int)")
	file := filepath.Join(folder(t), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	torn := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(torn, "workflow_definitions.json"), []byte("[{"), 0o600))
	old := folder(t)
	require.NoError(t, os.MkdirAll(filepath.Join(old, "cluster"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(old, "cluster", "PG_VERSION"), []byte("13\n"), 0o600))

	for name, c := range map[string]struct {
		settings          map[string]string
		arguments         string
		sentence, removes string
	}{
		"port taken":          {map[string]string{"AOS_ADDR": taken.Addr().String()}, "serve", "address already in use", "AOS_ADDR"},
		"open to the network": {map[string]string{"AOS_ADDR": "0.0.0.0:8108"}, "serve", "can be reached from other machines", "AOS_AUTH_TOKENS_FILE"},
		"no URL":              {map[string]string{"DATABASE_URL": "house"}, "migrate", "DATABASE_URL", "postgres://"},
		"nobody answers":      {map[string]string{"DATABASE_URL": "postgres://a@127.0.0.1:1/b"}, "export " + t.TempDir(), "does not answer", "DATABASE_URL"},
		"nothing to migrate":  {map[string]string{"DATABASE_URL": "postgres://a@127.0.0.1:1/b"}, "migrate", "does not answer", "DATABASE_URL"},
		"a torn bundle":       {map[string]string{"DATABASE_URL": testdb.URL(t)}, "import " + torn, "workflow_definitions.json cannot be read at row 0: unexpected EOF", "JSON"},
		"foreign database":    {map[string]string{"DATABASE_URL": foreign}, "migrate", "already has tables under our names", "Use an empty database"},
		"no PostgreSQL":       {map[string]string{"AOS_DATA_DIR": folder(t), "AOS_POSTGRES_BIN": t.TempDir()}, "migrate", "PostgreSQL", "AOS_POSTGRES_BIN"},
		"wrong major":         {map[string]string{"AOS_DATA_DIR": old}, "migrate", "PostgreSQL 13", "postgres"},
		"no folder":           {map[string]string{"AOS_DATA_DIR": file}, "migrate", "not a directory", "AOS_DATA_DIR"},
		"nothing to import":   {map[string]string{"DATABASE_URL": testdb.URL(t)}, "import " + file, "is not a folder", "<table>.json"},
		"unknown command":     {nil, "dance", "dance", "augmentedos help"},
	} {
		t.Run(name, func(t *testing.T) {
			code, _, errOut := command(t, c.settings, strings.Fields(c.arguments)...)
			require.Equal(t, 1, code)
			lines := strings.Split(strings.TrimSpace(errOut), "\n")
			require.LessOrEqual(t, len(lines), 2, errOut)
			require.Contains(t, lines[0], c.sentence)
			require.Contains(t, errOut, c.removes)
		})
	}
}

func TestHelpShowsCommandsAndThenSettings(t *testing.T) {
	code, out, _ := command(t, nil, "help")
	require.Zero(t, code)
	commands, settings, found := strings.Cut(out, "Settings come from the environment")
	require.True(t, found)
	require.Contains(t, commands, "import  ")
	require.Contains(t, settings, "\n  AOS_ADDR (127.0.0.1:8080)\n      Address to listen on.")
	require.NotContains(t, out, "| --- |", "Markdown is for README")

	_, out, _ = command(t, nil, "help", "import")
	require.Contains(t, out, "--keep-going")
	require.NotContains(t, out, "AOS_ADDR")
	_, out, _ = command(t, nil, "--version")
	require.Contains(t, out, "augmentedos ")
}

func TestCommandsOnADatabaseOfSomebodyElse(t *testing.T) {
	settings := map[string]string{"DATABASE_URL": testdb.EmptyURL(t)}
	run := func(want string, arguments ...string) {
		t.Helper()
		code, out, errOut := command(t, settings, arguments...)
		require.Zero(t, code, errOut)
		require.Contains(t, out, want)
	}
	run("to apply", "migrate", "--status")
	run("0 to apply", "migrate")
	run("event_definitions             30    30", "demo")
	bundle := filepath.Join(t.TempDir(), "bundle")
	run("Wrote", "export", bundle)
	run("30    0         0        30", "import", bundle)
	run("type Query", "schema")
	run("augmentedos", "version")
	run("0 errors", "doctor", "--data")
}

// folder is one that the account of PostgreSQL may enter, too.
func folder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "aos-cli-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755))
	return dir
}

func execute(t *testing.T, url, sql string) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	require.NoError(t, err)
	defer conn.Close(context.Background())
	_, err = conn.Exec(t.Context(), sql)
	require.NoError(t, err)
}
