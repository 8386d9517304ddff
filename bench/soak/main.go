// Soak proves the live feed: writers note what they committed, clients over the
// real transports note what they received over all their connections, faults
// happen, and in the end both are compared with the change log. It exits with 1
// when a change was lost, doubled, disordered or told although it never became
// durable.
//
//	make soak                 each fault once at least, for three minutes
//	make soak MINUTES=600     a night
//	make soak-short           each fault once, for CI
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

func main() {
	minutes := flag.Float64("minutes", 3, "how long faults happen")
	binary := flag.String("binary", "bin/augmentedos", "the server")
	nodes := flag.Int("nodes", 3, "server processes behind the balancer")
	rate := flag.Float64("rate", 150, "transactions per second of all writers together")
	seed := flag.Uint64("seed", uint64(time.Now().UnixNano()), "of the order of faults")
	breaks := flag.Bool("breaks", true, "end with promotions, a dropped log and a copied database")
	only := flag.String("only", "", "make only faults that have this in their name")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	s := &soak{binary: *binary, rate: *rate, journal: rig.NewJournal(), random: rand.New(rand.NewPCG(*seed, 5)), counts: map[string]int{}, long: 6 * time.Second, freeze: 8 * time.Second}
	for _, f := range faults {
		if strings.Contains(f.name, *only) {
			s.faults = append(s.faults, f)
		}
	}
	if *minutes >= 5 {
		s.long, s.freeze = time.Minute, 30*time.Second
	}
	fmt.Printf("soak: %.1f minutes, %d servers, %.0f transactions/s, seed %d\n", *minutes, *nodes, *rate, *seed)
	ok, err := s.run(ctx, time.Duration(*minutes*float64(time.Minute)), *nodes, *breaks)
	if err != nil {
		fmt.Fprintln(os.Stderr, "soak:", err)
		os.Exit(2)
	}
	if !ok {
		os.Exit(1)
	}
}

// soak is one run.
type soak struct {
	binary  string
	rate    float64
	dir     string
	random  *rand.Rand
	journal *rig.Journal
	faults  []fault // that are to happen

	long   time.Duration // that others' transactions stay open
	open   sync.Mutex    // held while one is open
	freeze time.Duration // that a server is stopped

	primary  *rig.Cluster
	clusters []*rig.Cluster // all there ever were
	bouncer  *rig.Bouncer   // nil where there is none
	database *rig.Proxy     // before the database: nodes keep their address when it moves
	balancer *rig.Proxy     // before the nodes
	nodes    []*rig.Node
	clients  []*rig.Client

	visited int // times ahead at which the log has partitions now

	mu        sync.Mutex
	counts    map[string]int // faults that happened
	markers   []*marker
	comebacks sync.WaitGroup
	late      []late
}

const (
	name     = "graph"
	poolSize = 30 // connections that PgBouncer has for all servers
)

func (s *soak) run(ctx context.Context, length time.Duration, nodes int, breaks bool) (bool, error) {
	dir, err := os.MkdirTemp("", "aos-soak-")
	if err != nil {
		return false, err
	}
	if err := os.Chmod(dir, 0o755); err != nil { // PostgreSQL may run as somebody else
		return false, err
	}
	s.dir = dir
	defer s.clean()
	if err := s.start(ctx, nodes); err != nil {
		return false, fmt.Errorf("%w (files are in %s)", err, dir)
	}
	following, leave := context.WithCancel(ctx)
	defer leave()
	s.follow(following)
	if err := s.caughtUp(ctx); err != nil {
		return false, err
	}
	begun := time.Now()
	if err := s.faultsWhileWriting(ctx, length); err != nil {
		return false, err
	}
	fmt.Printf("faults for %s\n", time.Since(begun).Round(time.Second))
	ok, err := s.judge(ctx, "\nfaults", true)
	if err != nil || !breaks {
		return ok, err
	}
	for _, phase := range []func(*soak, context.Context) (bool, error){(*soak).handOver, (*soak).failover, (*soak).forget, (*soak).restore} {
		held, err := phase(s, ctx)
		if err != nil {
			return false, err
		}
		ok = ok && held
	}
	return ok, nil
}

