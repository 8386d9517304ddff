package postgres

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

// role and database are what the embedded server holds for us. The role owns
// the cluster, so migrations may create extensions.
const (
	role     = "augmentedos"
	database = "augmentedos"
	port     = "5432" // only names the socket file, nothing listens on TCP
)

// folder is the data directory as users see it, and what we keep in it.
type folder struct {
	path    string // AOS_DATA_DIR
	cluster string // PostgreSQL's own data directory
	run     string // the socket
	log     string
	lock    string
	secret  string // the password file
}

func folderAt(path string) (folder, error) {
	if path == "" {
		def, err := DefaultDataDir()
		if err != nil {
			return folder{}, err
		}
		path = def
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return folder{}, err
	}
	// The kernel reports working directories without symbolic links.
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return folder{
		path:    path,
		cluster: filepath.Join(path, "cluster"),
		run:     filepath.Join(path, "run"),
		log:     filepath.Join(path, "postgres.log"),
		lock:    filepath.Join(path, "lock"),
		secret:  filepath.Join(path, "password"),
	}, nil
}

// prepare makes the folder and what belongs into it. An existing folder keeps
// its owner and mode: it may be the user's own.
func (f folder) prepare(run account) error {
	if n := len(filepath.Join(f.run, ".s.PGSQL."+port)); n > socketPathLimit() {
		return fault.Errorf(fault.Unavailable, "The path of the data folder %s is too long: the socket in it would take %d bytes and the system allows %d.", f.path, n, socketPathLimit()).
			Hint("Set AOS_DATA_DIR to a shorter path.")
	}
	mode := os.FileMode(0o700)
	if run.switched {
		mode = 0o755
	}
	switch info, err := os.Stat(f.path); {
	case errors.Is(err, os.ErrNotExist):
		if err := os.MkdirAll(f.path, mode); err != nil {
			return unusable(f.path, err)
		}
		if err := os.Chmod(f.path, mode); err != nil { // whatever the umask is
			return unusable(f.path, err)
		}
	case err != nil:
		return unusable(f.path, err)
	case !info.IsDir():
		return unusable(f.path, syscall.ENOTDIR)
	}
	if err := run.canEnter(f.path); err != nil {
		return err
	}
	if err := run.makeDir(f.run); err != nil {
		return unusable(f.path, err)
	}
	return nil
}

func unusable(path string, cause error) error {
	reason := cause
	var pathErr *os.PathError
	if errors.As(cause, &pathErr) {
		reason = pathErr.Err
	}
	return fault.Wrap(cause, fault.Unavailable, fmt.Sprintf("The data folder %s cannot be used: %v.", path, reason)).
		Hint("Set AOS_DATA_DIR to a folder this account may write.")
}

// ErrLocked is in the chain when another process launched the same folder.
var ErrLocked = errors.New("the data folder is in use")

// acquire takes the lock that makes us the only launcher of this folder. The
// kernel drops it when we die, however that happens.
func (f folder) acquire() (*os.File, error) {
	file, err := os.OpenFile(f.lock, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, unusable(f.path, err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		holder, _ := os.ReadFile(f.lock)
		file.Close()
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, unusable(f.path, err)
		}
		message := fmt.Sprintf("Another augmentedos (process %s) already runs the PostgreSQL in %s.", strings.TrimSpace(string(holder)), f.path)
		return nil, fault.Wrap(ErrLocked, fault.Unavailable, message).
			Hint("Stop it first, or set AOS_DATA_DIR to another folder.")
	}
	if err := errors.Join(file.Truncate(0), writeAt(file, strconv.Itoa(os.Getpid())+"\n")); err != nil {
		file.Close()
		return nil, unusable(f.path, err)
	}
	return file, nil
}

func writeAt(file *os.File, text string) error {
	_, err := file.WriteAt([]byte(text), 0)
	return err
}

