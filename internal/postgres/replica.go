package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// replayWait is how long a read waits for a replica to have seen what was
	// committed. The usual wait is a millisecond.
	replayWait = 50 * time.Millisecond
	// replicaRest is how long one that lagged more is left alone, so that not
	// every read waits for it.
	replicaRest = time.Second
)

// Reader is a pool for reads that see whatever was committed before they begin,
// by whichever process: a replica that has replayed it, or the primary when
// there is none, it lags or it does not answer. The price is a look at each of
// the two, and clients need to carry nothing along to read what they wrote.
func (p *Pools) Reader(ctx context.Context) *pgxpool.Pool {
	if len(p.Replicas) == 0 {
		return p.Primary
	}
	turn := int(p.next.Add(1)) % len(p.Replicas)
	if time.Now().UnixNano() < p.rests[turn].Load() {
		return p.Primary
	}
	position, err := p.position(ctx)
	if err != nil {
		return p.Primary
	}
	wait, cancel := context.WithTimeout(ctx, replayWait)
	defer cancel()
	if caughtUp(wait, p.Replicas[turn], position) {
		return p.Replicas[turn]
	}
	if ctx.Err() == nil {
		p.rests[turn].Store(time.Now().Add(replicaRest).UnixNano())
	}
	return p.Primary
}

// position is the end of the primary's log. With asynchronous commits even what
// is not flushed yet may have been acknowledged.
func (p *Pools) position(ctx context.Context) (lsn string, err error) {
	err = p.Primary.QueryRow(ctx, `/* Pools.position */ select pg_current_wal_insert_lsn()::text`).Scan(&lsn)
	if err != nil {
		return "", fmt.Errorf("reading the log position: %w", err)
	}
	return lsn, nil
}

func caughtUp(ctx context.Context, replica *pgxpool.Pool, position string) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var seen bool
		// One that was promoted follows the primary no longer.
		err := replica.QueryRow(ctx, `/* Pools.Reader */
			select pg_is_in_recovery() and coalesce(pg_last_wal_replay_lsn() >= $1::text::pg_lsn, false)`, position).Scan(&seen)
		if err != nil {
			return false
		}
		if seen {
			return true
		}
		select {
		case <-ctx.Done():
			return false
		case <-tick.C:
		}
	}
}
