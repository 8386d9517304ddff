package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

// replayWait is how long a read waits for a replica to have seen a write. The
// usual wait is a millisecond; one that lags more is not worth waiting for.
const replayWait = 50 * time.Millisecond

// Position is where the primary's log stands now. A client that wrote carries
// it along, so that its next reads see what it wrote.
func (p *Pools) Position(ctx context.Context) (string, error) {
	var lsn string
	err := p.Primary.QueryRow(ctx, `/* Pools.Position */ select pg_current_wal_insert_lsn()::text`).Scan(&lsn)
	if err != nil {
		return "", fmt.Errorf("reading the log position: %w", err)
	}
	return lsn, nil
}

// Reader is a pool for reads that may be a moment old but not older than the
// position after ("" = any age): a replica, or the primary when there is none,
// it lags or it does not answer.
func (p *Pools) Reader(ctx context.Context, after string) *pgxpool.Pool {
	if len(p.Replicas) == 0 {
		return p.Primary
	}
	replica := p.Replicas[int(p.next.Add(1))%len(p.Replicas)]
	ctx, cancel := context.WithTimeout(ctx, replayWait)
	defer cancel()
	if caughtUp(ctx, replica, after) {
		return replica
	}
	return p.Primary
}

func caughtUp(ctx context.Context, replica *pgxpool.Pool, after string) bool {
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		var seen bool
		// A replica that was promoted replays nothing and has everything.
		err := replica.QueryRow(ctx, `/* Pools.Reader */
			select not pg_is_in_recovery() or $1 = '' or pg_last_wal_replay_lsn() >= nullif($1, '')::pg_lsn`, after).Scan(&seen)
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
