-- Wrong

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

-- WrongToo

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.highest_version */
select t.version
  from workflow_definitions t
  where t.workflow_id = $1
  order by t.version_sort desc limit 1

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

-- WrongTrigger

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.highest_version */
select t.version
  from workflow_definitions t
  where t.workflow_id = $1
  order by t.version_sort desc limit 1

/* workflow_definitions.insert */
insert into workflow_definitions as t (created_at, id, name, status, version, workflow_id) values ($1, $2, $3, $4, $5, $6) returning t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

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

/* workflow_task_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_task_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_task_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join task_definitions t on t.task_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

-- DryRun

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.highest_version */
select t.version
  from workflow_definitions t
  where t.workflow_id = $1
  order by t.version_sort desc limit 1

/* workflow_definitions.insert */
insert into workflow_definitions as t (created_at, id, name, status, version, workflow_id) values ($1, $2, $3, $4, $5, $6) returning t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

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

/* workflow_task_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_task_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_task_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join task_definitions t on t.task_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

-- Create

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* idempotency_keys.remember */
update idempotency_keys set answer = $3
  where scope = $1 and key = $2

/* test_definitions.highest_version */
select t.version
  from test_definitions t
  where t.test_id = $1
  order by t.version_sort desc limit 1

/* test_definitions.insert */
insert into test_definitions as t (cases, created_at, id, name, status, target_id, test_id, type, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning t.id, t.created_at, t.updated_at, t.test_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.type, t.target_id, t.target_version, t.cases, t.shared_mocks, t.tags

/* test_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* workflow_definitions.highest_version */
select t.version
  from workflow_definitions t
  where t.workflow_id = $1
  order by t.version_sort desc limit 1

/* workflow_definitions.insert */
insert into workflow_definitions as t (created_at, id, input_schema, name, status, steps, version, workflow_id) values ($1, $2, $3, $4, $5, $6, $7, $8) returning t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

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

/* workflow_event_triggers.remove */
delete
  from workflow_event_triggers
  where workflow_definition_id = $1 and trigger_id <> all ($2)

/* workflow_event_triggers.save */
insert into workflow_event_triggers as t (id, created_at, workflow_definition_id, trigger_id, name, description, event_pattern, trigger_type, event_condition, input_mapping, correlation_key, enabled, priority)
select aos_uuid_v7(now() + n * interval '1 ms'), now() + n * interval '1 ms', $1::uuid, trigger_id, name, description, event_pattern, trigger_type, event_condition, input_mapping, correlation_key, enabled, priority
from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::boolean[], $11::int[])
  with ordinality as g(trigger_id, name, description, event_pattern, trigger_type, event_condition, input_mapping, correlation_key, enabled, priority, n)
on conflict (trigger_id) do update set name = excluded.name, description = excluded.description, event_pattern = excluded.event_pattern,
  trigger_type = excluded.trigger_type, event_condition = excluded.event_condition, input_mapping = excluded.input_mapping,
  correlation_key = excluded.correlation_key, enabled = excluded.enabled, priority = excluded.priority
where t.workflow_definition_id = excluded.workflow_definition_id
returning t.updated_at = now()

/* workflow_task_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_task_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_task_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join task_definitions t on t.task_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* test_definitions.tests */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.status as "row.status", t.target_id as "row.target_id", t.test_id as "row.test_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.name, t.status, t.target_id, t.test_id
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key
  order by t.name, t.id limit 11) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id
  from workflow_definitions t
  where t.id = (
  select v.id
  from workflow_definitions v
 
  where v.workflow_id = split_part(k.key, E'\x1f', 1)
    and (v.version = split_part(k.key, E'\x1f', 2) or split_part(k.key, E'\x1f', 2) = '')
 
  order by v.status = 'active' desc, v.version_sort desc
  limit 1) limit 1) t

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.event_pattern as "row.event_pattern", t.id as "row.id", t.priority as "row.priority", t.trigger_type as "row.trigger_type"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.event_pattern, t.id, t.priority, t.trigger_type
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 11) t

/* workflow_task_references.by_source */
select r.source_id, r.path, t.id as "row.id", t.version as "row.version"
from unnest($1::uuid[]) as k(key)
join workflow_task_references r on r.source_id = k.key
join task_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

-- VersionTaken

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.insert */
insert into workflow_definitions as t (created_at, id, name, status, version, workflow_id) values ($1, $2, $3, $4, $5, $6) returning t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata

-- TooEarly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.by_business_key */
select t.cancellation_triggers, t.compensation_steps, t.created_at, t.description, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.revision, t.status, t.steps, t.ui_components, t.updated_at, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.lock */
select t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata
  from workflow_definitions t
  where t.id = $1::uuid for no key update

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

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

