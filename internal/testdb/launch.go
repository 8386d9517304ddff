package testdb

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/augmentedos/graph/internal/postgres"
)

// maxSlots bounds how many test servers of one version may run at a time.
const maxSlots = 16

// Server is a PostgreSQL for tests: quick, forgetful and kept between runs.
type Server struct {
	server *postgres.Server
}

// Launch starts a server for tests. Its data directory is one of a few slots
// in memory, or else in the temporary folder, that are used again, so a warm
// start takes a tenth of a second and a template that did not change is still
// there. A slot belongs to one process at a time.
func Launch(ctx context.Context) (*Server, error) {
	bin, err := postgres.Find(ctx, "", 0)
	if err != nil {
		return nil, err
	}
	base, err := baseDir()
	if err != nil {
		return nil, err
	}
	var failures []error
	for slot := range maxSlots {
		server, err := postgres.Launch(ctx, postgres.Options{
			DataDir:       filepath.Join(base, fmt.Sprintf("%d-%d", bin.Major, slot)),
			BinDir:        bin.Dir,
			ExtraSettings: settings(),
		})
		if errors.Is(err, postgres.ErrLocked) {
			continue
		}
		if err != nil {
			failures = append(failures, err)
			continue
		}
		if err := sweep(ctx, server.URL()); err != nil {
			return nil, errors.Join(err, server.Stop(ctx))
		}
		return &Server{server: server}, nil
	}
	return nil, fmt.Errorf("no slot in %s is free: %w", base, errors.Join(failures...))
}

// URL connects to the server's maintenance database.
func (s *Server) URL() string { return s.server.URL() }

// Stop ends the server; its slot is free for the next one.
func (s *Server) Stop() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	return s.server.Stop(ctx)
}

// settings trade durability for speed, and leave room for many packages.
func settings() map[string]string {
	return map[string]string{
		"fsync":              "off",
		"full_page_writes":   "off",
		"synchronous_commit": "off",
		"max_connections":    "300",
		"max_wal_size":       "512MB",
		"min_wal_size":       "32MB", // what is left when the tests are over
		"checkpoint_timeout": "1h",
		"autovacuum":         "off",
	}
}

// memoryDir is a folder in memory where Linux has one. Each test has a database
// of nine hundred files, and most of its time went into making and removing
// them: the tests take half as long there. It is used when there is plenty of it.
const (
	memoryDir   = "/dev/shm"
	memoryBytes = 4 << 30
)

func tempDir() string {
	var there syscall.Statfs_t
	if os.Getenv("TMPDIR") == "" && syscall.Statfs(memoryDir, &there) == nil && there.Bavail*uint64(there.Bsize) >= memoryBytes {
		return memoryDir
	}
	return os.TempDir()
}

// baseDir is ours alone: the temporary folder is everybody's.
func baseDir() (string, error) {
	dir := filepath.Join(tempDir(), "aos-test-"+strconv.Itoa(os.Geteuid()))
	if err := os.Mkdir(dir, 0o755); err != nil && !errors.Is(err, os.ErrExist) {
		return "", err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return "", err
	}
	if stat, ok := info.Sys().(*syscall.Stat_t); !ok || !info.IsDir() || int(stat.Uid) != os.Geteuid() {
		return "", fmt.Errorf("%s belongs to somebody else", dir)
	}
	return dir, nil
}

// keptTemplates is how many sets of migrations stay warm in a slot.
const keptTemplates = 3

// sweep drops what a killed run left in the slot, and old templates.
func sweep(ctx context.Context, url string) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer conn.Close(context.WithoutCancel(ctx))
	rows, err := conn.Query(ctx, `
		select datname from pg_database where datname like 'aos\_test\_%'
		union all
		(select datname from pg_database where datname like 'aos\_template\_%' order by oid desc offset $1)`, keptTemplates)
	if err != nil {
		return err
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	for _, name := range names {
		if _, err := conn.Exec(ctx, "drop database "+pgx.Identifier{name}.Sanitize()+" with (force)"); err != nil {
			return err
		}
	}
	return nil
}