// start brings up the database, a pooler before it, and servers behind a
// balancer.
func (s *soak) start(ctx context.Context, nodes int) (err error) {
	if s.primary, err = rig.NewCluster(ctx, filepath.Join(s.dir, "primary")); err != nil {
		return err
	}
	s.clusters = append(s.clusters, s.primary)
	if err := rig.Query(ctx, s.primary.URL("postgres"), "create database "+name); err != nil {
		return err
	}
	s.database, err = rig.NewProxy(addr(s.primary.Port))
	if err != nil {
		return err
	}
	switch s.bouncer, err = rig.NewBouncer(filepath.Join(s.dir, "bouncer"), fmt.Sprintf("host=127.0.0.1 port=%d user=postgres", s.database.Port()), poolSize); {
	case errors.Is(err, rig.ErrNoBouncer):
		fmt.Println("left out: pgbouncer is not installed, so servers connect directly")
	case err != nil:
		return err
	}
	if err := s.migrate(ctx); err != nil {
		return err
	}
	if err := rig.Prepare(ctx, s.primary.URL(name)); err != nil {
		return err
	}
	return s.serve(ctx, nodes)
}

func addr(port int) string { return "127.0.0.1:" + strconv.Itoa(port) }

// nodeURL is where servers find the database.
func (s *soak) nodeURL() string {
	if s.bouncer != nil {
		return rig.URL(s.bouncer.Port, name)
	}
	return rig.URL(s.database.Port(), name)
}

func (s *soak) migrate(ctx context.Context) error {
	cmd := exec.CommandContext(ctx, s.binary, "migrate")
	cmd.Env = append(os.Environ(), "DATABASE_URL="+s.primary.URL(name))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("migrate: %w\n%s", err, out)
	}
	return nil
}

func (s *soak) serve(ctx context.Context, n int) (err error) {
	var addresses []string
	for i := range n {
		node, err := rig.NewNode(s.binary, filepath.Join(s.dir, fmt.Sprintf("node%d.log", i)),
			"DATABASE_URL="+s.nodeURL(), "DATABASE_DIRECT_URL="+rig.URL(s.database.Port(), name),
			"AOS_DATABASE_EXEC_MODE=cache_describe", "AOS_DATABASE_MAX_CONNS=8")
		if err != nil {
			return err
		}
		if err := node.Start(ctx); err != nil {
			return err
		}
		s.nodes, addresses = append(s.nodes, node), append(addresses, node.Addr)
	}
	s.balancer, err = rig.NewProxy(addresses...)
	return err
}

// follow starts the clients: firehoses over both transports, and clients of a
// part of it.
func (s *soak) follow(ctx context.Context) {
	filters := []string{
		"", "", "", "{kinds: [WORKFLOW_INSTANCE]}", "{what: [STATUS]}", `{newStatus: ["WAITING_FOR_EVENT"]}`, "{what: [INSERTED]}", "",
	}
	for i := range 16 {
		c := rig.NewClient(s.balancer.Addr())
		c.Filter, c.Events, c.Every = filters[i%len(filters)], i%4 == 3, s.arrived
		s.clients = append(s.clients, c)
		go c.Run(ctx)
	}
}

func (s *soak) caughtUp(ctx context.Context) error {
	for _, c := range s.clients {
		select {
		case <-c.CaughtUp:
		case <-time.After(30 * time.Second):
			return errors.New("a client did not get live")
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// clean ends everything and keeps nothing.
func (s *soak) clean() {
	for _, n := range s.nodes {
		n.Kill()
	}
	if s.bouncer != nil {
		s.bouncer.Kill()
	}
	for _, c := range s.clusters {
		_ = c.Immediate()
	}
	_ = os.RemoveAll(s.dir)
}
