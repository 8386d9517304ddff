package main

import (
	"os/exec"
	"runtime"
	"syscall"
)

// adopt puts the command into a process group of its own, so that one signal
// reaches go test and the test binaries it started, and has the kernel
// interrupt it when we are killed. The kernel watches the thread that starts
// the command, hence the lock.
func adopt(cmd *exec.Cmd) {
	runtime.LockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGINT}
}
