// Package postgres runs a PostgreSQL of our own when no DATABASE_URL is given,
// and opens the connection pools on either kind of server.
package postgres

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sort"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/augmentedos/graph/internal/fault"
)

// Options say where the embedded server lives. The zero value is what
// `augmentedos serve` uses.
type Options struct {
	DataDir       string            // "" = DefaultDataDir()
	BinDir        string            // "" = search, see Find
	ExtraSettings map[string]string // postgresql.conf settings that win over ours
	Log           *slog.Logger      // nil = silent
}

// Server is a running PostgreSQL that lives and dies with this process. It
// listens on a Unix socket only, is restarted when it crashes, and ends with
// Stop or when the process is gone, kill -9 included (on Linux).
type Server struct {
	folder   folder
	bin      Binaries
	account  account
	settings map[string]string
	log      *slog.Logger
	password string
	lock     *os.File

	mu       sync.Mutex
	process  *os.Process // nil while none runs
	started  bool        // the first start was answered
	stopping bool
	err      error

	stop chan struct{} // closed by the first Stop
	done chan struct{} // closed when nothing runs any more
}

// Launch starts the server of a data directory, which it makes when there is
// none, and returns when it answers. ctx bounds the start only. It never
// downloads, installs or deletes anything.
func Launch(ctx context.Context, opts Options) (*Server, error) {
	log := opts.Log
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	run, err := serverAccount()
	if err != nil {
		return nil, err
	}
	place, err := folderAt(opts.DataDir)
	if err != nil {
		return nil, err
	}
	if err := place.prepare(run); err != nil {
		return nil, err
	}
	if place, err = folderAt(place.path); err != nil { // it exists now: links resolve
		return nil, err
	}
	lock, err := place.acquire()
	if err != nil {
		return nil, err
	}
	s := &Server{
		folder: place, account: run, settings: opts.ExtraSettings, log: log, lock: lock,
		stop: make(chan struct{}), done: make(chan struct{}),
	}
	if err := s.open(ctx, opts); err != nil {
		lock.Close()
		return nil, err
	}
	go s.supervise()
	if err := s.awaitFirstStart(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// open finds the binaries and leaves a cluster that may be started.
func (s *Server) open(ctx context.Context, opts Options) error {
	major, err := s.folder.major()
	if err != nil {
		return err
	}
	if s.bin, err = s.folder.binaries(ctx, opts.BinDir, major); err != nil {
		return err
	}
	if s.password, err = s.folder.password(s.account); err != nil {
		return err
	}
	if major != 0 {
		return s.folder.settle(ctx)
	}
	begin := time.Now()
	if err := s.folder.create(ctx, s.bin, s.account, opts.ExtraSettings["fsync"] == "off"); err != nil {
		return err
	}
	s.log.Info("made a PostgreSQL data directory", "dir", s.folder.path, "version", s.bin.Version, "took", since(begin))
	return nil
}

// awaitFirstStart returns when the server answers and our database exists.
func (s *Server) awaitFirstStart(ctx context.Context) error {
	begin := time.Now()
	err := s.createDatabase(ctx)
	if err == nil {
		s.mu.Lock()
		s.started = true
		s.mu.Unlock()
		s.log.Info("PostgreSQL answers", "version", s.bin.Version, "dir", s.folder.path, "took", since(begin))
		return nil
	}
	stopCtx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	_ = s.Stop(stopCtx) // the reason below matters more
	if ended := s.Err(); ended != nil {
		return ended
	}
	return err
}

func (s *Server) createDatabase(ctx context.Context) error {
	conn, err := s.connect(ctx)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	var exists bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1)`, database).Scan(&exists); err != nil {
		return fmt.Errorf("looking for the database: %w", err)
	}
	if exists {
		return nil
	}
	if _, err := conn.Exec(ctx, `create database `+pgx.Identifier{database}.Sanitize()); err != nil {
		return fmt.Errorf("creating the database: %w", err)
	}
	return nil
}

// cannotConnectNow is the SQLSTATE of a server that is still starting.
const cannotConnectNow = "57P03"

// connect tries until the server answers, ends or takes too long. A crash
// recovery may need its time, so the bound is wide.
func (s *Server) connect(ctx context.Context) (*pgx.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Minute)
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.folder.url(s.password, "postgres"))
		if err == nil {
			return conn, nil
		}
		var refused *pgconn.PgError
		if errors.As(err, &refused) && refused.Code != cannotConnectNow {
			return nil, fault.Wrap(err, fault.Unavailable, "The PostgreSQL in "+s.folder.path+" refuses us: "+refused.Message+".").
				Hint("Restore the data folder, its password file included, from one backup.")
		}
		select {
		case <-s.done:
			return nil, s.Err()
		case <-ctx.Done():
			return nil, fault.Wrap(err, fault.Unavailable, "PostgreSQL did not answer in time: "+plainCause(err)+".").
				Hint("Read its log: %s", s.folder.log)
		case <-tick.C:
		}
	}
}

// URL connects to our database on the server.
func (s *Server) URL() string { return s.folder.url(s.password, database) }

// DataDir is the folder that everything of this server lies in.
func (s *Server) DataDir() string { return s.folder.path }

// LogPath is the file the server writes its log to.
func (s *Server) LogPath() string { return s.folder.log }

// Version is the server's version, such as "17.10".
func (s *Server) Version() string { return s.bin.Version }

// Done is closed when the server has ended and will not come back.
func (s *Server) Done() <-chan struct{} { return s.done }

// Err says why the server ended; nil while it runs and after Stop.
func (s *Server) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.err
}

// Stop ends the server cleanly and waits for it. When ctx ends first, the
// server is stopped the hard way, which costs a recovery at the next start but
// no data. Stopping twice is harmless.
func (s *Server) Stop(ctx context.Context) error {
	s.mu.Lock()
	if !s.stopping {
		s.stopping = true
		close(s.stop)
	}
	s.signal(syscall.SIGINT)
	s.mu.Unlock()
	select {
	case <-s.done:
		return nil
	case <-ctx.Done():
	}
	s.mu.Lock()
	s.signal(syscall.SIGQUIT)
	s.mu.Unlock()
	<-s.done
	return fmt.Errorf("stopping PostgreSQL: %w", ctx.Err())
}

// signal needs mu.
func (s *Server) signal(sig syscall.Signal) {
	if s.process != nil {
		_ = s.process.Signal(sig) // it may just have ended by itself
	}
}

// crashWindow and crashLimit tell a bad day from a server that cannot run.
const (
	crashWindow = time.Minute
	crashLimit  = 5
)

// supervise keeps the server running until Stop. It stays on one OS thread
// because the kernel ties the server's life to the thread that started it.
func (s *Server) supervise() {
	runtime.LockOSThread() // never unlocked: the thread ends with this goroutine
	defer close(s.done)
	defer s.lock.Close()
	var crashes []time.Time
	for {
		offset, err := s.runOnce()
		s.mu.Lock()
		stopping, started := s.stopping, s.started
		s.mu.Unlock()
		if stopping {
			return
		}
		reason := fmt.Sprintf("PostgreSQL ended by itself (%v): %s", err, s.folder.logTail(offset))
		for len(crashes) > 0 && time.Since(crashes[0]) > crashWindow {
			crashes = crashes[1:]
		}
		crashes = append(crashes, time.Now())
		if !started || len(crashes) > crashLimit {
			s.fail(fault.Wrap(err, fault.Unavailable, reason).Hint("Read its log: %s", s.folder.log))
			return
		}
		s.log.Warn("PostgreSQL ended by itself and is started again", "err", err, "log", s.folder.logTail(offset))
		if !s.pause(time.Duration(len(crashes)-1) * 200 * time.Millisecond) {
			return
		}
		if err := s.folder.settle(context.Background()); err != nil {
			s.fail(err)
			return
		}
	}
}

// pause waits between two starts; false means that Stop was called meanwhile.
func (s *Server) pause(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-s.stop:
		return false
	case <-timer.C:
		return true
	}
}

func (s *Server) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// runOnce starts the server and waits for its end. offset is where its part of
// the log begins.
func (s *Server) runOnce() (offset int64, err error) {
	out, offset, err := s.openLog()
	if err != nil {
		return 0, err
	}
	defer out.Close()
	cmd := exec.Command(filepath.Join(s.bin.Dir, "postgres"), s.arguments()...)
	confine(cmd, s.account)
	cmd.Dir, cmd.Env = s.folder.run, serverEnv()
	cmd.Stdout, cmd.Stderr = out, out

	s.mu.Lock()
	if s.stopping {
		s.mu.Unlock()
		return offset, nil
	}
	err = cmd.Start()
	if err == nil {
		s.process = cmd.Process
	}
	s.mu.Unlock()
	if err != nil {
		return offset, fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	err = cmd.Wait()
	s.mu.Lock()
	s.process = nil
	s.mu.Unlock()
	if err == nil {
		err = errors.New("exit status 0")
	}
	return offset, err
}

// logLimit is when the server's log gives way to a new one at a start.
const logLimit = 20 << 20

func (s *Server) openLog() (*os.File, int64, error) {
	if info, err := os.Stat(s.folder.log); err == nil && info.Size() > logLimit {
		if err := os.Rename(s.folder.log, s.folder.log+".1"); err != nil {
			return nil, 0, fmt.Errorf("rotating the PostgreSQL log: %w", err)
		}
	}
	file, err := os.OpenFile(s.folder.log, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
	if err != nil {
		return nil, 0, fmt.Errorf("opening the PostgreSQL log: %w", err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, 0, fmt.Errorf("opening the PostgreSQL log: %w", err)
	}
	return file, info.Size(), nil
}

// arguments are the command line. What it says wins over postgresql.conf, so
// the socket and the silence about parameters cannot be lost by an edit there.
func (s *Server) arguments() []string {
	settings := map[string]string{
		"listen_addresses":        "",
		"port":                    port,
		"unix_socket_directories": quoted(s.folder.run),
		"unix_socket_permissions": "0700",
		"cluster_name":            role,
		"logging_collector":       "off",
		"log_destination":         "stderr",
		"log_line_prefix":         "%m [%p] ",
		"log_timezone":            "UTC",
		"timezone":                "UTC",
		// Values of users never reach the log: not as parameters, and not in
		// the DETAIL and CONTEXT lines of errors.
		"log_parameter_max_length":          "0",
		"log_parameter_max_length_on_error": "0",
		"log_error_verbosity":               "terse",
	}
	for name, value := range s.settings {
		settings[name] = value
	}
	names := make([]string, 0, len(settings))
	for name := range settings {
		names = append(names, name)
	}
	sort.Strings(names)
	args := []string{"-D", s.folder.cluster}
	for _, name := range names {
		args = append(args, "-c", name+"="+settings[name])
	}
	return args
}

// quoted protects a path in a setting that is a list separated by commas.
func quoted(path string) string { return `"` + strings.ReplaceAll(path, `"`, `""`) + `"` }

func since(begin time.Time) time.Duration { return time.Since(begin).Round(time.Millisecond) }

// Exists tells whether a data directory ("" = DefaultDataDir()) holds a server.
func Exists(dataDir string) bool {
	place, err := folderAt(dataDir)
	if err != nil {
		return false
	}
	_, err = os.Stat(filepath.Join(place.cluster, "PG_VERSION"))
	return err == nil || !errors.Is(err, os.ErrNotExist)
}

// Attach returns the URL of the server that another process of ours runs on a
// data directory ("" = DefaultDataDir()), so that a second command can work
// beside `augmentedos serve`.
func Attach(dataDir string) (string, error) {
	place, err := folderAt(dataDir)
	if err != nil {
		return "", err
	}
	if place.postmaster(serverProcesses(place.cluster)) == 0 || place.abandoned() {
		return "", fault.Errorf(fault.Unavailable, "No PostgreSQL of ours runs in %s.", place.path).
			Hint("Start `augmentedos serve`, or set DATABASE_URL or AOS_DATA_DIR to where your data is.")
	}
	text, err := os.ReadFile(place.secret)
	if err != nil {
		return "", unusable(place.path, err)
	}
	return place.url(strings.TrimSpace(string(text)), database), nil
}

// abandoned is true when no process of ours watches over the server, as after
// kill -9: it is about to shut down, and Launch takes over from it.
func (f folder) abandoned() bool {
	lock, err := f.acquire()
	if err != nil {
		return false
	}
	lock.Close()
	return true
}
