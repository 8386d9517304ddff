package postgres_test

import (
	"bytes"
	"log/slog"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/testdb"
)

func openPools(t *testing.T, cfg postgres.Config) *postgres.Pools {
	t.Helper()
	pools, err := postgres.Open(t.Context(), cfg)
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	return pools
}

func TestEveryWayToSendStatementsWorks(t *testing.T) {
	t.Parallel()
	base := testdb.EmptyURL(t)
	for _, mode := range postgres.ExecModes {
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			pools := openPools(t, postgres.Config{URL: base, ExecMode: mode})
			var sum int
			for range 2 {
				require.NoError(t, pools.Primary.QueryRow(t.Context(), `select $1::int + $2::int`, 1, 2).Scan(&sum))
				require.Equal(t, 3, sum)
			}
			ids := []uuid.UUID{uuid.New(), uuid.New()}
			require.NoError(t, pools.Primary.QueryRow(t.Context(), `select count(*) from unnest($1::uuid[]) as k(id) where id = $2`, ids, ids[1]).Scan(&sum))
			require.Equal(t, 1, sum, "keys and lists of keys are understood")
			require.NoError(t, pools.Direct.QueryRow(t.Context(), `select 4`).Scan(&sum))
		})
	}
	_, err := postgres.Open(t.Context(), postgres.Config{URL: base, ExecMode: "describe_exec"})
	_, remedy := remedyOf(t, err)
	require.Contains(t, remedy, "cache_describe")
}

func TestAPoolerMeetsNoStartUpParameterItRefuses(t *testing.T) {
	t.Parallel()
	pools := openPools(t, postgres.Config{URL: testdb.EmptyURL(t)})
	require.Equal(t, map[string]string{"application_name": "augmentedos"}, pools.Primary.Config().ConnConfig.RuntimeParams)
}

func TestADatabaseThatDoesNotAnswerIsNamedWithoutItsPassword(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]postgres.Config{
		"nobody listens":   {URL: "postgres://me:s3cret@127.0.0.1:1/app"},
		"no such database": {URL: withDatabase(t, testdb.EmptyURL(t), "missing")},
		"no URL":           {URL: "postgres://me:s3cret@[half/app"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := postgres.Open(t.Context(), cfg)
			message, remedy := remedyOf(t, err)
			require.NotContains(t, message+remedy, "s3cret")
			require.Contains(t, message+remedy, "DATABASE_URL")
		})
	}
}

func withDatabase(t *testing.T, base, name string) string {
	t.Helper()
	u, err := url.Parse(base)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}

// logBuffer is a log that a test reads.
type logBuffer struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.text.String()
}

func TestSlowStatementsAreLoggedByNameWithoutValues(t *testing.T) {
	t.Parallel()
	var log logBuffer
	pools := openPools(t, postgres.Config{URL: testdb.EmptyURL(t), SlowStatement: 30 * time.Millisecond, Log: slog.New(slog.NewTextHandler(&log, nil))})
	ctx := t.Context()
	_, err := pools.Primary.Exec(ctx, `/* TaskInstance.list */ select pg_sleep($1), $2::text`, 0.05, "canary")
	require.NoError(t, err)
	_, err = pools.Primary.Exec(ctx, `/* quick */ select $1::text`, "canary")
	require.NoError(t, err)
	var batch pgx.Batch
	batch.Queue(`/* Batch.first */ select 1`)
	batch.Queue(`/* Batch.slow */ select pg_sleep(0.05), $1::text`, "canary")
	require.NoError(t, pools.Primary.SendBatch(ctx, &batch).Close())
	_, err = pools.Primary.Exec(ctx, `/* failing */ select pg_sleep(0.05), ($1::text || pg_sleep(0.05)::text)::int`, "canary")
	require.Error(t, err)

	for _, name := range []string{"=TaskInstance.list", `="Batch.first, Batch.slow"`, "=failing"} {
		require.Contains(t, log.String(), "statement"+name)
	}
	require.NotContains(t, log.String(), "quick")
	require.NotContains(t, log.String(), "canary")
}

