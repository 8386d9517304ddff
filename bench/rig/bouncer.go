package rig

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Bouncer is a PgBouncer in transaction mode.
type Bouncer struct {
	Port int

	binary, config string
	server         string // where it leads, in the words of its configuration
	account        *syscall.Credential
	cmd            *exec.Cmd
	exited         chan struct{}
}

// ErrNoBouncer tells that PgBouncer is not installed here.
var ErrNoBouncer = errors.New("pgbouncer is not installed")

// NewBouncer starts a PgBouncer before a server, such as host=127.0.0.1 port=5432
// user=postgres, with that many connections to it. auth_type any needs one user
// for everybody.
func NewBouncer(dir, server string, pool int) (*Bouncer, error) {
	binary, err := exec.LookPath("pgbouncer")
	if err != nil {
		return nil, ErrNoBouncer
	}
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	b := &Bouncer{Port: port, binary: binary, config: filepath.Join(dir, "pgbouncer.ini"), server: server, account: unprivileged()}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	if err := b.configure(pool); err != nil {
		return nil, err
	}
	return b, b.Start(context.Background())
}

func (b *Bouncer) configure(pool int) error {
	text := fmt.Sprintf(`[databases]
* = %s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = any
pool_mode = transaction
max_client_conn = 500
default_pool_size = %d
ignore_startup_parameters = extra_float_digits
server_login_retry = 1
`, b.server, b.Port, pool)
	return os.WriteFile(b.config, []byte(text), 0o644)
}

// Resize changes the number of connections to the server while it runs.
func (b *Bouncer) Resize(pool int) error {
	if err := b.configure(pool); err != nil {
		return err
	}
	return b.cmd.Process.Signal(syscall.SIGHUP)
}

// Start starts it and waits until it listens.
func (b *Bouncer) Start(ctx context.Context) error {
	b.cmd = exec.CommandContext(ctx, b.binary, "-q", b.config)
	b.cmd.SysProcAttr = &syscall.SysProcAttr{Credential: b.account, Pdeathsig: syscall.SIGKILL}
	if err := b.cmd.Start(); err != nil {
		return err
	}
	exited, cmd := make(chan struct{}), b.cmd
	b.exited = exited
	go func() { _ = cmd.Wait(); close(exited) }()
	for range 100 {
		if conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", b.Port), time.Second); err == nil {
			return conn.Close()
		}
		time.Sleep(20 * time.Millisecond)
	}
	return errors.New("pgbouncer does not listen")
}

// Kill ends it without a warning.
func (b *Bouncer) Kill() {
	if b.cmd != nil && b.cmd.Process != nil {
		_ = b.cmd.Process.Kill()
		<-b.exited
	}
}
