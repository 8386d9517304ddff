package postgres_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/postgres"
)

// dataDir is a new folder that the server's account can enter.
func dataDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "aos-pg-")
	require.NoError(t, err)
	require.NoError(t, os.Chmod(dir, 0o755))
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	return dir
}

func launch(t *testing.T, dir string) *postgres.Server {
	t.Helper()
	server, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir, ExtraSettings: quick()})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	return server
}

func stop(t *testing.T, server *postgres.Server) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	require.NoError(t, server.Stop(ctx))
}

// query answers one value from a server.
func query[T any](t *testing.T, url, sql string, args ...any) T {
	t.Helper()
	value, err := tryQuery[T](t.Context(), url, sql, args...)
	require.NoError(t, err)
	return value
}

func tryQuery[T any](ctx context.Context, url, sql string, args ...any) (value T, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return value, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	err = conn.QueryRow(ctx, sql, args...).Scan(&value)
	return value, err
}

// eventually waits for a fact of another process, which sends no signal.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	require.Eventually(t, holds, 30*time.Second, 10*time.Millisecond, what)
}

// remedyOf checks that err is one that a user understands.
func remedyOf(t *testing.T, err error) (message, remedy string) {
	t.Helper()
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	require.NotEmpty(t, f.Remedy)
	return f.Message, f.Remedy
}

func TestFirstStartMakesADatabaseAndTheNextOneFindsIt(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(dataDir(t), "made", "on demand")

	server := launch(t, dir)
	require.Equal(t, "augmentedos", query[string](t, server.URL(), `select current_database()`))
	require.Empty(t, query[string](t, server.URL(), `show listen_addresses`))
	require.Equal(t, "UTF8", query[string](t, server.URL(), `show server_encoding`))
	require.Equal(t, int64(3), query[int64](t, server.URL(), `with made as (select 1) select 3::int8 from made where 'B' < 'a' and lower('Ä') = 'ä'`), "text sorts by code point and knows letters")
	query[string](t, server.URL(), `select 1::text from (select set_config('x.y', '', false)) s`)
	_, err := tryQuery[string](t.Context(), server.URL(), `create table kept as select 'yes' as answer`)
	require.ErrorIs(t, err, pgx.ErrNoRows)
	stop(t, server)
	stop(t, server) // twice is harmless
	require.NoError(t, server.Err())
	require.Empty(t, postgres.ServerProcesses(dir))

	again := launch(t, dir)
	require.Equal(t, "yes", query[string](t, again.URL(), `select answer from kept`))
}

func TestTheWholeFolderIsPrivate(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server := launch(t, dir)
	for name, mode := range map[string]os.FileMode{"password": 0o600, "postgres.log": 0o600, "run": 0o700, "cluster": 0o700} {
		info, err := os.Stat(filepath.Join(dir, name))
		require.NoError(t, err)
		require.Equal(t, mode, info.Mode().Perm(), name)
	}
	_, err := tryQuery[int](t.Context(), strings.Replace(server.URL(), ":", "wrong:", 2), `select 1`)
	require.Error(t, err, "the password is asked for")
}

// startHelper runs another process that launches a server.
func startHelper(t *testing.T, dir string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), helperEnv+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return cmd
}

func TestKillingTheParentLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	helper := startHelper(t, dir)
	require.NotEmpty(t, postgres.ServerProcesses(dir))

	require.NoError(t, helper.Process.Kill())
	eventually(t, "every server process ends", func() bool { return len(postgres.ServerProcesses(dir)) == 0 })

	require.Equal(t, 1, query[int](t, launch(t, dir).URL(), `select 1`))
	log, err := os.ReadFile(filepath.Join(dir, "postgres.log"))
	require.NoError(t, err)
	require.NotContains(t, string(log), "automatic recovery", "the server was shut down cleanly")
}

func TestARestartRightAfterTheParentWasKilledWorks(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	helper := startHelper(t, dir)
	require.NoError(t, helper.Process.Kill())
	_ = helper.Wait() // the lock is free, its server may still be shutting down
	_, err := postgres.Attach(dir)
	require.Error(t, err, "nobody attaches to a server that is about to end")
	require.Equal(t, 1, query[int](t, launch(t, dir).URL(), `select 1`))
}

