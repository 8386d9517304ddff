package repository

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/georgysavva/scany/v2/pgxscan"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// How many groups an answer holds: as many as a chart can show, or a week of
// hours with some keys each.
const (
	maxGroups        = 100
	maxGroupsBuckets = 1000
)

// StatsQuery asks how many rows there are. GroupBy and BucketBy are columns of
// the entity, chosen from closed enums; Bucket is hour, day or empty.
type StatsQuery struct {
	Where    any
	GroupBy  string
	Bucket   string
	BucketBy string
}

// group is a row of the answer.
type group struct {
	Key    *string    `db:"key"`
	Bucket *time.Time `db:"bucket"`
	Count  int64      `db:"n"`
	Total  int64      `db:"total"`
}

// Stats counts rows by the values of a column, by stretches of time, or both.
func (s *Store) Stats(ctx context.Context, d *Descriptor, q StatsQuery) (*model.Stats, error) {
	if q.Bucket != "" && !d.row.has(q.BucketBy) {
		return nil, fault.Errorf(fault.BadUserInput, "%s has no such time", d.Name).At("/bucketBy").
			Hint("use CREATED_AT, or a time that its fields show")
	}
	var a args
	cond, err := compiler{args: &a, now: s.Now()}.compile(d, q.Where)
	if err != nil {
		return nil, err
	}
	name := d.Table + ".stats"
	rows, err := s.DB.Query(ctx, statsSQL(name, d, q, cond), a...)
	if err != nil {
		return nil, readError(name, err)
	}
	var groups []group
	if err := pgxscan.ScanAll(&groups, rows); err != nil {
		return nil, readError(name, err)
	}
	return d.stats(q, groups), nil
}

func statsSQL(name string, d *Descriptor, q StatsQuery, cond condition) string {
	key, bucket, order, limit := "null::text", "null::timestamptz", "n desc, key", maxGroups+1
	terms := cond.parts()
	if q.GroupBy != "" {
		key = "t." + q.GroupBy + "::text"
	}
	if q.Bucket != "" {
		// date_bin and not date_trunc: its days are those of UTC whatever the session says.
		bucket = "date_bin('1 " + q.Bucket + "', t." + q.BucketBy + ", '2000-01-01Z')"
		terms = append(terms, "t."+q.BucketBy+" is not null")
		order, limit = "bucket desc, n desc, key", maxGroupsBuckets+1
	}
	return "/* " + name + " */ select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total from (select " +
		key + " as key, " + bucket + " as bucket from " + d.Table + " t" + whereClause(terms) +
		") g group by key, bucket order by " + order + fmt.Sprintf(" limit %d", limit)
}

// stats turns the rows into the answer: in the order of time where there are
// buckets, enumerations as GraphQL spells them, references as global ids.
func (d *Descriptor) stats(q StatsQuery, groups []group) *model.Stats {
	limit := maxGroups
	if q.Bucket != "" {
		limit = maxGroupsBuckets
	}
	out := &model.Stats{Groups: []*model.StatsGroup{}, Truncated: len(groups) > limit}
	groups = groups[:min(limit, len(groups))]
	for _, g := range groups {
		out.Total = g.Total
		out.Groups = append(out.Groups, &model.StatsGroup{Key: d.groupKey(q.GroupBy, g.Key), BucketStart: g.Bucket, Count: g.Count})
	}
	if q.Bucket != "" {
		slices.Reverse(out.Groups)
	}
	return out
}

func (d *Descriptor) groupKey(column string, key *string) *string {
	if key == nil {
		return nil
	}
	text := *key
	switch t := d.row.types[column]; {
	case isEnum(t):
		text = model.SpellEnum(text)
	case t == reflect.TypeFor[uuid.UUID]() || t == reflect.TypeFor[*uuid.UUID]():
		for _, r := range d.Relations {
			if id, err := uuid.Parse(text); err == nil && r == One(column, r.Table) {
				return pointer(nodeid.Encode(byTable[r.Table].Prefix(), id))
			}
		}
	}
	return &text
}

func pointer[V any](v V) *V { return &v }

func isEnum(t reflect.Type) bool {
	_, ok := reflect.Zero(t).Interface().(interface{ Values() []string })
	return ok
}

// Tally counts the related rows of every parent by the values of a column, in
// one statement: the badges of a list. Values are spelled as they are stored.
func (s *Store) Tally(ctx context.Context, r Relation, column string, keys []any) (map[any]map[string]int, error) {
	var a args
	name := r.Table + ".tally"
	array := a.add(keyArray(keys))
	sql := "/* " + name + " */ select k.key, t.value, t.n from unnest(" + array + ") as k(key) cross join lateral (select t." + column +
		"::text as value, count(*) as n from " + r.Table + " t where " + r.on() + " group by t." + column + ") t where t.value is not null"
	rows, err := s.DB.Query(ctx, sql, a...)
	if err != nil {
		return nil, readError(name, err)
	}
	found := make(map[any]map[string]int, len(keys))
	var key any
	var value string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&key, &value, &n}, func() error {
		k := parentKey(key)
		if found[k] == nil {
			found[k] = map[string]int{}
		}
		found[k][value] = n
		return nil
	})
	return found, readError(name, err)
}
