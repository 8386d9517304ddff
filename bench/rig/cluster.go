// Package rig is what measurements and proofs of the live feed run on: clusters
// that can be killed, server processes behind a balancer, writers, and clients
// that speak the real transports. Everything listens on loopback.
package rig

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/augmentedos/graph/internal/postgres"
	"github.com/jackc/pgx/v5"
)

// Cluster is a PostgreSQL that may be treated badly. It trusts whoever connects
// from this machine and holds nothing of value.
type Cluster struct {
	Dir  string
	Port int

	bin     string
	account *syscall.Credential // PostgreSQL does not run as root
	clock   string              // file that says how far its clock is off; empty where that cannot be
	cmd     *exec.Cmd
	exited  chan struct{}
}

// settings make crashes real (fsync stays on) and prepared transactions and
// standbys possible.
const settings = `
listen_addresses = '127.0.0.1'
max_connections = 200
shared_buffers = 128MB
max_prepared_transactions = 20
wal_level = replica
max_wal_senders = 5
wal_keep_size = 256MB
log_min_messages = fatal
`

// NewCluster makes an empty cluster below dir and starts it.
func NewCluster(ctx context.Context, dir string) (*Cluster, error) {
	c, err := clusterAt(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := c.tool(ctx, "initdb", "-D", c.Dir, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"); err != nil {
		return nil, err
	}
	if err := c.configure(settings); err != nil {
		return nil, err
	}
	return c, c.Start(ctx)
}

// Standby copies a running cluster and follows it.
func (c *Cluster) Standby(ctx context.Context, dir string) (*Cluster, error) {
	s, err := clusterAt(ctx, dir)
	if err != nil {
		return nil, err
	}
	if err := s.tool(ctx, "pg_basebackup", "-D", s.Dir, "-h", "127.0.0.1", "-p", strconv.Itoa(c.Port), "-U", "postgres", "-R", "-X", "stream", "-c", "fast"); err != nil {
		return nil, err
	}
	return s, s.Start(ctx)
}

func clusterAt(ctx context.Context, dir string) (*Cluster, error) {
	found, err := postgres.Find(ctx, os.Getenv("AOS_POSTGRES_BIN"), 0)
	if err != nil {
		return nil, err
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: dir, Port: port, bin: found.Dir, account: unprivileged()}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	return c, c.own(dir)
}

// unprivileged is the account for programs that refuse to run as root; nil for
// whoever is not.
func unprivileged() *syscall.Credential {
	if os.Geteuid() != 0 {
		return nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := user.Lookup(name); err == nil {
			uid, _ := strconv.ParseUint(u.Uid, 10, 32)
			gid, _ := strconv.ParseUint(u.Gid, 10, 32)
			return &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		}
	}
	return nil
}

func (c *Cluster) own(path string) error {
	if c.account == nil {
		return nil
	}
	return os.Chown(path, int(c.account.Uid), int(c.account.Gid))
}

// FreePort is a port that stays free while whoever listens on it is away for a
// moment: the system takes the ports of outgoing connections from 32768 on.
func FreePort() (port int, err error) {
	const lowest, highest = 20_000, 32_000
	for range 100 {
		port = lowest + rand.IntN(highest-lowest)
		var l net.Listener
		if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port)); err == nil {
			return port, l.Close()
		}
	}
	return 0, err
}

func (c *Cluster) configure(text string) error {
	path := filepath.Join(c.Dir, "postgresql.auto.conf")
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(old, text...), 0o600)
}

// tool runs one of PostgreSQL's programs to its end.
func (c *Cluster) tool(ctx context.Context, name string, arguments ...string) error {
	cmd := exec.CommandContext(ctx, filepath.Join(c.bin, name), arguments...)
	cmd.Dir, cmd.SysProcAttr = "/", &syscall.SysProcAttr{Credential: c.account}
	var output bytes.Buffer
	cmd.Stdout, cmd.Stderr = &output, &output
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, output.String())
	}
	return nil
}

// Start starts the server and waits until it answers.
func (c *Cluster) Start(ctx context.Context) error {
	c.cmd = exec.Command(filepath.Join(c.bin, "postgres"), "-D", c.Dir, "-p", strconv.Itoa(c.Port), "-k", c.Dir)
	c.cmd.Dir = "/"
	c.cmd.Env = append(os.Environ(), c.skewed()...)
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: c.account, Setpgid: true, Pdeathsig: syscall.SIGINT}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	exited, cmd := make(chan struct{}), c.cmd
	c.exited = exited
	go func() { _ = cmd.Wait(); close(exited) }()
	return c.Await(ctx)
}

// Await waits until the server answers.
func (c *Cluster) Await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-c.exited:
			return errors.New("PostgreSQL ended while it started")
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// URL connects to a database of the cluster.
func (c *Cluster) URL(database string) string { return URL(c.Port, database) }

// URL connects to a database behind a port of this machine.
func URL(port int, database string) string {
	return fmt.Sprintf("postgres://postgres@127.0.0.1:%d/%s?sslmode=disable", port, database)
}

// Kill ends every process of the server without a warning.
func (c *Cluster) Kill() error {
	// The postmaster leads the process group that its children are in or left; those that left end when it is gone.
	err := c.cmd.Process.Kill()
	<-c.exited
	return errors.Join(err, c.awaitBackends())
}

// awaitBackends waits until the shared memory of a killed server is free.
func (c *Cluster) awaitBackends() error {
	for range 200 {
		left := c.processes()
		if len(left) == 0 {
			return nil
		}
		for _, pid := range left {
			_ = syscall.Kill(pid, syscall.SIGKILL)
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("backends outlive their postmaster")
}

// processes are those that have the cluster as their working directory, which
// are the server's and nobody else's.
func (c *Cluster) processes() (pids []int) {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	for _, link := range links {
		if cwd, err := os.Readlink(link); err == nil && cwd == c.Dir {
			if pid, err := strconv.Atoi(strings.Split(link, "/")[2]); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// Immediate is a shutdown without a checkpoint, as after a loss of power:
// commits that nobody waited for are gone.
func (c *Cluster) Immediate() error { return c.end(syscall.SIGQUIT) }

// Fast is an orderly shutdown.
func (c *Cluster) Fast() error { return c.end(syscall.SIGINT) }

func (c *Cluster) end(signal syscall.Signal) error {
	if c.cmd == nil || c.cmd.Process == nil {
		return nil
	}
	if err := c.cmd.Process.Signal(signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-c.exited:
		return nil
	case <-time.After(20 * time.Second):
		return c.Kill()
	}
}

// Promote makes a standby the primary.
func (c *Cluster) Promote(ctx context.Context) error {
	return c.tool(ctx, "pg_ctl", "promote", "-D", c.Dir, "-w", "-t", "30")
}

// Query runs statements on a connection of their own.
func Query(ctx context.Context, url, sql string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	_, err = conn.Exec(ctx, sql)
	return err
}

// One reads a single value.
func One[V any](ctx context.Context, url, sql string) (v V, err error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return v, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	return v, conn.QueryRow(ctx, sql).Scan(&v)
}

// Column reads one column of all rows.
func Column[V any](ctx context.Context, url, sql string) ([]V, error) {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return nil, err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, sql)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[V])
}
