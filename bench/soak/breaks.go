package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/augmentedos/graph/bench/rig"
)

// Breaks are what the feed cannot go over: they must be told to those whom they
// concern, once, and to nobody else. After that everybody receives what is
// committed, exactly.

// place is where a client stood when a break came.
type place struct{ received, resyncs int }

// outcome sums up how a break was told.
type outcome struct {
	told, untold, needless, unbroken, wrong int
	verdict
}

func (s *soak) places() (all []place) {
	for _, c := range s.clients {
		received, resyncs := c.Received()
		all = append(all, place{len(received), len(resyncs)})
	}
	return all
}

// away keeps some clients away until back is called.
func (s *soak) away(ctx context.Context, clients ...*rig.Client) (back func()) {
	var resumes []func()
	for _, c := range clients {
		resumes = append(resumes, c.Stall())
		c.Vanish()
	}
	pause(ctx, 200*time.Millisecond)
	return func() {
		for _, resume := range resumes {
			resume()
		}
	}
}

// batch reads the number of the batch out of a cursor. Clients do not do this:
// to them it is opaque.
func batch(cursor string) int64 {
	var place struct {
		N int64 `json:"n"`
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || json.Unmarshal(text, &place) != nil {
		return 0
	}
	return place.N
}

func (s *soak) writeFor(ctx context.Context, length time.Duration) error {
	writing, stop := context.WithTimeout(ctx, length)
	defer stop()
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() { s.journal.Write(writing, s.primary.URL(name), uint64(100+i), s.rate/4, false) })
	}
	writers.Wait()
	return ctx.Err()
}

// handOver promotes a standby that has all that was ever shown, in the midst of
// writing. Nobody may notice more than a pause.
func (s *soak) handOver(ctx context.Context) (bool, error) {
	standby, err := s.standby(ctx, "synchronous")
	if err != nil {
		return false, err
	}
	for _, statement := range []string{"alter system set synchronous_standby_names = '*'", "select pg_reload_conf()"} {
		if err := rig.Query(ctx, s.primary.URL("postgres"), statement); err != nil {
			return false, err
		}
	}
	for sync := int64(0); sync == 0 && ctx.Err() == nil; pause(ctx, 50*time.Millisecond) {
		sync, _ = rig.One[int64](ctx, s.primary.URL(name), "select count(*) from pg_stat_replication where sync_state = 'sync'")
	}
	crash := time.AfterFunc(2*time.Second, func() { _ = s.primary.Kill() })
	defer crash.Stop()
	if err := s.writeFor(ctx, 4*time.Second); err != nil {
		return false, err
	}
	if err := s.promote(ctx, standby); err != nil {
		return false, err
	}
	if err := s.writeFor(ctx, 2*time.Second); err != nil {
		return false, err
	}
	return s.judge(ctx, "\npromotion of a synchronous standby while writers write", false)
}

func (s *soak) standby(ctx context.Context, folder string) (*rig.Cluster, error) {
	standby, err := s.primary.Standby(ctx, filepath.Join(s.dir, folder))
	if standby != nil {
		s.clusters = append(s.clusters, standby)
	}
	return standby, err
}

// promote makes a standby the primary that everybody finds.
func (s *soak) promote(ctx context.Context, standby *rig.Cluster) error {
	if err := standby.Promote(ctx); err != nil {
		return err
	}
	s.primary = standby
	s.database.Redirect(addr(standby.Port))
	s.database.Cut()
	return nil
}

// failover promotes a standby that lacks the newest commits. Clients that were
// ahead of what survived must be told so; those that were away meanwhile go on
// as if nothing had happened.
func (s *soak) failover(ctx context.Context) (bool, error) {
	standby, err := s.standby(ctx, "lagging")
	if err != nil {
		return false, err
	}
	if err := s.writeFor(ctx, 2*time.Second); err != nil {
		return false, err
	}
	for _, statement := range []string{"alter system set primary_conninfo = ''", "select pg_reload_conf()"} {
		if err := rig.Query(ctx, standby.URL("postgres"), statement); err != nil {
			return false, err
		}
	}
	pause(ctx, time.Second)
	back := s.away(ctx, s.clients[:4]...) // these are not ahead
	before := s.places()
	if err := s.writeFor(ctx, 3*time.Second); err != nil { // the tail that is lost
		return false, err
	}
	pause(ctx, time.Second) // clients receive it
	if err := s.primary.Kill(); err != nil {
		return false, err
	}
	if err := s.promote(ctx, standby); err != nil {
		return false, err
	}
	survived, err := rig.One[int64](ctx, s.primary.URL(name), "select max(n) from change_ledger")
	if err != nil {
		return false, err
	}
	ahead := make([]bool, len(s.clients))
	for i, c := range s.clients {
		ahead[i] = batch(c.Cursor()) > survived
	}
	pause(ctx, 4*time.Second) // everybody comes back and is told
	back()
	if err := s.writeFor(ctx, 3*time.Second); err != nil {
		return false, err
	}
	return s.judgeBreak(ctx, "promotion of a standby with a lost tail", "FAILOVER_ROLLBACK", before, func(i int) bool { return ahead[i] }, true)
}