func TestAServerNobodyWatchesIsStoppedAndTakenOver(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	first := launch(t, dir)
	stop(t, first)
	stray, err := postgres.RunWithoutLauncher(first)
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- stray.Wait() }()
	eventually(t, "the stray server answers", func() bool {
		_, err := tryQuery[int](t.Context(), first.URL(), `select 1`)
		return err == nil
	})

	second := launch(t, dir)
	require.NoError(t, <-ended, "it was shut down cleanly")
	require.Equal(t, 1, query[int](t, second.URL(), `select 1`))
}

func TestACrashedServerComesBackWithItsData(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir}) // durable, as users run it
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	_, err = tryQuery[int](t.Context(), server.URL(), `create table kept as select 42 as answer`)
	require.ErrorIs(t, err, pgx.ErrNoRows)

	crashed := postgres.Postmaster(dir)
	require.NoError(t, syscall.Kill(crashed, syscall.SIGKILL))
	eventually(t, "a new server answers", func() bool {
		answer, err := tryQuery[int](t.Context(), server.URL(), `select answer from kept`)
		return err == nil && answer == 42 && postgres.Postmaster(dir) != crashed
	})
	select {
	case <-server.Done():
		t.Fatal("the server was given up")
	default:
	}
}

func TestASecondLauncherIsToldWhoIsFirst(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	launch(t, dir)
	_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir})
	require.ErrorIs(t, err, postgres.ErrLocked)
	message, _ := remedyOf(t, err)
	require.Contains(t, message, strconv.Itoa(os.Getpid()))
	require.Contains(t, message, dir)
}

func TestASecondCommandAttachesToTheServerOfTheFirst(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	_, err := postgres.Attach(dir)
	message, _ := remedyOf(t, err)
	require.Contains(t, message, dir)

	startHelper(t, dir)
	url, err := postgres.Attach(dir)
	require.NoError(t, err)
	require.Equal(t, "augmentedos", query[string](t, url, `select current_database()`))
}

func TestDataOfAnotherMajorVersionIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	cluster := postgres.ClusterDir(dir)
	require.NoError(t, os.Mkdir(cluster, 0o700))
	for name, text := range map[string]string{"PG_VERSION": "9\n", "precious": "data"} {
		require.NoError(t, os.WriteFile(filepath.Join(cluster, name), []byte(text), 0o600))
	}

	_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir})
	message, remedy := remedyOf(t, err)
	require.Contains(t, message, "made by PostgreSQL 9")
	require.Contains(t, remedy, "not touched")
	left, err := os.ReadFile(filepath.Join(cluster, "precious"))
	require.NoError(t, err)
	require.Equal(t, "data", string(left))
}

func TestAFolderOfSomethingElseIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	require.NoError(t, os.Mkdir(postgres.ClusterDir(dir), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(postgres.ClusterDir(dir), "notes.txt"), nil, 0o600))
	_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir})
	message, _ := remedyOf(t, err)
	require.Contains(t, message, "no PostgreSQL data directory")
}

func TestAClusterWithoutItsPasswordIsLeftAlone(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	stop(t, launch(t, dir))
	require.NoError(t, os.Remove(filepath.Join(dir, "password")))
	_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir})
	message, _ := remedyOf(t, err)
	require.Contains(t, message, "password")
}

func TestAFolderThatCannotBeUsedIsNamed(t *testing.T) {
	t.Parallel()
	t.Run("a file is in its place", func(t *testing.T) {
		t.Parallel()
		file := filepath.Join(dataDir(t), "file")
		require.NoError(t, os.WriteFile(file, nil, 0o600))
		_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: filepath.Join(file, "data")})
		message, remedy := remedyOf(t, err)
		require.Contains(t, message, "not a directory")
		require.Contains(t, remedy, "AOS_DATA_DIR")
	})
	t.Run("the server's account cannot enter it", func(t *testing.T) {
		t.Parallel()
		private := dataDir(t)
		require.NoError(t, os.Chmod(private, 0o700))
		if os.Geteuid() != 0 {
			require.NoError(t, os.Chmod(private, 0o500))
		}
		_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: filepath.Join(private, "data")})
		message, _ := remedyOf(t, err)
		require.Contains(t, message, private)
	})
	t.Run("its path is too long for a socket", func(t *testing.T) {
		t.Parallel()
		dir := filepath.Join(dataDir(t), strings.Repeat("long", 25))
		_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir})
		message, _ := remedyOf(t, err)
		require.Contains(t, message, "too long")
		require.NoDirExists(t, dir)
	})
}

