package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/bench/rig"
	"github.com/jackc/pgx/v5"
)

// patience is for a machine that is busy with other things.
const patience = 4 * time.Minute

// gate opens when so many subscriptions said that they caught up.
type gate struct {
	left atomic.Int64
	open chan struct{}
}

func newGate(n int) *gate {
	g := &gate{open: make(chan struct{})}
	g.left.Store(int64(n))
	return g
}

func (g *gate) see(text []byte) {
	if bytes.Contains(text, []byte(`"FeedCaughtUp"`)) && g.left.Add(-1) == 0 {
		close(g.open)
	}
}

func (g *gate) wait(ctx context.Context) error {
	select {
	case <-g.open:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(patience):
		return fmt.Errorf("%d subscriptions did not catch up", g.left.Load())
	}
}

func dialMany(addr string, n int) ([]*socket, error) {
	open := make([]*socket, n)
	errs := make(chan error, n)
	var wait sync.WaitGroup
	next := atomic.Int64{}
	for range 32 {
		wait.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				s, err := dial(addr)
				if err != nil {
					errs <- err
					return
				}
				open[i] = s
			}
		})
	}
	wait.Wait()
	select {
	case err := <-errs:
		return open, err
	default:
		return open, nil
	}
}

func closeAll(open []*socket) {
	for _, s := range open {
		if s != nil {
			_ = s.Close()
		}
	}
}

// write changes objects at a rate and says how many.
func (b *bench) write(ctx context.Context, length time.Duration, rate int) int {
	ctx, cancel := context.WithTimeout(ctx, length)
	defer cancel()
	const writers = 8
	var count atomic.Int64
	var wait sync.WaitGroup
	for w := range writers {
		wait.Go(func() {
			conn, err := pgx.Connect(ctx, b.cluster.URL(database))
			if err != nil {
				return
			}
			defer conn.Close(context.Background())
			tick := time.NewTicker(time.Second * writers / time.Duration(rate))
			defer tick.Stop()
			random := rand.New(rand.NewPCG(uint64(w), 1))
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
				if err := change(ctx, conn, b.keys[random.IntN(len(b.keys))]); err != nil {
					return
				}
				count.Add(1)
			}
		})
	}
	wait.Wait()
	return int(count.Load())
}

// change is one committed change.
func change(ctx context.Context, conn *pgx.Conn, key string) error {
	_, err := conn.Exec(ctx, "update workflow_instances set status = case status when 'RUNNING' then 'WAITING_FOR_EVENT' else 'RUNNING' end where id = $1::uuid", key)
	return err
}

// capture measures writers with the capture trigger and without.
func (b *bench) capture(ctx context.Context) error {
	rate := map[string]float64{}
	for _, mode := range []string{"enable always", "disable"} {
		if err := rig.Query(ctx, b.cluster.URL(database), "alter table workflow_instances "+mode+" trigger aos_50_captured_update"); err != nil {
			return err
		}
		const length = 5 * time.Second
		rate[mode] = float64(b.write(ctx, length, 1_000_000)) / length.Seconds()
	}
	if err := rig.Query(ctx, b.cluster.URL(database), "alter table workflow_instances enable always trigger aos_50_captured_update"); err != nil {
		return err
	}
	b.table.add("writes with capture", "per s", rate["enable always"])
	b.table.add("writes without", "per s", rate["disable"])
	b.table.add("writer throughput with capture / without", "", rate["enable always"]/rate["disable"])
	return nil
}

// resume kills a server with ten thousand subscribers and measures until all of
// them are live again on its successor, each after its last cursor.
func (b *bench) resume(ctx context.Context) error {
	n, err := b.node(ctx)
	if err != nil {
		return err
	}
	defer n.Kill()
	const sockets, each = 500, 20
	cursor, err := b.manySubscriptions(ctx, n.Addr, sockets, each, "")
	if err != nil {
		return err
	}
	n.Kill()
	b.write(ctx, time.Second, 500) // what they miss
	if err := n.Start(ctx); err != nil {
		return err
	}
	begin := time.Now()
	if _, err := b.manySubscriptions(ctx, n.Addr, sockets, each, cursor); err != nil {
		return err
	}
	b.table.add("10,000 subscribers live again after a restart", "s", time.Since(begin).Seconds())
	return nil
}

// manySubscriptions opens sockets with subscriptions, waits until all are
// live, closes them, and tells a cursor of theirs.
func (b *bench) manySubscriptions(ctx context.Context, addr string, sockets, each int, after string) (string, error) {
	open, err := dialMany(addr, sockets)
	defer closeAll(open)
	if err != nil {
		return "", err
	}
	var cursor atomic.Value
	caughtUp := newGate(sockets * each)
	for i, s := range open {
		s.handle(func(text []byte) {
			if _, rest, ok := bytes.Cut(text, []byte(`"cursor":"`)); ok {
				place, _, _ := bytes.Cut(rest, []byte(`"`))
				cursor.Store(string(place))
			}
			caughtUp.see(text)
		})
		for j := range each {
			if err := s.subscribe(strconv.Itoa(j), []string{b.ids[(i*each+j)%instances]}, after); err != nil {
				return "", err
			}
		}
	}
	if err := caughtUp.wait(ctx); err != nil {
		return "", err
	}
	return cursor.Load().(string), nil
}

// held opens as many idle sockets as asked and sees whether they stay.
func (b *bench) held(ctx context.Context, sockets int) error {
	n, err := b.node(ctx)
	if err != nil {
		return err
	}
	defer n.Kill()
	settled(ctx)
	empty, begin := n.RSS(), time.Now()
	open, err := dialMany(n.Addr, sockets)
	defer closeAll(open)
	if err != nil {
		return fmt.Errorf("holding %d sockets: %w", sockets, err)
	}
	b.table.add(fmt.Sprintf("%d idle sockets: time to open", sockets), "s", time.Since(begin).Seconds())
	settled(ctx)
	b.table.add(fmt.Sprintf("%d idle sockets: memory of each", sockets), "KiB", float64(n.RSS()-empty)/1024/float64(sockets))
	alive := 0
	for _, s := range open {
		if s.send(`{"type":"pong"}`) == nil {
			alive++
		}
	}
	b.table.add(fmt.Sprintf("%d idle sockets: still open", sockets), "", float64(alive))
	return nil
}
