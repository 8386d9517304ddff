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

// failover promotes a standby that lacks the newest commits. Clients that were
// ahead of what survived must be told so, once; those that were away meanwhile
// go on as if nothing had happened. After that everybody receives what the new
// primary commits, exactly.
func (s *soak) failover(ctx context.Context) (bool, error) {
	standby, err := s.primary.Standby(ctx, filepath.Join(s.dir, "standby"))
	if err != nil {
		return false, err
	}
	defer func() { _ = standby.Immediate() }()
	if err := s.writeFor(ctx, s.primary.URL(name), 2*time.Second); err != nil {
		return false, err
	}
	if err := rig.Query(ctx, standby.URL("postgres"), "alter system set primary_conninfo = ''"); err != nil {
		return false, err
	}
	if err := rig.Query(ctx, standby.URL("postgres"), "select pg_reload_conf()"); err != nil {
		return false, err
	}
	pause(ctx, time.Second)
	var back []func()
	for _, c := range s.clients[:4] { // these are away, and so not ahead
		back = append(back, c.Stall())
		c.Vanish()
	}
	pause(ctx, 200*time.Millisecond)
	if err := s.writeFor(ctx, s.primary.URL(name), 3*time.Second); err != nil { // the tail that is lost
		return false, err
	}
	pause(ctx, time.Second) // clients receive it
	if err := s.primary.Kill(); err != nil {
		return false, err
	}
	if err := standby.Promote(ctx); err != nil {
		return false, err
	}
	s.database.Redirect(addr(standby.Port))
	s.database.Cut()
	survived, err := rig.One[int64](ctx, standby.URL(name), "select max(n) from change_ledger")
	if err != nil {
		return false, err
	}
	ahead := make([]bool, len(s.clients))
	for i, c := range s.clients {
		ahead[i] = batch(c.Cursor()) > survived
	}
	pause(ctx, 4*time.Second) // everybody comes back and is told
	for _, resume := range back {
		resume()
	}
	if err := s.writeFor(ctx, standby.URL(name), 4*time.Second); err != nil {
		return false, err
	}
	return s.judgeFailover(ctx, standby, ahead, survived)
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

func (s *soak) writeFor(ctx context.Context, url string, length time.Duration) error {
	writing, stop := context.WithTimeout(ctx, length)
	defer stop()
	var writers sync.WaitGroup
	for i := range 4 {
		writers.Go(func() { s.journal.Write(writing, url, uint64(100+i), s.rate/4, false) })
	}
	writers.Wait()
	return ctx.Err()
}

func (s *soak) judgeFailover(ctx context.Context, standby *rig.Cluster, ahead []bool, survived int64) (bool, error) {
	t, wrong, err := readTruth(ctx, standby.URL(name))
	if err != nil {
		return false, err
	}
	told, untold, needless, unbroken := 0, 0, 0, 0
	var sum verdict
	for i, c := range s.clients {
		_, resyncs := c.Received()
		mine, early := 0, 0
		for _, r := range resyncs {
			mine++
			if r.Reason != "FAILOVER_ROLLBACK" || batch(r.Before) <= survived {
				early++
			}
		}
		switch {
		case early > 0 || mine > 1:
			needless++
		case mine == 1:
			told++
		case ahead[i]:
			untold++
		default:
			unbroken++
		}
		place := 0
		if mine > 0 { // from its resync on, it has what the new primary committed after that place
			place = s.placeAfter(ctx, standby, t, batch(resyncs[len(resyncs)-1].Cursor))
		}
		v := s.settledVerdict(ctx, t, c, place)
		sum.received, sum.lost, sum.doubled, sum.disordered, sum.phantom =
			sum.received+v.received, sum.lost+v.lost, sum.doubled+v.doubled, sum.disordered+v.disordered, sum.phantom+v.phantom
	}
	fmt.Printf("\npromotion of a standby with a lost tail: %d clients ahead of it were told FAILOVER_ROLLBACK, %d were not, %d were told needlessly, %d that were away went on unbroken; after it %d received, %d lost, %d doubled, %d out of order, %d never durable; ledger: %d wrong rows\n",
		told, untold, needless, unbroken, sum.received, sum.lost, sum.doubled, sum.disordered, sum.phantom, wrong)
	return untold+needless+wrong == 0 && told > 0 && unbroken > 0 && !sum.bad(), nil
}

// settledVerdict is about what a client has since its last resync, once nothing
// is missing or it had its time.
func (s *soak) settledVerdict(ctx context.Context, t *truth, c *rig.Client, place int) verdict {
	for end := time.Now().Add(20 * time.Second); ; pause(ctx, 200*time.Millisecond) {
		received, resyncs := c.Received()
		from := 0
		if len(resyncs) > 0 {
			from = resyncs[len(resyncs)-1].At
		}
		if v := t.compare(c.Filter, received[from:], place); v.lost == 0 || time.Now().After(end) || ctx.Err() != nil {
			return v
		}
	}
}

// placeAfter is how many changes of the truth lie in batches up to n.
func (s *soak) placeAfter(ctx context.Context, standby *rig.Cluster, t *truth, n int64) int {
	count, err := rig.One[int64](ctx, standby.URL(name),
		fmt.Sprintf("select count(*) from change_ledger l, lateral change_batch(l.n) b where b.kind = 2 and b.reason is not null and l.n <= %d", n))
	if err != nil || int(count) > len(t.keys) {
		return len(t.keys)
	}
	return int(count)
}
