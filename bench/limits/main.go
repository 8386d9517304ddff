// Limits measures how far one server goes: what change capture costs writers,
// how long ten thousand subscribers need to be live again after their server was
// killed, and how many idle sockets it holds. What a socket, a subscription and a
// delivery cost, beside gqlgen's own transport, is measured by bench/live.
//
//	make bench-live
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

func main() {
	binary := flag.String("binary", "bin/augmentedos", "the server")
	rounds := flag.Int("rounds", 3, "how often each is measured")
	sockets := flag.Int("sockets", 20_000, "idle sockets held at the end")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := &bench{binary: *binary, table: &table{}}
	if err := b.run(ctx, *rounds, *sockets); err != nil {
		fmt.Fprintln(os.Stderr, "limits:", err)
		os.Exit(1)
	}
}

// bench is one run of all measurements.
type bench struct {
	binary  string
	dir     string
	cluster *rig.Cluster
	ids     []string // of the workflow instances that are written, as the API has them
	keys    []string // and as UUIDs
	table   *table
}

const database = "graph"

// instances is how many rows the writers change, each with a subscriber of its
// own.
const instances = 1000

func (b *bench) run(ctx context.Context, rounds, sockets int) error {
	limit := raiseFileLimit()
	dir, err := os.MkdirTemp("", "aos-bench-limits-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Chmod(dir, 0o755); err != nil {
		return err
	}
	b.dir = dir
	if err := b.prepare(ctx); err != nil {
		return err
	}
	defer func() { _ = b.cluster.Immediate() }()
	fmt.Printf("%d processors, load %s, %d open files, PostgreSQL with fsync, everything on this machine\n", runtime.NumCPU(), loadAverage(), limit)
	for round := range rounds {
		if err := b.capture(ctx); err != nil {
			return err
		}
		if err := b.resume(ctx); err != nil {
			return fmt.Errorf("resuming: %w", err)
		}
		fmt.Fprintf(os.Stderr, "round %d of %d, load %s\n", round+1, rounds, loadAverage())
	}
	if err := b.held(ctx, min(sockets, limit-500)); err != nil {
		return err
	}
	return b.table.print(os.Stdout)
}

// prepare makes a database with the rows that are written.
func (b *bench) prepare(ctx context.Context) (err error) {
	if b.cluster, err = rig.NewCluster(ctx, filepath.Join(b.dir, "postgres")); err != nil {
		return err
	}
	if err := rig.Query(ctx, b.cluster.URL("postgres"), "create database "+database); err != nil {
		return err
	}
	migrate := exec.CommandContext(ctx, b.binary, "migrate")
	migrate.Env = append(os.Environ(), "DATABASE_URL="+b.cluster.URL(database))
	if out, err := migrate.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	if err := rig.Query(ctx, b.cluster.URL(database), fmt.Sprintf(`insert into workflow_definitions (workflow_id, name, version) values ('bench', 'Bench', '1.0.0');
update workflow_definitions set status = 'active';
insert into workflow_instances (workflow_definition_id, instance_id, status, input)
select d.id, 'b' || n, 'RUNNING', jsonb_build_object('text', repeat('x', 200)) from workflow_definitions d, generate_series(1, %d) n`, instances)); err != nil {
		return err
	}
	b.ids, err = rig.Column[string](ctx, b.cluster.URL(database), "select aos_typeid('wfi', id) from workflow_instances order by id")
	if err != nil {
		return err
	}
	b.keys, err = rig.Column[string](ctx, b.cluster.URL(database), "select id::text from workflow_instances order by id")
	return err
}

// node starts a server.
func (b *bench) node(ctx context.Context) (*rig.Node, error) {
	n, err := rig.NewNode(b.binary, filepath.Join(b.dir, "server.log"),
		"DATABASE_URL="+b.cluster.URL(database), "AOS_MAX_SOCKETS=100000", "AOS_MAX_OPERATIONS_PER_SOCKET=1000")
	if err != nil {
		return nil, err
	}
	return n, n.Start(ctx)
}

// settled waits until a server has done what it was asked and its garbage was
// collected once.
func settled(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-time.After(1500 * time.Millisecond):
	}
}
