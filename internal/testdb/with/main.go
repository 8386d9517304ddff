// Command with runs a command with one PostgreSQL for all the tests in it:
//
//	go run ./internal/testdb/with -- go test ./...
//	go run ./internal/testdb/with -postgres 14 -- go test ./...
//
// The second form takes that major version, and gets it first when need be.
// The server ends with the command, on Ctrl-C, and when this process is killed.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/testdb"
)

func main() {
	major := flag.Int("postgres", 0, "major version of PostgreSQL; 0 takes what testdb finds")
	flag.Parse()
	if flag.NArg() == 0 {
		fmt.Fprintln(os.Stderr, "usage: with [-postgres 14] -- command [argument ...]")
		os.Exit(2)
	}
	code, err := run(*major, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "with:", err)
		var f *fault.Fault
		if errors.As(err, &f) && f.Remedy != "" {
			fmt.Fprintln(os.Stderr, f.Remedy)
		}
	}
	os.Exit(code)
}

func run(major int, args []string) (code int, err error) {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer cancel()
	url := os.Getenv(testdb.EnvURL)
	if major != 0 {
		bin, err := postgres.Install(ctx, os.Stderr, major)
		if err != nil {
			return 1, err
		}
		if err := os.Setenv("AOS_POSTGRES_BIN", bin.Dir); err != nil {
			return 1, err
		}
		url = "" // whatever server was given is not of that version
	}
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