/* workflow_definitions.running */
select d.id, c.n
  from workflow_definitions d
cross join lateral (select d.id as key) k
cross join lateral (select count(*) as n
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any ($2::text[])) c
where d.workflow_id = $1 and c.n > 0
order by d.version_sort desc

/* workflow_task_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_task_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_task_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join task_definitions t on t.task_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* test_definitions.tests */
select k.key as parent_key, t.cases as "row.cases", t.created_at as "row.created_at", t.description as "row.description", t.id as "row.id", t.name as "row.name", t.revision as "row.revision", t.shared_mocks as "row.shared_mocks", t.status as "row.status", t.tags as "row.tags", t.target_id as "row.target_id", t.target_version as "row.target_version", t.test_id as "row.test_id", t.type as "row.type", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.cases, t.created_at, t.description, t.id, t.name, t.revision, t.shared_mocks, t.status, t.tags, t.target_id, t.target_version, t.test_id, t.type, t.updated_at, t.version, t.version_sort
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key and t.status = $2::text
  order by t.name, t.id limit 101) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.uses */
select k.key, 'test_definitions' as source_table, r.source_id, r.status = 'active' as active, r.path, r.target_version is not null as pinned, case when r.pinned then r.target_id else (
    select v.id
  from workflow_definitions v
   
  where v.workflow_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, s.id as source_id, '/targetId' as path, s.target_id as target_business_id,
    s.target_version, null::uuid as target_id, false as pinned
 
  from test_definitions s
  where s.type = 'workflow' and s.target_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
order by active desc, source_table, source_id, path

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

-- Task

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_definitions.highest_version */
select t.version
  from task_definitions t
  where t.task_id = $1
  order by t.version_sort desc limit 1

/* task_definitions.insert */
insert into task_definitions as t (created_at, execution_config, id, name, retry_policy, status, task_id, type, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning t.id, t.created_at, t.updated_at, t.task_id, t.name, t.description, t.type, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.timeout, t.retry_policy, t.execution_config, t.ui_components, t.metadata

/* task_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* task_definitions.pins */
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_ui_component_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'integration_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_integration_references r left join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* task_integration_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_integration_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_integration_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join integration_definitions t on t.integration_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* task_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

-- ActivateTask

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_definitions.by_business_key */
select t.created_at, t.description, t.execution_config, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.retry_policy, t.revision, t.status, t.task_id, t.timeout, t.type, t.ui_components, t.updated_at, t.version, t.version_sort
  from task_definitions t
  where t.task_id = $1::text and t.status = 'active' limit 1

/* task_definitions.lock */
select t.id, t.created_at, t.updated_at, t.task_id, t.name, t.description, t.type, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.timeout, t.retry_policy, t.execution_config, t.ui_components, t.metadata
  from task_definitions t
  where t.id = $1::uuid for no key update

/* task_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* task_definitions.pins */
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_ui_component_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'integration_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_integration_references r left join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* task_definitions.pins */
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_ui_component_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'integration_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from task_integration_references r left join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* task_definitions.running */
select d.id, c.n
  from task_definitions d
cross join lateral (select d.id as key) k
cross join lateral (select count(*) as n
  from task_instances t
  where t.task_definition_id = k.key and t.status = any ($2::text[])) c
where d.task_id = $1 and c.n > 0
order by d.version_sort desc

/* task_definitions.update */
update task_definitions t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.task_id, t.name, t.description, t.type, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.timeout, t.retry_policy, t.execution_config, t.ui_components, t.metadata

/* task_integration_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_integration_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_integration_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join integration_definitions t on t.integration_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* task_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* task_definitions.by_key */
select k.key as parent_key, t.created_at as "row.created_at", t.description as "row.description", t.execution_config as "row.execution_config", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.retry_policy as "row.retry_policy", t.revision as "row.revision", t.status as "row.status", t.task_id as "row.task_id", t.timeout as "row.timeout", t.type as "row.type", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

/* task_definitions.uses */
select k.key, 'workflow_definitions' as source_table, r.source_id, r.status = 'active' as active, r.path, r.pinned as pinned, case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, r.*
  from workflow_task_references r join workflow_definitions s on s.id = r.source_id
  where r.target_business_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
union all
select k.key, 'test_definitions' as source_table, r.source_id, r.status = 'active' as active, r.path, r.target_version is not null as pinned, case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, s.id as source_id, '/targetId' as path, s.target_id as target_business_id,
    s.target_version, null::uuid as target_id, false as pinned
 
  from test_definitions s
  where s.type = 'task' and s.target_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
order by active desc, source_table, source_id, path

/* test_definitions.tests */
select k.key as parent_key, t.cases as "row.cases", t.created_at as "row.created_at", t.description as "row.description", t.id as "row.id", t.name as "row.name", t.revision as "row.revision", t.shared_mocks as "row.shared_mocks", t.status as "row.status", t.tags as "row.tags", t.target_id as "row.target_id", t.target_version as "row.target_version", t.test_id as "row.test_id", t.type as "row.type", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.cases, t.created_at, t.description, t.id, t.name, t.revision, t.shared_mocks, t.status, t.tags, t.target_id, t.target_version, t.test_id, t.type, t.updated_at, t.version, t.version_sort
  from test_definitions t
  where t.type = 'task' and t.target_id = k.key and t.status = $2::text
  order by t.name, t.id limit 101) t

-- Draft

/* workflow_definitions.by_key */
select t.cancellation_triggers, t.compensation_steps, t.execution_log, t.id, t.input_schema, t.metadata, t.output_schema, t.steps, t.ui_components, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1

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

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

-- Activate

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.by_business_key */
select t.cancellation_triggers, t.compensation_steps, t.created_at, t.description, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.revision, t.status, t.steps, t.ui_components, t.updated_at, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.lock */
select t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata
  from workflow_definitions t
  where t.id = $1::uuid for no key update

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

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

/* workflow_definitions.running */
select d.id, c.n
  from workflow_definitions d
cross join lateral (select d.id as key) k
cross join lateral (select count(*) as n
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any ($2::text[])) c
where d.workflow_id = $1 and c.n > 0
order by d.version_sort desc

/* workflow_definitions.update */
update workflow_definitions t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata

/* workflow_task_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_task_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_task_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join task_definitions t on t.task_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from workflow_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into workflow_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

/* test_definitions.tests */
select k.key as parent_key, t.cases as "row.cases", t.created_at as "row.created_at", t.description as "row.description", t.id as "row.id", t.name as "row.name", t.revision as "row.revision", t.shared_mocks as "row.shared_mocks", t.status as "row.status", t.tags as "row.tags", t.target_id as "row.target_id", t.target_version as "row.target_version", t.test_id as "row.test_id", t.type as "row.type", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.cases, t.created_at, t.description, t.id, t.name, t.revision, t.shared_mocks, t.status, t.tags, t.target_id, t.target_version, t.test_id, t.type, t.updated_at, t.version, t.version_sort
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key and t.status = $2::text
  order by t.name, t.id limit 101) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.uses */
