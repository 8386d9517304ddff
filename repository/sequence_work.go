package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// SequencePlace is the place of an event in a sequence that it has not been
// processed for. Blocked tells that a required event before it is not processed.
type SequencePlace struct {
	Sequence model.EventSequence `db:"sequence"`
	Required bool
	Blocked  bool
}

// SequencePlaces finds the sequences that wait for an event and locks them: of
// two workers who finish two items the second sees what the first did.
func (tx *Tx) SequencePlaces(ctx context.Context, eventID string) ([]*SequencePlace, error) {
	const name = "event_sequences.places"
	return listed[SequencePlace](ctx, tx.Store, name, "/* "+name+" */ select "+
		nestedAs("s", "sequence", []string{"id", "sequence_id", "name", "status", "metadata", "correlation_id", "rollback_strategy"})+`, i.required,
  exists (select from event_sequence_events b
    where b.sequence_id = i.sequence_id and b.position < i.position and b.required and b.status <> 'processed') as blocked
from event_sequence_events i join event_sequences s on s.id = i.sequence_id
where i.event_id = $1 and i.status <> 'processed' and s.status <> 'completed'
order by s.id for no key update of s`, eventID)
}

// FinishItems tells sequences what became of one of their events. A sequence
// begins with its first event, is complete when every required one is
// processed, and fails with a required one; a success gets a failed one going
// again. What waited for its turn is due at
// once.
func (tx *Tx) FinishItems(ctx context.Context, eventID string, sequences []uuid.UUID, status model.EventSequenceItemStatus) error {
	if _, err := tx.Exec(ctx, "event_sequence_events.finish",
		"update event_sequence_events set status = $3, processing_timestamp = $4 where event_id = $2 and sequence_id = any ($1)",
		sequences, eventID, string(status), tx.Now()); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "event_sequences.begin",
		"update event_sequences set status = 'in_progress' where id = any ($1) and (status = 'created' or (status = 'failed' and $2))",
		sequences, status == model.SequenceItemProcessed); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, "event_sequences.end", `
update event_sequences s set status = i.outcome, completed_at = case when i.outcome = 'completed' then $2::timestamptz end
from (select sequence_id, case when bool_or(required and status = 'failed') then 'failed' when bool_and(not required or status = 'processed') then 'completed' end as outcome
  from event_sequence_events where sequence_id = any ($1) group by sequence_id) i
where s.id = i.sequence_id and s.status = 'in_progress' and i.outcome is not null`, sequences, tx.Now()); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "event_queue_entries.turn", `
update event_queue_entries e set available_at = now()
where e.status = 'waiting' and e.available_at > now() and e.attempts = 0
  and e.event_id in (select i.event_id from event_sequence_events i where i.sequence_id = any ($1) and i.status = 'pending')`, sequences)
	return err
}

// AwaitTurn puts an event back whose turn in a sequence has not come.
func (tx *Tx) AwaitTurn(ctx context.Context, entry uuid.UUID, owner string, wait time.Duration) error {
	_, err := tx.Exec(ctx, "event_queue_entries.await_turn", `
update event_queue_entries set status = 'waiting', lease_owner = null, lease_until = null, available_at = now() + $3
where id = $1 and lease_owner = $2`, entry, owner, wait)
	return err
}

// SequenceEvents are the recorded events of a sequence in its order, those that
// are not recorded, or archived, left out.
func (s *Store) SequenceEvents(ctx context.Context, sequence uuid.UUID, atMost int) ([]*model.EventInstance, error) {
	const name = "event_sequence_events.events"
	columns := selection{columns: []string{"id", "event_id", "pattern", "version", "source", "payload", "metadata", "timestamp"}}
	return listed[model.EventInstance](ctx, s, name, "/* "+name+" */ select "+columns.list()+`
from event_sequence_events i join event_instance_keys k on k.event_id = i.event_id join event_instances t on t.id = k.id
where i.sequence_id = $1 order by i.position, i.id limit $2`, sequence, atMost)
}
