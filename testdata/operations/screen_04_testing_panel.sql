/* test_case_results.list */
select t.case_id, t.duration_ms, t.id, t.started_at, t.status, t.test_run_id
  from test_case_results t
  where t.case_id = $1::text
  order by t.id desc limit 6

/* test_runs.run */
select k.key as parent_key, t.environment as "row.environment", t.id as "row.id", t.run_id as "row.run_id"
  from (select distinct p.test_run_id
  from (select t.test_run_id
  from test_case_results t
  where t.case_id = $1::text
  order by t.id desc limit 5) p
  where p.test_run_id is not null) as k(key) join test_runs t on t.id = k.key

/* test_definitions.list */
select t.cases, t.id, t.name, t.test_id
  from test_definitions t
  where t.target_id = $1::text
  order by t.name, t.id limit 21

/* test_runs.runs */
select k.key as parent_key, t.completed_at as "row.completed_at", t.environment as "row.environment", t.id as "row.id", t.revision as "row.revision", t.run_id as "row.run_id", t.started_at as "row.started_at", t.status as "row.status", t.test_definition_id as "row.test_definition_id", t.triggered_by as "row.triggered_by"
  from (select distinct p.id
  from (select t.id
  from test_definitions t
  where t.target_id = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.completed_at, t.environment, t.id, t.revision, t.run_id, t.started_at, t.status, t.test_definition_id, t.triggered_by
  from test_runs t
  where t.test_definition_id = k.key
  order by t.started_at desc, t.id desc limit 11) t

/* test_case_results.caseResults */
select k.key as parent_key, t.assertions as "row.assertions", t.case_id as "row.case_id", t.duration_ms as "row.duration_ms", t.error as "row.error", t.id as "row.id", t.status as "row.status"
  from (select distinct p.id
  from (select distinct p.id
  from (select t.id
  from test_definitions t
  where t.target_id = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id
  from test_runs t
  where t.test_definition_id = k.key
  order by t.started_at desc, t.id desc limit 10) p
  where p.id is not null) as k(key)
  cross join lateral (select t.assertions, t.case_id, t.duration_ms, t.error, t.id, t.status
  from test_case_results t
  where t.test_run_id = k.key
  order by t.id limit 11) t

/* test_runs.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.environment::text as key, null::timestamptz as bucket
  from test_runs t) g group by key, bucket
  order by n desc, key limit 101

/* test_runs.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, date_bin('1 day', t.started_at, '2000-01-01Z') as bucket
  from test_runs t
  where t.started_at is not null) g group by key, bucket
  order by bucket desc, n desc, key limit 1001

/* test_case_results.tally */
select k.key, t.value, t.n
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.status::text as value, count(*) as n
  from test_case_results t
  where t.test_run_id = k.key group by t.status) t
  where t.value is not null

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
