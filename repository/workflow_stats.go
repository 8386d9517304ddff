package repository

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

// How far a chart goes back when nobody says, and how many durations of a
// workflow are measured at most.
const (
	statsRange   = 30 * 24 * time.Hour
	maxDurations = 10_000
)

// WorkflowStatsQuery is a stretch of time and the length of the buckets it is cut
// into.
type WorkflowStatsQuery struct {
	From, To time.Time
	Bucket   time.Duration
}

// WorkflowStatsQuery reads a range. Nothing said is the last 30 days, an open
// end is now.
func (s *Store) WorkflowStatsQuery(in *model.DateTimeFilter, bucket time.Duration) (WorkflowStatsQuery, error) {
	q := WorkflowStatsQuery{To: s.Now(), Bucket: bucket}
	if in == nil {
		in = &model.DateTimeFilter{}
	}
	if in.IsNull != nil {
		return q, fault.Errorf(fault.BadUserInput, "isNull is no stretch of time").At("/range/isNull").Hint("give gte and lt, or ago")
	}
	from, to := in.Span(s.Now())
	if to != nil {
		q.To = *to
	}
	q.From = q.To.Add(-statsRange)
	if from != nil {
		q.From = *from
	}
	if q.To.Sub(q.From)/bucket >= maxGroupsBuckets {
		return q, fault.Errorf(fault.BadUserInput, "the range has more than %d buckets", maxGroupsBuckets).At("/range").
			Hint("use a shorter range or longer buckets").With("limit", maxGroupsBuckets)
	}
	return q, nil
}

// workflowFact is a row of the answer: a number of executions and what they have
// in common, or their durations.
type workflowFact struct {
	Key      uuid.UUID
	What     string // started, a status, step or durations
	Bucket   *time.Time
	Step     *string
	N        int
	Avg, P50 *float64
	P95, Max *float64
}

const workflowStatsSQL = `/* workflow_definitions.stats */
select k.key, f.*
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select 'started' as what, date_bin($4::interval, i.started_sort, '2000-01-01Z') as bucket, null::text as step, count(*) as n,
    null::float8 as avg, null::float8 as p50, null::float8 as p95, null::float8 as max
  from workflow_instances i
  where i.workflow_definition_id = k.key and i.started_sort >= $2 and i.started_sort < $3
  group by bucket
  union all
  select i.status, date_bin($4::interval, i.completed_sort, '2000-01-01Z') as bucket, null, count(*), null, null, null, null
  from workflow_instances i
  where i.workflow_definition_id = k.key and i.completed_sort >= $2 and i.completed_sort < $3
  group by i.status, bucket
  union all
  (select 'step', null, i.current_step_id, count(*) as n, null, null, null, null
  from workflow_instances i
  where i.workflow_definition_id = k.key and i.completed_sort >= $2 and i.completed_sort < $3 and i.status = 'FAILED'
  group by i.current_step_id
  order by n desc, i.current_step_id
  limit 20)
  union all
  select 'durations', null, null, count(*), avg(d.ms), percentile_disc(0.5) within group (order by d.ms),
    percentile_disc(0.95) within group (order by d.ms), max(d.ms)
  from (
    select round(extract(epoch from i.completed_at - i.started_at) * 1000)::float8 as ms
    from workflow_instances i
    where i.workflow_definition_id = k.key and i.completed_sort >= $2 and i.completed_sort < $3 and i.status = 'COMPLETED'
      and i.started_at is not null
    order by i.completed_sort desc
    limit $5) d) f
order by k.key, f.bucket, f.n desc, f.step`

// WorkflowStats tells how the executions of each definition went. All
// definitions share one statement, which reads the executions of the range by
// index.
func (s *Store) WorkflowStats(ctx context.Context, q WorkflowStatsQuery, definitions []uuid.UUID) (map[any]*model.WorkflowStats, error) {
	const name = "workflow_definitions.stats"
	rows, err := s.DB.Query(ctx, workflowStatsSQL, definitions, q.From, q.To, q.Bucket, maxDurations)
	if err != nil {
		return nil, readError(name, err)
	}
	found := make(map[any]*model.WorkflowStats, len(definitions))
	for _, id := range definitions {
		found[id] = &model.WorkflowStats{Definition: id, From: q.From, To: q.To}
	}
	var f workflowFact
	_, err = pgx.ForEachRow(rows, []any{&f.Key, &f.What, &f.Bucket, &f.Step, &f.N, &f.Avg, &f.P50, &f.P95, &f.Max}, func() error {
		f.addTo(found[f.Key])
		return nil
	})
	return found, readError(name, err)
}

// addTo puts the fact where it belongs. Facts come in the order of time.
func (f workflowFact) addTo(w *model.WorkflowStats) {
	switch f.What {
	case "step":
		w.FailuresByStep = append(w.FailuresByStep, &model.StatsGroup{Key: f.Step, Count: int64(f.N)})
	case "durations":
		w.DurationMs = &model.DurationStats{Count: f.N, Avg: f.Avg, P50: f.P50, P95: f.P95, Max: f.Max}
	default:
		w.Count(f.What, *f.Bucket, f.N)
	}
}
