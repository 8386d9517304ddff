/* workflow_definitions.by_key */
select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_instances.instances */
select k.key as parent_key, t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.correlation_id, t.created_at, t.current_step_id, t.error, t.id, t.input, t.instance_id, t.revision, t.started_at, t.state, t.status, t.trigger_event_id, t.workflow_definition_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_instances.count_by_parent */
select k.key, c.n
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[]) limit 10001) t) c

/* event_instances.triggerEvent */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern", t.source as "row.source"
  from (select distinct p.trigger_event_id
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.trigger_event_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.created_at desc, t.id desc limit 10) p
  where p.trigger_event_id is not null) as k(key) join event_instances t on t.id = k.key

/* workflow_instances.instances */
select k.key as parent_key, t.completed_at as "row.completed_at", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.completed_at, t.created_at, t.current_step_id, t.error, t.id, t.input, t.instance_id, t.revision, t.started_at, t.state, t.status, t.trigger_event_id, t.workflow_definition_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_instances.count_by_parent */
select k.key, c.n
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[]) limit 10001) t) c

/* event_instances.triggerEvent */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern", t.source as "row.source"
  from (select distinct p.trigger_event_id
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.trigger_event_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.created_at desc, t.id desc limit 10) p
  where p.trigger_event_id is not null) as k(key) join event_instances t on t.id = k.key

/* workflow_instances.instances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.instance_id as "row.instance_id", t.status as "row.status"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.instance_id, t.status
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.instance_id = $2::text
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_instances.instances */
select k.key as parent_key, t.completed_at as "row.completed_at", t.id as "row.id", t.instance_id as "row.instance_id", t.started_at as "row.started_at", t.started_sort as "row.started_sort"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.completed_at, t.id, t.instance_id, t.started_at, t.started_sort
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.started_sort >= $2::timestamptz and t.started_sort < '9999-12-31Z'
  order by t.started_sort desc, t.id desc limit 11) t

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

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.input_schema as "row.input_schema"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.input_schema
  from workflow_definitions t
  where t.workflow_id = k.key and t.status = 'active' limit 1) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.instance_counts */
select k.key, c.status, c.n
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.status, count(*) as n
 
  from workflow_instances i
 
  where i.workflow_definition_id = k.key
  group by i.status
 
  order by i.status) c

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