func TestAStatementIsNamedByItsLeadingComment(t *testing.T) {
	t.Parallel()
	for sql, name := range map[string]string{
		"/* TaskInstance.list */ select 1":    "TaskInstance.list",
		"\n\t-- Ledger.append\ninsert into t": "Ledger.append",
		"select 1\n   from t":                 "select 1 from t",
		"/* unfinished":                       "unfinished",
		"":                                    "",
		"select '" + strings.Repeat("é", 60) + "'": "select '" + strings.Repeat("é", 26) + "…",
	} {
		require.Equal(t, name, postgres.StatementName(sql))
	}
}

func TestWithoutReplicasEverythingIsReadFromThePrimary(t *testing.T) {
	t.Parallel()
	pools := openPools(t, postgres.Config{URL: testdb.EmptyURL(t)})
	require.Same(t, pools.Primary, pools.Reader(t.Context()))
}

func TestAReplicaThatDoesNotAnswerIsNoObstacle(t *testing.T) {
	t.Parallel()
	var log logBuffer
	pools := openPools(t, postgres.Config{
		URL: testdb.EmptyURL(t), ReplicaURLs: []string{"postgres://me:s3cret@127.0.0.1:1/app"},
		Log: slog.New(slog.NewTextHandler(&log, nil)),
	})
	require.Contains(t, log.String(), "replica does not answer")
	require.NotContains(t, log.String(), "s3cret")
	require.Same(t, pools.Primary, pools.Reader(t.Context()))
}

func TestAClientReadsItsOwnWritesDespiteALaggingReplica(t *testing.T) {
	t.Parallel()
	bin, err := postgres.Find(t.Context(), "", 0)
	require.NoError(t, err)
	baseBackup := filepath.Join(bin.Dir, "pg_basebackup")
	if _, err := os.Stat(baseBackup); err != nil {
		t.Skip("this PostgreSQL has no pg_basebackup")
	}
	primaryDir, replicaDir := dataDir(t), dataDir(t)
	primary := launch(t, primaryDir)
	copyCluster(t, baseBackup, primary, primaryDir, replicaDir)
	lag := quick()
	lag["recovery_min_apply_delay"] = "1s"
	replica, err := postgres.Launch(t.Context(), postgres.Options{DataDir: replicaDir, ExtraSettings: lag})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, replica) })

	pools := openPools(t, postgres.Config{URL: primary.URL(), ReplicaURLs: []string{replica.URL()}})
	ctx := t.Context()
	_, err = pools.Primary.Exec(ctx, `create table written as select 1 as n`)
	require.NoError(t, err)
	require.Same(t, pools.Primary, pools.Reader(ctx), "the replica has not seen it yet")
	eventually(t, "the replica catches up", func() bool { return pools.Reader(ctx) == pools.Replicas[0] })
	var n int
	require.NoError(t, pools.Reader(ctx).QueryRow(ctx, `select n from written`).Scan(&n))
}

// copyCluster makes replicaDir a standby of primary.
func copyCluster(t *testing.T, baseBackup string, primary *postgres.Server, primaryDir, replicaDir string) {
	t.Helper()
	cluster := postgres.ClusterDir(replicaDir)
	out, err := exec.Command(baseBackup, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-D", cluster, "-d", primary.URL()).CombinedOutput()
	require.NoError(t, err, string(out))
	password, err := os.ReadFile(filepath.Join(primaryDir, "password"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(replicaDir, "password"), password, 0o600))
	info, err := os.Stat(postgres.ClusterDir(primaryDir))
	require.NoError(t, err)
	owner := info.Sys().(*syscall.Stat_t)
	require.NoError(t, filepath.WalkDir(cluster, func(path string, _ os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		return os.Lchown(path, int(owner.Uid), int(owner.Gid))
	}))
}
