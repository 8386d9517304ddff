package postgres

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// confine makes the server a foreground child in its own process group (a
// Ctrl-C in the terminal reaches us alone, so we decide when it stops) that the
// kernel asks to shut down when the thread that started it is gone, kill -9 of
// our process included.
func confine(cmd *exec.Cmd, run account) {
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Setpgid:    true,
		Pdeathsig:  syscall.SIGINT,
		Credential: run.credential(),
	}
}

// serverProcesses lists the processes that work on a data directory: every
// PostgreSQL process has it as its working directory. Asking the kernel instead
// of postmaster.pid sees what the file does not tell: backends that outlive a
// killed postmaster, and a process id that was given to another program since.
func serverProcesses(cluster string) []int {
	links, _ := filepath.Glob("/proc/[0-9]*/cwd")
	var pids []int
	for _, link := range links {
		cwd, err := os.Readlink(link)
		if err != nil || cwd != cluster {
			continue
		}
		dir := filepath.Dir(link)
		cmdline, err := os.ReadFile(filepath.Join(dir, "cmdline"))
		if err != nil || !isServer(string(cmdline)) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil {
			pids = append(pids, pid)
		}
	}
	return pids
}

// isServer knows a postmaster by its program and a backend by its title.
func isServer(cmdline string) bool {
	program, _, _ := strings.Cut(cmdline, "\x00")
	return strings.HasPrefix(program, "postgres:") || filepath.Base(program) == "postgres"
}
