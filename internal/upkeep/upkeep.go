// Package upkeep does what a database of ours needs at regular times: partitions
// made ahead, ledger entries and idempotency keys that nobody can use any more
// forgotten. Every server runs it; the functions it calls take locks, so that
// several at once do the work once.
package upkeep

import (
	"context"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	// Every is the pause between two rounds; partitions are made two months
	// ahead, so a server may miss many of them.
	Every = time.Hour
	// Soon is the pause after a round in which something failed.
	Soon = 10 * time.Second
	// Retention is how long a place in the change feed can be continued.
	Retention = 30 * 24 * time.Hour
)

// tasks are the statements of a round, by name. The change log's partitions come
// first and apart: those of other tables wait for locks that a long transaction
// may hold, and without a partition of the log nobody can write.
var tasks = []struct{ name, sql string }{
	{"partitions of the change log", `/* upkeep.change_log */
select aos_ensure_partition('change_log', at) from generate_series(now(), now() + interval '8 weeks', interval '7 days') at`},
	{"partitions", "/* upkeep.partitions */ select aos_create_partitions(upto => now() + interval '2 months')"},
	{"ledger", fmt.Sprintf("/* upkeep.ledger */ select change_ledger_prune(now() - interval '%d hours')", int(Retention.Hours()))},
	{"idempotency keys", `/* upkeep.idempotency_keys */
delete from idempotency_keys where (scope, key) in (select scope, key from idempotency_keys where expires_at < now() limit 10000)`},
	{"bundles", `/* upkeep.bundles */
delete from bulk_operation_bundles where bulk_operation_id in (
  select id from bulk_operations where status in ('COMPLETED', 'CANCELLED') and completed_at < now() - interval '24 hours')`},
	{"bulk operations", `/* upkeep.bulk_operations */
delete from bulk_operations where id in (select id from bulk_operations where status in ('COMPLETED', 'CANCELLED') and completed_at < now() - interval '30 days' limit 10)`},
}

// batch is how many rows a statement deletes at most; it is repeated while it
// finds so many.
const batch = 10_000

// Run does a round now and then one every hour until ctx ends. What fails is
// logged and tried again soon.
func Run(ctx context.Context, db *pgxpool.Pool, log *slog.Logger) {
	for {
		pause := Every
		if !Round(ctx, db, log) {
			pause = Soon
		}
		timer := time.NewTimer(pause)
		select {
		case <-ctx.Done():
			timer.Stop()
			return
		case <-timer.C:
		}
	}
}

// Round does everything once; false when something failed.
func Round(ctx context.Context, db *pgxpool.Pool, log *slog.Logger) (done bool) {
	defer func() {
		if r := recover(); r != nil {
			done = false
			log.ErrorContext(ctx, "upkeep panicked", "panic", r, "stack", string(debug.Stack()))
		}
	}()
	done = true
	for _, task := range tasks {
		for n := int64(batch); n == batch; {
			tag, err := db.Exec(ctx, task.sql)
			if err != nil && ctx.Err() == nil {
				log.WarnContext(ctx, "upkeep failed", "task", task.name, "error", err)
				done = false
			}
			n = tag.RowsAffected()
		}
	}
	return done
}
