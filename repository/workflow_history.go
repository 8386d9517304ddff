package repository

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// workflowMoments are the moments at which a version of a workflow began to say
// something else: in its row, or in one of its triggers.
const workflowMoments = `
  select m.at, lead(m.at) over (order by m.at) as until from (
    select lower(sys_period) as at from workflow_definitions where id = k.key
    union
    select lower(sys_period) from workflow_definitions_history where id = k.key
    union
    select lower(sys_period) from workflow_event_triggers where workflow_definition_id = k.key
    union
    select unnest(array[lower(sys_period), upper(sys_period)]) from workflow_event_triggers_history where workflow_definition_id = k.key) m`

// workflowChange is the change that began a content: of the row where it was
// changed as well, else of a trigger.
const workflowChange = `
  select l.actor, l.reason from change_log l
  where l.at >= t.at and l.at < coalesce(t.until, 'infinity') and (l.entity_id = k.key or l.entity_id in (
    select id from workflow_event_triggers where workflow_definition_id = k.key
    union select id from workflow_event_triggers_history where workflow_definition_id = k.key))
  order by l.entity_id <> k.key, l.seq limit 1`

// WorkflowRevisions is Revisions for workflows, whose triggers are a part of
// what they say although they are rows of their own.
func WorkflowRevisions(ctx context.Context, s *Store, q HistoryQuery, ids []any) (map[any][]Revision[model.WorkflowDefinition], error) {
	d := WorkflowDefinitions.Descriptor
	columns := append([]string{"id"}, d.Recorded()...)
	list := strings.Join(columns, ", ")
	then := func(table string) string {
		return "select " + list + ", revision from " + table + " where id = k.key and sys_period @> m.at"
	}
	const name = "workflow_definitions.revisions"
	sql := "/* " + name + " */ select k.key, t.at, t.until, c.actor, c.reason, " + selection{columns: columns}.nested() + `,
  coalesce((select l.revision from change_log l where l.entity_id = k.key and l.at < coalesce(t.until, 'infinity') order by l.seq desc limit 1), t.revision) as "row.revision"
from unnest($1::uuid[]) as k(key) cross join lateral (
  select m.at, m.until, r.* from (` + workflowMoments + `) m cross join lateral (
    ` + then(d.Table) + ` union all ` + then(d.Table+"_history") + ` limit 1) r
  where m.at < coalesce($2::timestamptz, 'infinity')
  order by m.at desc limit $3::int) t
left join lateral (` + workflowChange + `) c on true
order by k.key, t.at desc`
	keys, _ := keyArray(ids)
	var records []*Revision[model.WorkflowDefinition]
	err := scanEach(ctx, s, name, sql, args{keys, q.Before, q.First + 1}, func(r Revision[model.WorkflowDefinition]) { records = append(records, &r) })
	if err != nil {
		return nil, err
	}
	if err := s.addTriggers(ctx, records); err != nil {
		return nil, err
	}
	found := make(map[any][]Revision[model.WorkflowDefinition], len(ids))
	for _, r := range records {
		found[r.Key] = append(found[r.Key], *r)
	}
	return found, nil
}

// pastTrigger is a trigger as it was in the revision with this place.
type pastTrigger struct {
	Place int                        `db:"place"`
	Row   model.WorkflowEventTrigger `db:"row"`
}

// addTriggers reads the triggers that the revisions had, in the order they
// fired.
func (s *Store) addTriggers(ctx context.Context, records []*Revision[model.WorkflowDefinition]) error {
	ids, moments := make([]uuid.UUID, len(records)), make([]time.Time, len(records))
	for i, r := range records {
		ids[i], moments[i] = r.Key, r.At
	}
	columns := slices.DeleteFunc(slices.Clone(WorkflowEventTriggers.Columns()), func(c string) bool { return c == "updated_at" })
	list := strings.Join(columns, ", ")
	const name = "workflow_event_triggers.revisions"
	then := func(table string) string {
		return "select " + list + " from " + table + " where workflow_definition_id = k.id and sys_period @> k.at"
	}
	sql := "/* " + name + " */ select k.place, " + selection{columns: columns}.nested() + `
from unnest($1::uuid[], $2::timestamptz[]) with ordinality as k(id, at, place) cross join lateral (
  ` + then("workflow_event_triggers") + `
  union all
  ` + then("workflow_event_triggers_history") + `) t
order by k.place, t.priority, t.id`
	return scanEach(ctx, s, name, sql, args{ids, moments}, func(p pastTrigger) {
		record := records[p.Place-1]
		record.Triggers = append(record.Triggers, &p.Row)
	})
}
