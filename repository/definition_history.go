package repository

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// Revision is a content that a version of a definition had for a while.
type Revision[T any] struct {
	Key      uuid.UUID                     `db:"key"`
	At       time.Time                     `db:"at"`
	Until    *time.Time                    `db:"until"` // nil: it is so now
	By       *string                       `db:"actor"`
	Why      *string                       `db:"reason"`
	Row      T                             `db:"row"`
	Triggers []*model.WorkflowEventTrigger `db:"-"` // of a workflow
}

// Recorded lists the columns that a history keeps and shows.
func (d *Descriptor) Recorded() []string {
	return append([]string{"status", "version"}, d.Content()...)
}

// Revisions reads what definitions said, newest first: for each id the First of
// q and one more, so that each can be compared with the one before it. One
// statement serves all ids.
func Revisions[T any](ctx context.Context, s *Store, e Entity[T], q HistoryQuery, ids []any) (map[any][]Revision[T], error) {
	columns := slices.Concat([]string{"id", "revision"}, e.Recorded())
	list := strings.Join(columns, ", ")
	name := e.Table + ".revisions"
	sql := "/* " + name + " */ select k.key, t.at, t.until, c.actor, c.reason, " + selection{columns: columns}.nested() + `
from unnest($1::uuid[]) as k(key) cross join lateral (
  select * from (
    select lower(sys_period) as at, null::timestamptz as until, ` + list + ` from ` + e.Table + ` where id = k.key
    union all
    select lower(sys_period), upper(sys_period), ` + list + ` from ` + e.Table + `_history where id = k.key) r
  where r.at < coalesce($2::timestamptz, 'infinity')
  order by r.at desc limit $3::int) t
left join lateral (
  select l.actor, l.reason from change_log l where l.entity_id = k.key and l.revision = t.revision order by l.seq desc limit 1) c on true
order by k.key, t.at desc`
	keys, _ := keyArray(ids)
	found := make(map[any][]Revision[T], len(ids))
	err := scanEach(ctx, s, name, sql, args{keys, q.Before, q.First + 1}, func(r Revision[T]) { found[r.Key] = append(found[r.Key], r) })
	return found, err
}

// activeAt is the id of a version.
type activeAt struct {
	ID uuid.UUID `db:"id"`
}

// ActiveAt is the id of the version of a business key that was active at a
// moment; nil when none was, or when that is not recorded.
func (s *Store) ActiveAt(ctx context.Context, d *Descriptor, key string, at time.Time) (id *uuid.UUID, err error) {
	name := d.Table + ".active_at"
	branch := func(table string) string {
		return "select t.id from " + table + " t where t." + d.Key + " = $1 and t.status = 'active' and t.sys_period @> $2::timestamptz"
	}
	sql := "/* " + name + " */ " + branch(d.Table) + "\nunion all\n" + branch(d.Table+"_history") + "\nlimit 1"
	err = scanEach(ctx, s, name, sql, args{key, at}, func(a activeAt) { id = &a.ID })
	return id, err
}
