/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.id
  from dead_letter_queue t
  where t.status = $1::text
  order by t.created_at, t.id limit 2

/* event_queue_state.list */
select t.config, t.id, t.queue_id, t.queue_metrics, t.status
  from event_queue_state t
  order by t.id limit 21

/* test_definitions.list */
select t.id, t.name, t.test_id
  from test_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 21

/* workflow_definitions.list */
select t.id, t.name, t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 21

/* dead_letter_queue.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select null::text as key, date_bin('1 day', t.created_at, '2000-01-01Z') as bucket
  from dead_letter_queue t
  where t.status = $1::text and t.created_at is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* dead_letter_queue.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.error_type::text as key, null::timestamptz as bucket
  from dead_letter_queue t
  where t.status = $1::text) g group by key, bucket
  order by n desc, key limit 101

/* dead_letter_queue.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.pattern::text as key, null::timestamptz as bucket
  from dead_letter_queue t
  where t.status = $1::text) g group by key, bucket
  order by n desc, key limit 101

/* event_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select null::text as key, date_bin('1 day', t.timestamp, '2000-01-01Z') as bucket
  from event_instances t
  where t.timestamp >= $1::timestamptz and t.timestamp is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* event_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.pattern::text as key, date_bin('1 day', t.timestamp, '2000-01-01Z') as bucket
  from event_instances t
  where t.timestamp >= $2::timestamptz and t.pattern_path ~ (select aos_pattern_query($1::text)) and t.timestamp is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* event_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.pattern::text as key, null::timestamptz as bucket
  from event_instances t) g group by key, bucket
  order by n desc, key limit 101

/* integration_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.state::text as key, null::timestamptz as bucket
  from integration_instances t) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.assignee::text as key, null::timestamptz as bucket
  from task_instances t
  where t.due_sort > '0001-01-01Z' and t.due_sort < $2::timestamptz and t.status = any($1::text[])) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.assignee::text as key, null::timestamptz as bucket
  from task_instances t
  where t.status = any($1::text[])) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.priority::text as key, null::timestamptz as bucket
  from task_instances t
  where t.status = any($1::text[])) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from task_instances t) g group by key, bucket
  order by n desc, key limit 101

/* test_runs.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from test_runs t) g group by key, bucket
  order by n desc, key limit 101

/* workflow_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select null::text as key, date_bin('1 day', t.created_at, '2000-01-01Z') as bucket
  from workflow_instances t
  where t.created_at >= $1::timestamptz and t.created_at is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* workflow_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, date_bin('1 day', t.completed_at, '2000-01-01Z') as bucket
  from workflow_instances t
  where t.completed_sort >= $1::timestamptz and t.completed_sort < '9999-12-31Z' and t.completed_at is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* workflow_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from workflow_instances t) g group by key, bucket
  order by n desc, key limit 101

/* event_queue_entries.tally */
select k.key, t.value, t.n
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.status::text as value, count(*) as n
  from event_queue_entries t
  where t.queue_id = k.key group by t.status) t
  where t.value is not null

/* task_instances.measured */
select k.key as parent_key, t.id as "row.id", t.step_id as "row.step_id",
  t.status as "row.status", t.due_at as "row.due_at", t.execution_metadata as "row.execution_metadata",
  t.created_at as "row.created_at", t.updated_at as "row.updated_at"
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.id, i.step_id, i.status, i.due_at, i.execution_metadata, i.created_at, i.updated_at
 
  from task_instances i
 
  where i.workflow_definition_id = k.key and i.id >= aos_uuid_floor($2) and i.id < aos_uuid_floor($3)
 
  order by i.id desc limit $4) t

/* test_definitions.pass_rate */
select k.key, avg((r.status = 'passed')::int)::float8
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select r.status
 
  from test_runs r
 
  where r.test_definition_id = k.key and r.status in ('passed', 'failed', 'error')
 
  order by r.started_at desc, r.id desc
  limit $2) r
group by k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.stats */
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
    select round(extract(epoch
  from i.completed_at - i.started_at) * 1000)::float8 as ms
   
  from workflow_instances i
   
  where i.workflow_definition_id = k.key and i.completed_sort >= $2 and i.completed_sort < $3 and i.status = 'COMPLETED'
      and i.started_at is not null
   
  order by i.completed_sort desc
    limit $5) d) f
order by k.key, f.bucket, f.n desc, f.step

/* workflow_instances.measured */
select k.key as parent_key, t.id as "row.id", t.status as "row.status",
  t.current_step_id as "row.current_step_id", t.started_at as "row.started_at",
  jsonb_build_object('steps', (
    select jsonb_object_agg(s.key, s.value - '{input,output,error}'::text[])
   
  from jsonb_each(case jsonb_typeof(t.state -> 'steps') when 'object' then t.state -> 'steps' else '{}' end) s
   
  where jsonb_typeof(s.value) = 'object')) as "row.state"
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.id, i.status, i.current_step_id, i.started_at, i.state
 
  from workflow_instances i
 
  where i.workflow_definition_id = k.key and i.started_sort >= $2 and i.started_sort < $3
 
  order by i.started_sort desc limit $4) t
