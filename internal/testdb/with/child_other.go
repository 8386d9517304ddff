//go:build unix && !linux

package main

import (
	"os/exec"
	"syscall"
)

// adopt puts the command into a process group of its own, so that one signal
// reaches go test and the test binaries it started.
func adopt(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
