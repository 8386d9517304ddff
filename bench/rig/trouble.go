package rig

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"

	"github.com/jackc/pgx/v5"
	"golang.org/x/sys/unix"
)

// Fill makes every file of the server end where it is, as on a full disk, until
// free is called. The server may give up meanwhile: it does when its log does
// not fit.
func (c *Cluster) Fill() (free func()) {
	c.limitFiles(1 << 20)
	return func() { c.limitFiles(unix.RLIM_INFINITY) }
}

func (c *Cluster) limitFiles(bytes uint64) {
	for _, pid := range append(c.processes(), c.cmd.Process.Pid) {
		var limit unix.Rlimit
		if unix.Prlimit(pid, unix.RLIMIT_FSIZE, nil, &limit) == nil {
			limit.Cur = min(bytes, limit.Max)
			_ = unix.Prlimit(pid, unix.RLIMIT_FSIZE, &limit, nil) // a process that has just ended needs no limit
		}
	}
}

// Ended is true when the server gave up by itself.
func (c *Cluster) Ended(within time.Duration) bool {
	select {
	case <-c.exited:
		return true
	case <-time.After(within):
		return false
	}
}

// Exhaust opens connections until the server takes no more, and holds them
// until release is called.
func (c *Cluster) Exhaust(ctx context.Context) (release func(), held int) {
	var open []*pgx.Conn
	for {
		conn, err := pgx.Connect(ctx, c.URL("postgres"))
		if err != nil {
			break
		}
		open = append(open, conn)
	}
	return func() {
		for _, conn := range open {
			_ = conn.Close(context.WithoutCancel(ctx))
		}
	}, len(open)
}

// ErrNoClock tells that clocks cannot be changed here.
var ErrNoClock = errors.New("libfaketime is not installed")

// skewed are the variables with which the server takes its time from a file.
// Time that only goes by stays as it is, so nothing that waits is disturbed.
func (c *Cluster) skewed() []string {
	found, _ := filepath.Glob("/usr/lib/*/faketime/libfaketime.so.1")
	if len(found) == 0 {
		return nil
	}
	if c.clock == "" {
		c.clock = filepath.Join(c.Dir, "clock")
		if err := os.WriteFile(c.clock, []byte("+0"), 0o644); err != nil {
			c.clock = ""
			return nil
		}
	}
	return []string{"LD_PRELOAD=" + found[0], "FAKETIME_TIMESTAMP_FILE=" + c.clock, "FAKETIME_CACHE_DURATION=1",
		"FAKETIME_DONT_FAKE_MONOTONIC=1", "FAKETIME_DISABLE_SHM=1"}
}

// SetClock puts the server's clock off by so much, such as -12h, and waits until
// it shows.
func (c *Cluster) SetClock(ctx context.Context, offset string) error {
	if c.clock == "" {
		return ErrNoClock
	}
	if err := os.WriteFile(c.clock, []byte(offset), 0o644); err != nil {
		return err
	}
	want, err := time.ParseDuration(offset)
	if err != nil {
		return err
	}
	for range 100 {
		now, err := One[time.Time](ctx, c.URL("postgres"), "select clock_timestamp()")
		if err == nil && (time.Until(now)-want).Abs() < time.Minute {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	return errors.New("the clock of PostgreSQL did not change")
}
