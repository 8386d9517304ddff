package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
)

// HistoryQuery asks for the newest First entries of the change log about an
// object, those from before a moment when Before is set.
type HistoryQuery struct {
	First  int
	Before *time.Time
}

// change is a row of the change log as far as a history shows it.
type change struct {
	EntityID    uuid.UUID  `db:"entity_id"`
	At          time.Time  `db:"at"`
	What        int        `db:"what"`
	Kind        int        `db:"kind"`
	OldStatus   *string    `db:"old_status"`
	NewStatus   *string    `db:"new_status"`
	OldAssignee *string    `db:"old_assignee"`
	NewAssignee *string    `db:"new_assignee"`
	OldPriority *string    `db:"old_priority"`
	NewPriority *string    `db:"new_priority"`
	OldDueAt    *time.Time `db:"old_due_at"`
	NewDueAt    *time.Time `db:"new_due_at"`
	OldStepID   *string    `db:"old_step_id"`
	NewStepID   *string    `db:"new_step_id"`
	Revision    *int       `db:"revision"`
	Actor       *string    `db:"actor"`
	Reason      *string    `db:"reason"`
}

// History reads what happened to several objects, newest first, in one
// statement.
func (s *Store) History(ctx context.Context, q HistoryQuery, ids []any) (map[any][]*model.HistoryEntry, error) {
	const name = "change_log.history"
	const sql = `/* change_log.history */
select c.entity_id, c.at, c.what, c.kind, c.old_status, c.new_status, c.old_assignee, c.new_assignee, c.old_priority, c.new_priority,
  c.old_due_at, c.new_due_at, c.old_step_id, c.new_step_id, c.revision, c.actor, c.reason
from unnest($1::uuid[]) as k(key) cross join lateral (
  select * from change_log l
  where l.entity_id = k.key and l.at < coalesce($2::timestamptz, 'infinity')
  order by l.seq desc limit $3::int
) c`
	keys, _ := keyArray(ids)
	rows, err := s.DB.Query(ctx, sql, keys, q.Before, q.First)
	if err != nil {
		return nil, readError(name, err)
	}
	var changes []change
	if err := pgxscan.ScanAll(&changes, rows); err != nil {
		return nil, readError(name, err)
	}
	found := make(map[any][]*model.HistoryEntry, len(ids))
	for _, c := range changes {
		found[c.EntityID] = append(found[c.EntityID], c.entry())
	}
	return found, nil
}

// sequences is the kind of change that says which item went on.
const sequences = 9

func (c change) entry() *model.HistoryEntry {
	e := &model.HistoryEntry{
		At: c.At, What: model.ChangeKindOf(c.What), From: spelled(c.OldStatus), To: spelled(c.NewStatus),
		By: c.Actor, Reason: c.Reason, Revision: c.Revision, Changes: []*model.HistoryChange{},
	}
	e.Differ("status", e.From, e.To)
	e.Differ("assignee", c.OldAssignee, c.NewAssignee)
	e.Differ("priority", c.OldPriority, c.NewPriority)
	e.Differ("dueAt", written(c.OldDueAt), written(c.NewDueAt))
	if c.Kind == sequences {
		e.Differ("item", nil, c.NewStepID)
	} else {
		e.Differ("stepId", c.OldStepID, c.NewStepID)
	}
	return e
}

// spelled is a status as GraphQL spells it.
func spelled(status *string) *string {
	if status == nil {
		return nil
	}
	text := model.SpellEnum(*status)
	return &text
}

func written(t *time.Time) *string {
	if t == nil {
		return nil
	}
	text := t.UTC().Format(time.RFC3339Nano)
	return &text
}