func TestWhatAnInterruptedStartLeftIsNoObstacle(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	half := postgres.ClusterDir(dir) + ".new"
	require.NoError(t, os.Mkdir(half, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(half, "PG_VERSION"), []byte("15\n"), 0o600))

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := postgres.Launch(ctx, postgres.Options{DataDir: dir})
	require.Error(t, err)
	require.Equal(t, 1, query[int](t, launch(t, dir).URL(), `select 1`))
}

func TestAStalePIDOfAnotherProgramIsNoObstacle(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	stop(t, launch(t, dir))
	info, err := os.Stat(postgres.ClusterDir(dir))
	require.NoError(t, err)
	other := exec.Command("sleep", "60")
	owner := info.Sys().(*syscall.Stat_t)
	if os.Geteuid() == 0 { // a process of the server's own account, which it takes for a postmaster
		other.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: owner.Uid, Gid: owner.Gid}}
	}
	require.NoError(t, other.Start())
	t.Cleanup(func() {
		_ = other.Process.Kill()
		_ = other.Wait()
	})
	pidFile := filepath.Join(postgres.ClusterDir(dir), "postmaster.pid")
	text := strconv.Itoa(other.Process.Pid) + "\n" + postgres.ClusterDir(dir) + "\n1\n5432\n" + dir + "/run\n\n"
	require.NoError(t, os.WriteFile(pidFile, []byte(text), 0o600))
	require.NoError(t, os.Chown(pidFile, int(owner.Uid), int(owner.Gid)))

	require.Equal(t, 1, query[int](t, launch(t, dir).URL(), `select 1`))
}

func TestAServerThatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	_, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir, ExtraSettings: map[string]string{"no_such_setting": "1", "fsync": "off"}})
	message, remedy := remedyOf(t, err)
	require.Contains(t, message, "no_such_setting")
	require.Contains(t, remedy, "postgres.log")
	require.Equal(t, 1, query[int](t, launch(t, dir).URL(), `select 1`), "and the folder stays usable")
}

func TestBinariesThatTheUserNamedAreNotReplacedByOthers(t *testing.T) {
	t.Parallel()
	empty := t.TempDir()
	_, err := postgres.Find(t.Context(), empty, 0)
	message, remedy := remedyOf(t, err)
	require.Contains(t, message, empty)
	require.Contains(t, remedy, "AOS_POSTGRES_BIN")
}

func TestValuesNeverReachTheServersLog(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	server, err := postgres.Launch(t.Context(), postgres.Options{DataDir: dir, ExtraSettings: map[string]string{
		"fsync": "off", "log_min_duration_statement": "0", // the setting with which parameters would appear
	}})
	require.NoError(t, err)
	t.Cleanup(func() { stop(t, server) })
	const canary = "canary-7f3a"
	require.Equal(t, canary, query[string](t, server.URL(), `select $1::text`, canary))
	for _, sql := range []string{
		`select (('"' || $1::text)::jsonb)::text`,
		`with t as (select $1::text as v) select (1 / (length(v) - 11))::text from t`,
	} {
		_, err := tryQuery[string](t.Context(), server.URL(), sql, canary)
		require.Error(t, err)
	}
	stop(t, server)
	log, err := os.ReadFile(server.LogPath())
	require.NoError(t, err)
	require.Contains(t, string(log), "division by zero")
	require.NotContains(t, string(log), canary)
}

func TestACanceledStartLeavesNoProcess(t *testing.T) {
	t.Parallel()
	dir := dataDir(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		server, err := postgres.Launch(ctx, postgres.Options{DataDir: dir, ExtraSettings: quick()})
		if err == nil {
			err = errors.Join(errors.New("it was ready before"), server.Stop(context.Background()))
		}
		done <- err
	}()
	eventually(t, "initdb begins", func() bool {
		_, err := os.Stat(postgres.ClusterDir(dir) + ".new")
		return err == nil
	})
	cancel()
	require.ErrorIs(t, <-done, context.Canceled)
	require.Empty(t, postgres.ServerProcesses(dir))
}
