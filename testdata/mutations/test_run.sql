-- Start

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_definitions.by_business_key */
select t.id
  from test_definitions t
  where t.test_id = $1::text and t.status = 'active' limit 1

/* test_runs.insert */
insert into test_runs as t (created_at, environment, id, run_id, started_at, test_definition_id, triggered_by) values ($1, $2, $3, $4, $5, $6, $7) returning t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by

/* test_case_results.outcomes */
select test_run_id, case_id, status
  from test_case_results
  where test_run_id = any($1::uuid[])

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- StartWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_definitions.by_business_key */
select t.id
  from test_definitions t
  where t.test_id = $1::text and t.status = 'active' limit 1

/* test_definitions.by_business_key */
select t.id
  from test_definitions t
  where t.test_id = $1::text and t.status = 'active' limit 1

/* test_runs.insert */
insert into test_runs as t (created_at, environment, id, run_id, started_at, test_definition_id, triggered_by) values ($1, $2, $3, $4, $5, $6, $7) returning t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by

-- FinishTooEarly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_case_results.outcomes */
select test_run_id, case_id, status
  from test_case_results
  where test_run_id = any($1::uuid[])

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- Record

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_case_results.insert_all */
insert into test_case_results (id, created_at, test_run_id, case_id, status, duration_ms, input, output, error, assertions, started_at, completed_at)
select n.id, n.made, $1, n.case_id, n.status, n.duration, coalesce(n.input::jsonb, '{}'), n.output::jsonb, n.error::jsonb, coalesce(n.assertions::jsonb, '[]'), n.started, n.completed
from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[])
  as n(id, made, case_id, status, duration, input, output, error, assertions, started, completed)
on conflict (test_run_id, case_id) do nothing
returning case_id

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_case_results.outcomes */
select test_run_id, case_id, status
  from test_case_results
  where test_run_id = any($1::uuid[])

/* test_case_results.caseResults */
select k.key as parent_key, t.case_id as "row.case_id", t.duration_ms as "row.duration_ms", t.id as "row.id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.case_id, t.duration_ms, t.id, t.status
  from test_case_results t
  where t.test_run_id = k.key
  order by t.id limit 11) t

/* test_case_results.tally */
select k.key, t.value, t.n
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.status::text as value, count(*) as n
  from test_case_results t
  where t.test_run_id = k.key group by t.status) t
  where t.value is not null

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- RecordWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_case_results.insert_all */
insert into test_case_results (id, created_at, test_run_id, case_id, status, duration_ms, input, output, error, assertions, started_at, completed_at)
select n.id, n.made, $1, n.case_id, n.status, n.duration, coalesce(n.input::jsonb, '{}'), n.output::jsonb, n.error::jsonb, coalesce(n.assertions::jsonb, '[]'), n.started, n.completed
from unnest($2::uuid[], $3::timestamptz[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::text[], $10::text[], $11::timestamptz[], $12::timestamptz[])
  as n(id, made, case_id, status, duration, input, output, error, assertions, started, completed)
on conflict (test_run_id, case_id) do nothing
returning case_id

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- Finish

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_case_results.outcomes */
select test_run_id, case_id, status
  from test_case_results
  where test_run_id = any($1::uuid[])

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_runs.update */
update test_runs t set completed_at = $1, status = $2
  where t.id = $3::uuid returning t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by

/* change_log.history */
select c.entity_id, c.at, c.what, c.kind, c.old_status, c.new_status, c.old_assignee, c.new_assignee, c.old_priority, c.new_priority,
  c.old_due_at, c.new_due_at, c.old_step_id, c.new_step_id, c.revision, c.actor, c.reason
from unnest($1::uuid[]) as k(key)
  cross join lateral (
  select *
  from change_log l
 
  where l.entity_id = k.key and l.at < coalesce($2::timestamptz, 'infinity')
 
  order by l.seq desc limit $3::int
) c

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- FinishTwice

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_case_results.outcomes */
select test_run_id, case_id, status
  from test_case_results
  where test_run_id = any($1::uuid[])

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update

/* test_runs.lock */
select t.id, t.created_at, t.updated_at, t.run_id, t.test_definition_id, t.status, t.revision, t.started_at, t.completed_at, t.completed_sort, t.environment, t.triggered_by
  from test_runs t
  where t.id = $1::uuid for no key update