select k.key, 'test_definitions' as source_table, r.source_id, r.status = 'active' as active, r.path, r.target_version is not null as pinned, case when r.pinned then r.target_id else (
    select v.id
  from workflow_definitions v
   
  where v.workflow_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, s.id as source_id, '/targetId' as path, s.target_id as target_business_id,
    s.target_version, null::uuid as target_id, false as pinned
 
  from test_definitions s
  where s.type = 'workflow' and s.target_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
order by active desc, source_table, source_id, path

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

-- ChangePublished

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.lock */
select t.id, t.created_at, t.updated_at, t.workflow_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.steps, t.compensation_steps, t.cancellation_triggers, t.ui_components, t.execution_log, t.metadata
  from workflow_definitions t
  where t.id = $1::uuid for no key update

/* workflow_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

-- Event

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* event_definitions.highest_version */
select t.version
  from event_definitions t
  where t.event_id = $1
  order by t.version_sort desc limit 1

/* event_definitions.insert */
insert into event_definitions as t (created_at, event_id, examples, id, name, pattern, payload_schema, status, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning t.id, t.created_at, t.updated_at, t.event_id, t.name, t.description, t.pattern, t.version, t.version_sort, t.status, t.revision, t.source_types, t.payload_schema, t.examples, t.ui_metadata

/* event_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* event_definitions.by_key */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_definitions t
  where t.pattern = k.key and t.status = 'active' limit 1) t

-- EventWithWildcard

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

-- Integration

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_definitions.highest_version */
select t.version
  from integration_definitions t
  where t.integration_id = $1
  order by t.version_sort desc limit 1

/* integration_definitions.insert */
insert into integration_definitions as t (auth_type, created_at, id, integration_id, methods, name, status, version) values ($1, $2, $3, $4, $5, $6, $7, $8) returning t.id, t.created_at, t.updated_at, t.integration_id, t.name, t.description, t.version, t.version_sort, t.type, t.methods, t.config_schema, t.auth_type, t.oauth2_config, t.ai_config, t.icon_url, t.status, t.revision

/* integration_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

-- Component

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* ui_components.highest_version */
select t.version
  from ui_components t
  where t.component_id = $1
  order by t.version_sort desc limit 1

/* ui_components.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

-- Test

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)
