// Command with runs a command with one PostgreSQL for all the tests in it:
//
//	go run ./internal/testdb/with -- go test ./...
//
// The server ends with the command, on Ctrl-C, and when this process is killed.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/testdb"
)

func main() {
	args := os.Args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	if len(args) == 0 {
		fmt.Fprintln(os.Stderr, "usage: with -- command [argument ...]")
		os.Exit(2)
	}
	code, err := run(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
		var f *fault.Fault
		if errors.As(err, &f) && f.Remedy != "" {
			fmt.Fprintln(os.Stderr, f.Remedy)
		}
	}
	os.Exit(code)
}

func run(args []string) (code int, err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	url := os.Getenv(testdb.EnvURL)
	if url == "" {
		server, err := testdb.Launch(ctx)
		if err != nil {
			return 1, err
		}
		defer func() { err = errors.Join(err, server.Stop()) }()
		url = server.URL()
	}
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Env = append(os.Environ(), testdb.EnvURL+"="+url)
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	adopt(cmd)
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGINT) }
	cmd.WaitDelay = 10 * time.Second
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return max(exit.ExitCode(), 1), nil
	}
	if err != nil {
		return 1, err
	}
	return 0, nil
}
