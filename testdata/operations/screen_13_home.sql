/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.error_type, t.id
  from dead_letter_queue t
  where t.status = $1::text
  order by t.created_at desc, t.id desc limit 6

/* dead_letter_queue.count */
select count(*) as n
  from (select 1
  from dead_letter_queue t
  where t.status = $1::text limit 10001) t

/* task_instances.list */
select t.due_at, t.due_sort, t.id, t.priority, t.task_reference
  from task_instances t
  where t.assignee = $2::text and t.due_sort > '0001-01-01Z' and t.due_sort < $3::timestamptz and t.status = any($1::text[])
  order by t.due_sort, t.id limit 21

/* test_runs.list */
select t.id, t.run_id, t.started_at, t.status
  from test_runs t
  where t.status = any($1::text[])
  order by t.started_at desc, t.id desc limit 6

/* workflow_definitions.list */
select t.cancellation_triggers, t.compensation_steps, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.steps, t.ui_components, t.version, t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 21

/* workflow_definitions.list */
select t.id, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text
  order by t.workflow_id desc, t.version_sort desc, t.id desc limit 21

/* workflow_instances.list */
select t.error, t.id, t.instance_id, t.updated_at
  from workflow_instances t
  where t.status = $1::text
  order by t.updated_at desc, t.id desc limit 6

/* workflow_instances.list */
select t.id, t.instance_id, t.status, t.updated_at, t.workflow_definition_id
  from workflow_instances t
  order by t.updated_at desc, t.id desc limit 6

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.workflow_definition_id
  from (select t.workflow_definition_id
  from workflow_instances t
  order by t.updated_at desc, t.id desc limit 5) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* definitions.search */
select *
  from (
(select 'WORKFLOW' as kind, best.id, best.name as title, best.workflow_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.workflow_id) t.id, t.name, t.workflow_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.workflow_id) + 0.3 * similarity($1, t.workflow_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from workflow_definitions t
 
  where t.name % $1 or t.workflow_id % $1 or t.name %> $1 or t.workflow_id %> $1 or t.description %> $1 or t.name ilike $2 or t.workflow_id ilike $2
 
  order by t.workflow_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
union all
(select 'TASK' as kind, best.id, best.name as title, best.task_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.task_id) t.id, t.name, t.task_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.task_id) + 0.3 * similarity($1, t.task_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from task_definitions t
 
  where t.name % $1 or t.task_id % $1 or t.name %> $1 or t.task_id %> $1 or t.description %> $1 or t.name ilike $2 or t.task_id ilike $2
 
  order by t.task_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
union all
(select 'EVENT' as kind, best.id, best.name as title, best.event_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.event_id) t.id, t.name, t.event_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.event_id) + 0.3 * similarity($1, t.event_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from event_definitions t
 
  where t.name % $1 or t.event_id % $1 or t.name %> $1 or t.event_id %> $1 or t.description %> $1 or t.name ilike $2 or t.event_id ilike $2
 
  order by t.event_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
union all
(select 'INTEGRATION' as kind, best.id, best.name as title, best.integration_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.integration_id) t.id, t.name, t.integration_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.integration_id) + 0.3 * similarity($1, t.integration_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from integration_definitions t
 
  where t.name % $1 or t.integration_id % $1 or t.name %> $1 or t.integration_id %> $1 or t.description %> $1 or t.name ilike $2 or t.integration_id ilike $2
 
  order by t.integration_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
union all
(select 'UI_COMPONENT' as kind, best.id, best.name as title, best.component_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.component_id) t.id, t.name, t.component_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.component_id) + 0.3 * similarity($1, t.component_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from ui_components t
 
  where t.name % $1 or t.component_id % $1 or t.name %> $1 or t.component_id %> $1 or t.description %> $1 or t.name ilike $2 or t.component_id ilike $2
 
  order by t.component_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
union all
(select 'TEST' as kind, best.id, best.name as title, best.test_id || ' ' || best.version as subtitle, best.score
from (
  select distinct on (t.test_id) t.id, t.name, t.test_id, t.version, greatest(
      (0.7 * word_similarity($1, t.name) + 0.3 * similarity($1, t.name)),
      (0.65 * word_similarity($1, t.test_id) + 0.3 * similarity($1, t.test_id)),
      0.5 * coalesce(word_similarity($1, t.description), 0)) as score
 
  from test_definitions t
 
  where t.name % $1 or t.test_id % $1 or t.name %> $1 or t.test_id %> $1 or t.description %> $1 or t.name ilike $2 or t.test_id ilike $2
 
  order by t.test_id, t.status = 'active' desc, t.version_sort desc) best
order by best.score desc, best.name, best.id
limit $3)
) hits
  order by score desc, title, id limit $3

/* workflow_definitions.pins */
select r.source_id, 'task_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from workflow_task_references r left join task_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from workflow_ui_component_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

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

/* test_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

/* ui_components.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join ui_components t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

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

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

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