// forget drops the log behind clients that are away. Servers are started again,
// for what they hold in memory would still continue the places of those clients.
func (s *soak) forget(ctx context.Context) (bool, error) {
	back := s.away(ctx, s.clients[4:8]...)
	if err := s.writeFor(ctx, 2*time.Second); err != nil {
		return false, err
	}
	pause(ctx, 4*time.Second) // the others have it, and were told the place by a heartbeat
	if err := s.onceDatabaseAnswers(ctx, `do $$ declare p text; begin
for p in select inhrelid::regclass from pg_inherits where inhparent = 'change_log'::regclass loop execute 'drop table ' || p; end loop;
perform aos_create_partitions(); end $$`); err != nil {
		return false, err
	}
	before := s.places()
	if err := s.roll(ctx); err != nil {
		return false, err
	}
	if err := s.writeFor(ctx, 2*time.Second); err != nil {
		return false, err
	}
	back()
	pause(ctx, time.Second)
	if err := s.writeFor(ctx, 2*time.Second); err != nil {
		return false, err
	}
	return s.judgeBreak(ctx, "partitions of the log dropped behind clients that were away", "RETENTION", before, func(i int) bool { return i >= 4 && i < 8 }, false)
}

// restore puts a copy in the place of the database.
func (s *soak) restore(ctx context.Context) (bool, error) {
	before := s.places()
	s.database.Redirect()
	s.database.Cut()
	pause(ctx, 500*time.Millisecond)
	for _, statement := range []string{"create database copied template " + name, "alter database " + name + " rename to old", "alter database copied rename to " + name} {
		if err := rig.Query(ctx, s.primary.URL("postgres"), statement); err != nil {
			return false, err
		}
	}
	s.database.Redirect(addr(s.primary.Port))
	pause(ctx, 4*time.Second)
	if err := s.writeFor(ctx, 3*time.Second); err != nil {
		return false, err
	}
	return s.judgeBreak(ctx, "a copy put in the place of the database", "NEW_GENERATION", before, func(int) bool { return true }, false)
}

// judgeBreak tells who was told, and holds what came after against the log.
// kept is true when the log still has what was before the break.
func (s *soak) judgeBreak(ctx context.Context, title, reason string, before []place, concerned func(i int) bool, kept bool) (bool, error) {
	t, wrong, err := readTruth(ctx, s.primary.URL(name))
	if err != nil {
		return false, err
	}
	sum := outcome{wrong: wrong}
	expected := 0
	for i, c := range s.clients {
		if concerned(i) {
			expected++
		}
		from, at := s.classify(ctx, &sum, c, t, reason, before[i], concerned(i), kept)
		sum.add(s.settledVerdict(ctx, t, c, from, at))
	}
	fmt.Printf("%s: %d clients were told %s, %d were not, %d were told needlessly, %d went on unbroken; after it %d received, %d lost, %d doubled, %d out of order, %d never durable; ledger: %d wrong rows\n",
		title, sum.told, reason, sum.untold, sum.needless, sum.unbroken, sum.received, sum.lost, sum.doubled, sum.disordered, sum.phantom, sum.wrong)
	return sum.untold+sum.needless+sum.wrong == 0 && expected > 0 && sum.told == expected && !sum.bad(), nil
}

// classify counts how a client took a break, and answers from where its list is
// to be compared with the truth: its index, and the place in the truth.
func (s *soak) classify(ctx context.Context, sum *outcome, c *rig.Client, t *truth, reason string, before place, concerned, kept bool) (from, at int) {
	_, resyncs := c.Received()
	mine := resyncs[before.resyncs:]
	switch {
	case len(mine) == 0 && concerned:
		sum.untold++
	case len(mine) == 0:
		sum.unbroken++
	case len(mine) == 1 && concerned && mine[0].Reason == reason:
		sum.told++
	default:
		sum.needless++
	}
	switch {
	case len(mine) > 0: // from there on it has what was committed after that place
		last := mine[len(mine)-1]
		return last.At, s.placeAfter(ctx, t, batch(last.Cursor))
	case kept:
		return 0, 0
	}
	return before.received, 0
}

func (v *verdict) add(o verdict) {
	v.received, v.lost, v.doubled, v.disordered, v.phantom = v.received+o.received, v.lost+o.lost, v.doubled+o.doubled, v.disordered+o.disordered, v.phantom+o.phantom
	v.resyncs = append(v.resyncs, o.resyncs...)
}

// settledVerdict is about what a client has from an index on, once nothing is
// missing or it had its time.
func (s *soak) settledVerdict(ctx context.Context, t *truth, c *rig.Client, from, at int) verdict {
	for end := time.Now().Add(20 * time.Second); ; pause(ctx, 200*time.Millisecond) {
		received, _ := c.Received()
		if v := t.compare(c.Filter, received[from:], at); v.lost == 0 || time.Now().After(end) || ctx.Err() != nil {
			return v
		}
	}
}

// placeAfter is how many changes of the truth lie in batches up to n.
func (s *soak) placeAfter(ctx context.Context, t *truth, n int64) int {
	count, err := rig.One[int64](ctx, s.primary.URL(name),
		fmt.Sprintf("select count(*) from change_ledger l, lateral change_batch(l.n) b where b.kind = 2 and b.reason is not null and l.n <= %d", n))
	if err != nil || int(count) > len(t.keys) {
		return len(t.keys)
	}
	return int(count)
}
