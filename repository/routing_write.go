package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/google/uuid"
)

// EndWaits moves active waits to a status and tells which of them still were
// active: of several who end a wait one does.
func (tx *Tx) EndWaits(ctx context.Context, ids []uuid.UUID, to model.WorkflowEventSubscriptionStatus, event *uuid.UUID) (map[uuid.UUID]bool, error) {
	const name = "workflow_event_subscriptions.end"
	ended := map[uuid.UUID]bool{}
	err := scanEach(ctx, tx.Store, name, "/* "+name+` */
update workflow_event_subscriptions set status = $2, fulfilled_by_event_id = $3, fulfilled_at = case when $3::uuid is not null then $4::timestamptz end
where id = any ($1) and status = 'active' returning id`, args{ids, string(to), event, tx.Now()}, func(r struct{ ID uuid.UUID }) { ended[r.ID] = true })
	return ended, err
}

// RunChange is what becomes of one of many instances.
type RunChange struct {
	ID     uuid.UUID
	Status model.WorkflowInstanceStatus
	StepID *string
	State  scalar.JSON
	Error  scalar.JSON // nil leaves it
	Ended  bool
}

// ChangeRuns writes many instances, which the caller has locked, in one
// statement.
func (tx *Tx) ChangeRuns(ctx context.Context, changes []RunChange) error {
	ids, statuses, steps := make([]uuid.UUID, len(changes)), make([]string, len(changes)), make([]*string, len(changes))
	states, errs, ends := make([]string, len(changes)), make([]*string, len(changes)), make([]*time.Time, len(changes))
	now := tx.Now()
	for i, c := range changes {
		ids[i], statuses[i], steps[i], states[i] = c.ID, string(c.Status), c.StepID, string(c.State)
		if c.Error != nil {
			text := string(c.Error)
			errs[i] = &text
		}
		if c.Ended {
			ends[i] = &now
		}
		if found := jsonschema.Validate("workflow_instances", "state", c.State); len(found) > 0 {
			return fault.Errorf(fault.Validation, "the state of an instance %s", found[0].Message).At("/state" + found[0].Path)
		}
	}
	_, err := tx.Exec(ctx, "workflow_instances.change_many", `
update workflow_instances t set status = c.status, current_step_id = c.step, state = c.state::jsonb,
  error = coalesce(c.error::jsonb, t.error), completed_at = coalesce(c.ended, t.completed_at)
from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) as c(id, status, step, state, error, ended)
where t.id = c.id`, ids, statuses, steps, states, errs, ends)
	return err
}

// CancelRuns cancels those of many instances that are still open, with their
// unfinished tasks and active waits, and says how many there were.
func (tx *Tx) CancelRuns(ctx context.Context, ids []uuid.UUID, cancellation scalar.JSON) (int, error) {
	if err := checkDocuments("workflow_instances", Values{"cancellation": cancellation}); err != nil {
		return 0, err
	}
	if _, err := tx.LockRuns(ctx, ids); err != nil {
		return 0, err
	}
	const name = "workflow_instances.cancel_many"
	var cancelled []uuid.UUID
	err := scanEach(ctx, tx.Store, name, "/* "+name+` */
update workflow_instances set status = $2, completed_at = $3, cancellation = $4 where id = any ($1) and status = any ($5) returning id`,
		args{ids, string(model.WorkflowInstanceCancelled), tx.Now(), cancellation, open()},
		func(r struct{ ID uuid.UUID }) { cancelled = append(cancelled, r.ID) })
	if err != nil || len(cancelled) == 0 {
		return 0, err
	}
	return len(cancelled), tx.CancelOpen(ctx, cancelled...)
}

// MarkReplayed writes into an event that it was routed again.
func (tx *Tx) MarkReplayed(ctx context.Context, event uuid.UUID, marks scalar.JSON) error {
	_, err := tx.Exec(ctx, "event_instances.mark_replayed", "update event_instances set metadata = metadata || $2 where id = $1", event, marks)
	return err
}

// PendingLetters are the subscribers that have a dead letter of an event
// already. An empty name stands for the event as a whole.
func (s *Store) PendingLetters(ctx context.Context, eventID string) (map[string]bool, error) {
	const name = "dead_letter_queue.pending_of_event"
	pending := map[string]bool{}
	err := scanEach(ctx, s, name, "/* "+name+` */
select coalesce(t.subscriber_id, '') as subscriber from dead_letter_queue t where t.event_id = $1 and t.status in ('pending', 'reprocessing')`,
		args{eventID}, func(r struct{ Subscriber string }) { pending[r.Subscriber] = true })
	return pending, err
}
