package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// LeasedEntry is an event that a worker took out of a queue for a while.
type LeasedEntry struct {
	ID       uuid.UUID
	QueueID  uuid.UUID   `db:"queue_id"`
	EventID  string      `db:"event_id"`
	Attempts int         // that failed
	Config   scalar.JSON // of the queue
}

// LeaseEntries takes up to atMost events that are due out of queues that hand
// out, for owner and for that long. Two workers never take the same one. The
// queues in resting are left alone.
func (tx *Tx) LeaseEntries(ctx context.Context, owner string, lease time.Duration, resting []uuid.UUID, atMost int) ([]*LeasedEntry, error) {
	const name = "event_queue_entries.lease"
	return listed[LeasedEntry](ctx, tx.Store, name, "/* "+name+` */
with due as (
  select e.id, q.config from event_queue_state q cross join lateral (
    select e.id, e.available_at from event_queue_entries e
    where e.queue_id = q.id and e.status = 'waiting' and e.available_at <= now()
    order by e.available_at, e.id
    limit least($4::int, case when jsonb_typeof(q.config -> 'batchSize') = 'number' then greatest((q.config ->> 'batchSize')::numeric, 1) else $4::int end)
    for update skip locked
  ) e
  where q.status <> 'paused' and q.id <> all ($3::uuid[])
  order by e.available_at, e.id limit $4
)
update event_queue_entries t set status = 'processing', lease_owner = $1, lease_until = now() + $2
from due where t.id = due.id
returning t.id, t.queue_id, t.event_id, t.attempts, due.config`, owner, lease, resting, atMost)
}

// HoldEntry locks an entry for the transaction that processes it; false when
// its lease ran out and somebody else has it.
func (tx *Tx) HoldEntry(ctx context.Context, id uuid.UUID, owner string) (bool, error) {
	const name = "event_queue_entries.hold"
	rows, err := listed[struct{ ID uuid.UUID }](ctx, tx.Store, name, "/* "+name+` */
select id from event_queue_entries where id = $1 and lease_owner = $2 and status = 'processing' for update`, id, owner)
	return len(rows) == 1, err
}

// RemoveEntry takes an event out of its queue for good.
func (tx *Tx) RemoveEntry(ctx context.Context, id uuid.UUID) error {
	_, err := tx.Exec(ctx, "event_queue_entries.remove", "delete from event_queue_entries where id = $1", id)
	return err
}

// PostponeEntry puts an event back into its queue until later, after a failure
// that another try may mend.
func (tx *Tx) PostponeEntry(ctx context.Context, id uuid.UUID, owner string, wait time.Duration, failure string) error {
	_, err := tx.Exec(ctx, "event_queue_entries.postpone", `
update event_queue_entries set status = 'waiting', lease_owner = null, lease_until = null, attempts = attempts + 1,
  available_at = now() + $3, last_error = $4, last_error_at = now()
where id = $1 and lease_owner = $2`, id, owner, wait, failure)
	return err
}

// ReturnEntries puts back what a worker has leased and not begun.
func (tx *Tx) ReturnEntries(ctx context.Context, owner string) error {
	_, err := tx.Exec(ctx, "event_queue_entries.return",
		"update event_queue_entries set status = 'waiting', lease_owner = null, lease_until = null where status = 'processing' and lease_owner = $1", owner)
	return err
}

// RecoverEntries puts back what workers had that did not finish in time; each
// counts as a failed attempt, so an event that kills its workers is not tried
// for ever.
func (tx *Tx) RecoverEntries(ctx context.Context, atMost int) (int64, error) {
	return tx.Exec(ctx, "event_queue_entries.recover", `
update event_queue_entries set status = 'waiting', lease_owner = null, lease_until = null, attempts = attempts + 1,
  available_at = now(), last_error = 'the worker that had it stopped', last_error_at = now()
where id in (select id from event_queue_entries where status = 'processing' and lease_until < now()
  order by lease_until limit $1 for update skip locked)`, atMost)
}

// QueueTally is what a worker did in a queue since it last told.
type QueueTally struct {
	Processed  int
	Errors     int
	Spent      time.Duration
	Checkpoint *string // eventId of the last event processed; nil leaves it
}

// CountProcessed adds to the counters of a queue and moves its checkpoint.
func (tx *Tx) CountProcessed(ctx context.Context, queue uuid.UUID, t QueueTally) error {
	_, err := tx.Exec(ctx, "event_queue_state.count", `
update event_queue_state q set checkpoint_id = coalesce($5, q.checkpoint_id), queue_metrics = q.queue_metrics || jsonb_build_object(
  'totalProcessed', was.processed + $2::bigint, 'totalErrors', was.errors + $3::bigint,
  'avgProcessingTimeMs', case when was.processed + $2::bigint > 0 then round((was.average * was.processed + $4::numeric) / (was.processed + $2::bigint), 3) else 0 end)
from (select id, coalesce((queue_metrics ->> 'totalProcessed')::bigint, 0) as processed, coalesce((queue_metrics ->> 'totalErrors')::bigint, 0) as errors,
    coalesce((queue_metrics ->> 'avgProcessingTimeMs')::numeric, 0) as average
  from event_queue_state where id = $1 for update) was
where q.id = was.id`, queue, t.Processed, t.Errors, float64(t.Spent.Microseconds())/1000, t.Checkpoint)
	return err
}

// RestDrained pauses the queues that were drained and are empty.
func (tx *Tx) RestDrained(ctx context.Context) error {
	_, err := tx.Exec(ctx, "event_queue_state.rest", `
update event_queue_state q set status = $1 where q.status = $2 and not exists (select from event_queue_entries e where e.queue_id = q.id)`,
		string(model.QueuePaused), string(model.QueueDraining))
	return err
}
