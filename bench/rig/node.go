package rig

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"
)

// Node is a server process of ours.
type Node struct {
	Addr      string
	Arguments []string // of the program; serve unless set

	binary string
	env    []string
	log    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// NewNode prepares a server; settings are further environment variables.
func NewNode(binary, logFile string, settings ...string) (*Node, error) {
	port, err := FreePort()
	if err != nil {
		return nil, err
	}
	n := &Node{Addr: fmt.Sprintf("127.0.0.1:%d", port), binary: binary, log: logFile}
	n.env = append(os.Environ(), "AOS_ADDR="+n.Addr, "AOS_DEMO=off", "AOS_LOG_LEVEL=warn", "AOS_DATA_DIR="+filepath.Dir(logFile))
	n.env = append(n.env, settings...)
	return n, nil
}

// Start starts the process and waits until it is ready.
func (n *Node) Start(ctx context.Context) error {
	log, err := os.OpenFile(n.log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer log.Close() // the process has its own
	arguments := n.Arguments
	if arguments == nil {
		arguments = []string{"serve"}
	}
	n.cmd = exec.Command(n.binary, arguments...)
	n.cmd.Env, n.cmd.Stdout, n.cmd.Stderr = n.env, log, log
	n.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := n.cmd.Start(); err != nil {
		return err
	}
	exited, cmd := make(chan struct{}), n.cmd
	n.exited = exited
	go func() { _ = cmd.Wait(); close(exited) }()
	return n.await(ctx)
}

func (n *Node) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 3*time.Minute) // machines may be busy
	defer cancel()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+n.Addr+"/readyz", nil)
		if err != nil {
			return err
		}
		if response, err := http.DefaultClient.Do(request); err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-n.exited:
			return fmt.Errorf("the server ended while it started; see %s", n.log)
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready; see %s", n.log)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Freeze stops the process in its tracks, as a machine that is moved or starved
// does: it keeps its connections and answers nothing. Thaw lets it go on.
func (n *Node) Freeze() error { return n.cmd.Process.Signal(syscall.SIGSTOP) }

// Thaw lets a frozen process go on.
func (n *Node) Thaw() error { return n.cmd.Process.Signal(syscall.SIGCONT) }

// Said is what the process wrote so far, its predecessors on the same log included.
func (n *Node) Said() string {
	text, _ := os.ReadFile(n.log)
	return string(text)
}

// Kill ends the process without a warning.
func (n *Node) Kill() {
	if n.cmd != nil && n.cmd.Process != nil {
		_ = n.cmd.Process.Kill()
		<-n.exited
	}
}

// Stop asks the process to end and waits.
func (n *Node) Stop() error {
	if n.cmd == nil {
		return nil
	}
	if err := n.cmd.Process.Signal(syscall.SIGTERM); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	select {
	case <-n.exited:
	case <-time.After(30 * time.Second):
		n.Kill()
	}
	return nil
}

// PID is that of the running process.
func (n *Node) PID() int { return n.cmd.Process.Pid }

// RSS is the memory the process holds in bytes, from /proc.
func (n *Node) RSS() int {
	fields := procStat(n.PID())
	if len(fields) < 22 {
		return 0
	}
	pages, _ := strconv.Atoi(fields[21])
	return pages * os.Getpagesize()
}
