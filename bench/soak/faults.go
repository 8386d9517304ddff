package main

import (
	"context"
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
	{"reconnect storm: all connections to servers cut", (*soak).storm},
	{"kill -9 of PostgreSQL", (*soak).killDatabase},
	{"immediate shutdown of PostgreSQL with asynchronous commits", (*soak).powerLoss},
	{"PgBouncer killed and started", (*soak).killBouncer},
	{"clients that stop reading", (*soak).stall},
	{"clients that vanish", (*soak).vanish},
	{"all database connections cut", (*soak).cutDatabase},
	{"rolling restart of the servers", (*soak).roll},
	{"fast restart of PostgreSQL", (*soak).restartDatabase},
}

// faultsWhileWriting lets writers write and, one after the other in random
// order, every fault happen, again and again until the time is over.
func (s *soak) faultsWhileWriting(ctx context.Context, length time.Duration) error {
	writing, stop := context.WithCancel(ctx)
	defer stop()
	var writers sync.WaitGroup
	const each = 8
	for i := range each {
		writers.Go(func() { s.journal.Write(writing, s.primary.URL(name), uint64(i), s.rate/each, i%4 == 3) })
	}
	writers.Go(func() { s.longTransactions(writing) })
	end := time.Now().Add(length)
	for round := 0; time.Now().Before(end) && ctx.Err() == nil; round++ {
		for _, i := range s.random.Perm(len(faults)) {
			if time.Now().After(end) || ctx.Err() != nil {
				break
			}
			pause(ctx, time.Duration(500+s.random.IntN(1500))*time.Millisecond)
			if err := faults[i].make(s, ctx); err != nil {
				return fmt.Errorf("%s: %w", faults[i].name, err)
			}
			s.happened(faults[i].name)
		}
	}
	stop()
	writers.Wait()
	return ctx.Err()
}

func pause(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

func (s *soak) happened(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts[name]++
}

func (s *soak) killNode(ctx context.Context) error {
	n := s.nodes[s.random.IntN(len(s.nodes))]
	n.Kill()
	pause(ctx, 300*time.Millisecond)
	return n.Start(ctx)
}

func (s *soak) roll(ctx context.Context) error {
	for _, n := range s.nodes {
		if err := n.Stop(); err != nil {
			return err
		}
		if err := n.Start(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *soak) storm(context.Context) error {
	s.balancer.Cut()
	return nil
}

func (s *soak) cutDatabase(context.Context) error {
	s.database.Cut()
	return nil
}

func (s *soak) killDatabase(ctx context.Context) error {
	if err := s.primary.Kill(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

func (s *soak) powerLoss(ctx context.Context) error {
	if err := s.primary.Immediate(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

func (s *soak) restartDatabase(ctx context.Context) error {
	if err := s.primary.Fast(); err != nil {
		return err
	}
	return s.primary.Start(ctx)
}

func (s *soak) killBouncer(ctx context.Context) error {
	if s.bouncer == nil {
		return nil
	}
	s.bouncer.Kill()
	pause(ctx, 200*time.Millisecond)
	return s.bouncer.Start(context.Background())
}

// some are a few clients by chance.
func (s *soak) some() []*rig.Client {
	var chosen []*rig.Client
	for _, i := range s.random.Perm(len(s.clients))[:4] {
		chosen = append(chosen, s.clients[i])
	}
	return chosen
}

func (s *soak) stall(ctx context.Context) error {
	for _, c := range s.some() {
		resume := c.Stall()
		time.AfterFunc(7*time.Second, resume)
	}
	return nil
}

func (s *soak) vanish(context.Context) error {
	for _, c := range s.some() {
		c.Vanish()
	}
	return nil
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
	pause(ctx, 6*time.Second)
	// A prepared transaction outlives crashes; whoever comes later can end it.
	if err := rig.Query(context.Background(), s.primary.URL(name), "commit prepared '"+prepared+"'"); err != nil {
		return err
	}
	s.journal.Note(prepared, rig.Committed)
	s.happened("a transaction elsewhere and a prepared one left open for 6 s")
	_, err = foreign.Exec(ctx, "commit")
	return err
}
