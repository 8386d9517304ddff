//go:build unix && !linux

package postgres

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// confine makes the server a foreground child in its own process group. These
// systems cannot tie its life to ours; a server that outlives a killed parent
// is found and stopped by the next start.
func confine(cmd *exec.Cmd, run account) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Credential: run.credential()}
}

// serverProcesses is the postmaster named in postmaster.pid, provided that its
// command line names the data directory.
func serverProcesses(cluster string) []int {
	file, err := os.ReadFile(filepath.Join(cluster, "postmaster.pid"))
	if err != nil {
		return nil
	}
	first, _, _ := strings.Cut(string(file), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return nil
	}
	cmdline, err := quickly(context.Background(), "ps", "-o", "command=", "-p", strconv.Itoa(pid))
	if err != nil || !strings.Contains(cmdline, cluster) {
		return nil
	}
	return []int{pid}
}
