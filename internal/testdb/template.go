package testdb

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/augmentedos/graph/migrations"
)

// templateLock is the advisory lock under which a template is made, so that
// the test binaries of all packages make one together.
const templateLock = 0x616f7374 // "aost"

// template returns the name of the migrated database that tests are cloned
// from. Its name holds the hash of the migrations: a changed migration makes a
// new one.
func (c *cluster) template(ctx context.Context) (string, error) {
	c.once.Do(func() {
		c.templateName, c.templateErr = c.makeTemplate(context.WithoutCancel(ctx))
	})
	return c.templateName, c.templateErr
}

func (c *cluster) makeTemplate(ctx context.Context) (string, error) {
	hash, err := migrationsHash()
	if err != nil {
		return "", err
	}
	name := "aos_template_" + hash
	conn, err := pgx.Connect(ctx, c.url)
	if err != nil {
		return "", err
	}
	defer conn.Close(ctx) // releases the lock
	if _, err := conn.Exec(ctx, `select pg_advisory_lock($1)`, templateLock); err != nil {
		return "", err
	}
	var exists, chooses bool
	if err := conn.QueryRow(ctx, `select exists (select from pg_database where datname = $1), current_setting('server_version_num')::int >= 150000`, name).Scan(&exists, &chooses); err != nil {
		return "", err
	}
	if chooses {
		c.copying = " strategy file_copy" // a fifth of the time: nothing of it goes through the log
	}
	if exists {
		return name, nil
	}
	// The final name is given last, so a template that exists is complete.
	building := pgx.Identifier{name + "_new"}.Sanitize()
	for _, sql := range []string{
		"drop database if exists " + building + " with (force)",
		"create database " + building,
	} {
		if _, err := conn.Exec(ctx, sql); err != nil {
			return "", err
		}
	}
	if err := migrations.Up(ctx, withDatabase(c.url, name+"_new"), slog.New(slog.DiscardHandler)); err != nil {
		return "", fmt.Errorf("migrating it: %w", err)
	}
	_, err = conn.Exec(ctx, "alter database "+building+" rename to "+pgx.Identifier{name}.Sanitize())
	return name, err
}

// migrationsHash covers the embedded migrations and, because some of the schema
// is made by Go code, the sources of that package and the versions in go.mod.
func migrationsHash() (string, error) {
	sum := sha256.New()
	if err := hashFiles(sum, migrations.FS); err != nil {
		return "", err
	}
	if _, here, _, ok := runtime.Caller(0); ok && filepath.IsAbs(here) {
		root := filepath.Join(filepath.Dir(here), "../..")
		if err := hashFiles(sum, os.DirFS(filepath.Join(root, "migrations"))); err != nil {
			return "", err
		}
		if text, err := os.ReadFile(filepath.Join(root, "go.mod")); err == nil {
			sum.Write(text)
		}
	}
	// The schema has partitions of the months around its making, so a template
	// is good for one month.
	fmt.Fprint(sum, time.Now().UTC().Format("2006-01"))
	return hex.EncodeToString(sum.Sum(nil))[:16], nil
}

func hashFiles(sum hash.Hash, files fs.FS) error {
	return fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) { // a binary that was moved away from its sources
			return nil
		}
		if err != nil || entry.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if err != nil {
			return err
		}
		fmt.Fprintf(sum, "%s %d\n", path, len(text))
		sum.Write(text)
		return nil
	})
}