// major reads which PostgreSQL made the cluster; 0 means there is none yet.
func (f folder) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(f.cluster, "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		if entries, err := os.ReadDir(f.cluster); err == nil && len(entries) > 0 {
			return 0, fault.Errorf(fault.Unavailable, "The folder %s holds files but no PostgreSQL data directory.", f.cluster).
				Hint("Move it away, or set AOS_DATA_DIR to another folder. Nothing in it was changed.")
		}
		return 0, nil
	}
	if err != nil {
		return 0, unusable(f.path, err)
	}
	major, err := strconv.Atoi(strings.TrimSpace(string(text)))
	if err != nil {
		return 0, fault.Errorf(fault.Unavailable, "%s/PG_VERSION does not hold a version number.", f.cluster).
			Hint("Restore the folder from a backup, or set AOS_DATA_DIR to another one.")
	}
	return major, nil
}

// binaries finds a server for the cluster. A cluster only ever runs on the
// major version that made it; upgrading is the user's decision.
func (f folder) binaries(ctx context.Context, binDir string, major int) (Binaries, error) {
	found, err := Find(ctx, binDir, major)
	if err == nil || major == 0 {
		return found, err
	}
	message := fmt.Sprintf("The data in %s was made by PostgreSQL %d, and no usable PostgreSQL %d was found.", f.path, major, major)
	if other, err := Find(ctx, binDir, 0); err == nil {
		message = fmt.Sprintf("The data in %s was made by PostgreSQL %d, but %s holds PostgreSQL %s.", f.path, major, other.Dir, other.Version)
	}
	return Binaries{}, fault.Wrap(err, fault.Unavailable, message).
		Hint("Run `augmentedos postgres install --major %d`; to change the version, export with it and import into a new AOS_DATA_DIR. The data was not touched.", major)
}

// password reads the role's password, or makes one for a new cluster.
func (f folder) password(run account) (string, error) {
	text, err := os.ReadFile(f.secret)
	if err == nil && len(text) > 0 {
		return strings.TrimSpace(string(text)), nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return "", unusable(f.path, err)
	}
	if _, err := os.Stat(f.cluster); err == nil {
		return "", fault.Errorf(fault.Unavailable, "The password file %s is gone, so the data in %s cannot be opened.", f.secret, f.path).
			Hint("Restore the file from a backup. The data was not touched.")
	}
	random := make([]byte, 24)
	if _, err := rand.Read(random); err != nil {
		return "", fmt.Errorf("making a password: %w", err)
	}
	password := hex.EncodeToString(random)
	if err := os.WriteFile(f.secret, []byte(password+"\n"), 0o600); err != nil {
		return "", unusable(f.path, err)
	}
	if err := run.own(f.secret); err != nil { // initdb reads it as that account
		return "", unusable(f.path, err)
	}
	return password, nil
}

