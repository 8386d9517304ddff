/* dead_letter_queue.list */
select t.created_at, t.id
  from dead_letter_queue t
  where t.status = $1::text
  order by t.id limit 2

/* dead_letter_queue.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.error_type::text as key, null::timestamptz as bucket
  from dead_letter_queue t
  where t.status = $1::text) g group by key, bucket
  order by n desc, key limit 101

/* event_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.pattern::text as key, null::timestamptz as bucket
  from event_instances t) g group by key, bucket
  order by n desc, key limit 101

/* event_queue_state.list */
select t.config, t.id, t.queue_id, t.queue_metrics, t.status
  from event_queue_state t
  order by t.id limit 21

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.assignee::text as key, null::timestamptz as bucket
  from task_instances t
  where t.status = any($1::text[])) g group by key, bucket
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
