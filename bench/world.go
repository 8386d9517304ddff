package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"time"

	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/migrations"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

// world is a database with the demo world, multiplied. It is kept for the next
// run on the same server.
func world(ctx context.Context, out io.Writer) (*pgxpool.Pool, func(), error) {
	base, stop, err := maintenance(ctx)
	if err != nil {
		return nil, nil, err
	}
	state, err := migrations.Status(ctx, base)
	if err != nil {
		return nil, nil, err
	}
	name := fmt.Sprintf("aos_bench_%d_%d", state.Newest, *scale)
	there, err := exists(ctx, base, name)
	if err != nil {
		return nil, nil, err
	}
	pool, err := open(ctx, base, name)
	if err != nil {
		return nil, nil, err
	}
	if !there {
		fmt.Fprintf(out, "Making a database with %d000 runs …\n", *scale)
	}
	if err := fill(ctx, pool); err != nil {
		return nil, nil, err
	}
	return pool, func() { pool.Close(); stop() }, nil
}

// maintenance is the server of `make test`, or one that is launched.
func maintenance(ctx context.Context) (url string, stop func(), err error) {
	if url := os.Getenv(testdb.EnvURL); url != "" {
		return url, func() {}, nil
	}
	server, err := testdb.Launch(ctx)
	if err != nil {
		return "", nil, err
	}
	return server.URL(), func() { _ = server.Stop() }, nil
}

func exists(ctx context.Context, base, name string) (there bool, err error) {
	conn, err := pgx.Connect(ctx, base)
	if err != nil {
		return false, err
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", name).Scan(&there); err != nil || there {
		return there, err
	}
	_, err = conn.Exec(ctx, "create database "+pgx.Identifier{name}.Sanitize())
	return false, err
}

func open(ctx context.Context, base, name string) (*pgxpool.Pool, error) {
	at, err := url.Parse(base)
	if err != nil {
		return nil, err
	}
	at.Path = "/" + name
	if err := migrations.Up(ctx, at.String(), slog.New(slog.DiscardHandler)); err != nil {
		return nil, err
	}
	config, err := pgxpool.ParseConfig(at.String())
	if err != nil {
		return nil, err
	}
	config.ConnConfig.RuntimeParams["jit"] = "off"
	return pgxpool.NewWithConfig(ctx, config)
}

// fill makes what is not there yet; both steps go on where they were broken off.
func fill(ctx context.Context, pool *pgxpool.Pool) error {
	if _, err := demo.Load(ctx, pool, demo.Options{}); err != nil {
		return err
	}
	begin := time.Now()
	progress := func(p importer.Progress) {
		if time.Since(begin) > 10*time.Second {
			begin = time.Now()
			fmt.Fprintf(os.Stderr, "%s %s %d of %d\n", p.Phase, p.Table, p.Done, p.Total)
		}
	}
	return demo.Scale(ctx, pool, *scale, progress)
}