// create makes the cluster beside its final place and moves it there when it is
// whole, so an interrupted initdb never looks like a data directory.
func (f folder) create(ctx context.Context, bin Binaries, run account, quick bool) error {
	building := f.cluster + ".new"
	if err := os.RemoveAll(building); err != nil { // never served: see above
		return unusable(f.path, err)
	}
	var failures []error
	for _, locale := range locales(bin.Major) {
		if err := run.makeDir(building); err != nil {
			return unusable(f.path, err)
		}
		args := append([]string{"-D", building, "-U", role, "--pwfile=" + f.secret, "-A", "scram-sha-256", "-E", "UTF8"}, locale...)
		if quick {
			args = append(args, "--no-sync")
		}
		cmd := exec.CommandContext(ctx, filepath.Join(bin.Dir, "initdb"), args...)
		confine(cmd, run)
		cmd.Dir = f.run // a folder that the account can enter
		cmd.Env = serverEnv()
		cmd.WaitDelay = 10 * time.Second // for a child of a killed initdb
		out, err := cmd.CombinedOutput()
		if err == nil {
			if err := os.Rename(building, f.cluster); err != nil {
				return unusable(f.path, err)
			}
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failures = append(failures, fmt.Errorf("initdb: %w: %s", err, lastLines(string(out), 3)))
	}
	return fault.Wrap(errors.Join(failures...), fault.Unavailable, "A new PostgreSQL data directory could not be made: "+failures[0].Error()).
		Hint("Check the disk and the permissions of %s.", f.path)
}

// locales are tried in order. Text sorts by code point, so an index made on one
// machine is right on every other; letters are classified by Unicode, without
// which pg_trgm ignores everything that is not ASCII.
func locales(major int) [][]string {
	unicode := "C.UTF-8"
	if runtime.GOOS == "darwin" {
		unicode = "UTF-8"
	}
	list := [][]string{{"--locale=C", "--lc-ctype=" + unicode}, {"--locale=C"}}
	if major >= 17 {
		list = append([][]string{{"--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"}}, list...)
	}
	return list
}

// serverEnv keeps the caller's PG* variables away from the server.
func serverEnv() []string {
	env := []string{"LC_ALL=C", "TZ=UTC"}
	for _, name := range []string{"PATH", "TMPDIR", "LD_LIBRARY_PATH"} {
		if value, ok := os.LookupEnv(name); ok {
			env = append(env, name+"="+value)
		}
	}
	return env
}

// settle waits until nobody works on the cluster any more. A postmaster whose
// launcher died is told to stop; backends of a killed one leave by themselves.
func (f folder) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	asked := false
	for {
		pids := serverProcesses(f.cluster)
		if len(pids) == 0 {
			break
		}
		if postmaster := f.postmaster(pids); postmaster != 0 && !asked {
			asked = true
			_ = syscall.Kill(postmaster, syscall.SIGINT) // it may just have gone
		}
		select {
		case <-ctx.Done():
			return fault.Errorf(fault.Unavailable, "PostgreSQL processes %v still work on %s and do not stop.", pids, f.path).
				Hint("Stop them, or set AOS_DATA_DIR to another folder.")
		case <-tick.C:
		}
	}
	return f.dropStalePID()
}

// postmaster is the one of pids that postmaster.pid names, 0 if none is.
func (f folder) postmaster(pids []int) int {
	recorded := f.recordedPID()
	for _, pid := range pids {
		if pid == recorded {
			return pid
		}
	}
	return 0
}

func (f folder) recordedPID() int {
	text, err := os.ReadFile(filepath.Join(f.cluster, "postmaster.pid"))
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return 0
	}
	return pid
}

// dropStalePID removes a postmaster.pid whose number now belongs to another
// program, which happens at every start in a container. PostgreSQL would refuse
// to start; a number that nobody has it clears by itself.
func (f folder) dropStalePID() error {
	pid := f.recordedPID()
	if runtime.GOOS != "linux" || pid == 0 || syscall.Kill(pid, 0) != nil {
		return nil
	}
	if err := os.Remove(filepath.Join(f.cluster, "postmaster.pid")); err != nil && !errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("removing a stale postmaster.pid: %w", err)
	}
	return nil
}

func (f folder) url(password, database string) string {
	query := url.Values{"host": {f.run}, "port": {port}}
	// PostgreSQL clients do not read a plus sign as a space.
	encoded := strings.ReplaceAll(query.Encode(), "+", "%20")
	u := url.URL{Scheme: "postgres", User: url.UserPassword(role, password), Path: "/" + database, RawQuery: encoded}
	return u.String()
}

// logTail is what the server wrote since offset, for the message of a start
// that failed.
func (f folder) logTail(offset int64) string {
	file, err := os.Open(f.log)
	if err != nil {
		return ""
	}
	defer file.Close()
	text := make([]byte, 16<<10)
	n, _ := file.ReadAt(text, offset)
	return lastLines(string(text[:n]), 4)
}

func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, " | ")
}
