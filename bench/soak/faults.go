package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/jackc/pgx/v5"
)

// fault is something bad that happens; it returns when things are well again.
type fault struct {
	name string
	make func(*soak, context.Context) error
}

var faults = []fault{
	{"kill -9 of a server", (*soak).killNode},
	{"rolling restart of the servers", (*soak).roll},
	{"SIGSTOP of a server that is at the ledger, then SIGCONT", (*soak).freezeNode},
	{"capture switched off: a server refuses to start", (*soak).refuseNode},
	{"kill -9 of PostgreSQL", (*soak).killDatabase},
	{"immediate shutdown of PostgreSQL with asynchronous commits", (*soak).powerLoss},
	{"fast restart of PostgreSQL", (*soak).restartDatabase},
	{"all database connections cut", (*soak).cutDatabase},
	{"PostgreSQL out of connections", (*soak).exhaustConnections},
	{"PostgreSQL's disk full", (*soak).fillDisk},
	{"PostgreSQL's clock 12 h ahead, 12 h behind, right again", (*soak).jumpClock},
	{"partitions used up: writers refused until a server makes one", (*soak).endRunway},
	{"PgBouncer killed and started", (*soak).killBouncer},
	{"PgBouncer with one connection for all servers", (*soak).narrowBouncer},
	{"a transaction of 5,000 objects", (*soak).commitMany},
	{"reconnect storm: all connections to servers cut", (*soak).storm},
	{"100 clients at once, each from another place", (*soak).crowd},
	{"clients that stop reading", (*soak).stall},
	{"clients that vanish", (*soak).vanish},
	{"network between clients and servers gone", (*soak).cutNetwork},
}

// errSkipped is a fault that cannot be made on this machine.
var errSkipped = errors.New("left out")

// faultsWhileWriting lets writers write and, one after the other in random
// order, every fault happen: once at least, and again until the time is over.
func (s *soak) faultsWhileWriting(ctx context.Context, length time.Duration) error {
	writing, stop := context.WithCancel(ctx)
	defer stop()
	var writers sync.WaitGroup
	const each = 8
	for i := range each {
		writers.Go(func() { s.journal.Write(writing, s.primary.URL(name), uint64(i), s.rate/each, i%4 == 3) })
	}
	writers.Go(func() { s.writeThroughServers(writing) })
	writers.Go(func() { s.longTransactions(writing) })
	end := time.Now().Add(length)
	for round := 0; (round == 0 || time.Now().Before(end)) && ctx.Err() == nil; round++ {
		for _, i := range s.random.Perm(len(s.faults)) {
			if round > 0 && time.Now().After(end) || ctx.Err() != nil {
				break
			}
			pause(ctx, time.Duration(500+s.random.IntN(1500))*time.Millisecond)
			if err := s.happen(ctx, s.faults[i]); err != nil {
				return err
			}
		}
	}
	s.comebacks.Wait()
	stop()
	writers.Wait()
	return ctx.Err()
}

func (s *soak) happen(ctx context.Context, f fault) error {
	switch err := f.make(s, ctx); {
	case errors.Is(err, errSkipped):
		s.count("left out here: " + f.name)
	case err != nil:
		return fmt.Errorf("%s: %w", f.name, err)
	default:
		s.happened(ctx, f.name)
	}
	return nil
}

// happened counts a fault and notes when clients go on.
func (s *soak) happened(ctx context.Context, name string) {
	s.count(name)
	s.comeback(ctx, name)
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (s *soak) count(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[name]++
}

// longTransactions are others' in the same cluster: one writes for long in
// another database, one is prepared and left alone for a while. Neither may
// hold the feed up.
func (s *soak) longTransactions(ctx context.Context) {
	for n := 0; ctx.Err() == nil; n++ {
		if err := s.longTransaction(ctx, n); err != nil {
			pause(ctx, time.Second) // the database is away
		}
	}
}

func (s *soak) longTransaction(ctx context.Context, n int) error {
	s.open.Lock()
	defer s.open.Unlock()
	foreign, err := pgx.Connect(ctx, s.primary.URL("postgres"))
	if err != nil {
		return err
	}
	defer foreign.Close(context.Background())
	if _, err := foreign.Exec(ctx, "create table if not exists elsewhere (x int); begin; insert into elsewhere values (1)"); err != nil {
		return err
	}
	ours, err := pgx.Connect(ctx, s.primary.URL(name))
	if err != nil {
		return err
	}
	defer ours.Close(context.Background())
	prepared := fmt.Sprintf("soak-%d", n)
	if _, err := ours.Exec(ctx, "begin; select set_config('aos.reason', '"+prepared+"', true); insert into workflow_instances (instance_id, status) values ('"+prepared+"', 'CREATED'); prepare transaction '"+prepared+"'"); err != nil {
		return err
	}
	pause(ctx, s.long)
	// A prepared transaction outlives crashes; whoever comes later can end it.
	for rig.Query(context.Background(), s.primary.URL(name), "commit prepared '"+prepared+"'") != nil {
		time.Sleep(100 * time.Millisecond)
	}
	s.journal.Note(prepared, rig.Committed)
	s.count(fmt.Sprintf("a transaction elsewhere and a prepared one left open for %s", s.long))
	_, err = foreign.Exec(ctx, "commit")
	return err
}
