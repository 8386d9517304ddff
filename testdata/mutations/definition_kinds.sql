-- Before

/* task_definitions.by_key */
select t.id
  from task_definitions t
  where t.task_id = $1::text and t.status = 'active' limit 1

-- Saves

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_definitions.highest_version */
select t.version
  from test_definitions t
  where t.test_id = $1
  order by t.version_sort desc limit 1

/* test_definitions.insert */
insert into test_definitions as t (cases, created_at, id, name, status, target_id, test_id, type, version) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning t.id, t.created_at, t.updated_at, t.test_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.type, t.target_id, t.target_version, t.cases, t.shared_mocks, t.tags

/* test_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* ui_component_child_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from ui_component_child_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into ui_component_child_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* ui_component_integration_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from ui_component_integration_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into ui_component_integration_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join integration_definitions t on t.integration_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* ui_components.highest_version */
select t.version
  from ui_components t
  where t.component_id = $1
  order by t.version_sort desc limit 1

/* ui_components.insert */
insert into ui_components as t (component_id, component_type, created_at, display_template, id, name, status, version) values ($1, $2, $3, $4, $5, $6, $7, $8) returning t.id, t.created_at, t.updated_at, t.component_id, t.name, t.description, t.component_type, t.title, t.fields, t.layout, t.actions, t.display_template, t.custom_props, t.version, t.version_sort, t.status, t.revision

/* ui_components.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* ui_components.pins */
select r.source_id, 'integration_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from ui_component_integration_references r left join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from ui_component_child_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* ui_components.pins */
select r.source_id, 'integration_definitions' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from ui_component_integration_references r left join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
union all
select r.source_id, 'ui_components' as target_table, r.path, r.target_business_id, r.target_version, t.id as target_id, t.status
from ui_component_child_references r left join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
where r.source_id = any ($1::uuid[])
order by 3, 2

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id
  from task_definitions t
  where t.id = (
  select v.id
  from task_definitions v
 
  where v.task_id = split_part(k.key, E'\x1f', 1)
    and (v.version = split_part(k.key, E'\x1f', 2) or split_part(k.key, E'\x1f', 2) = '')
 
  order by v.status = 'active' desc, v.version_sort desc
  limit 1) limit 1) t

-- SavesWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_definitions.highest_version */
select t.version
  from integration_definitions t
  where t.integration_id = $1
  order by t.version_sort desc limit 1

/* integration_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* test_definitions.highest_version */
select t.version
  from test_definitions t
  where t.test_id = $1
  order by t.version_sort desc limit 1

/* test_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* ui_components.highest_version */
select t.version
  from ui_components t
  where t.component_id = $1
  order by t.version_sort desc limit 1

/* ui_components.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

-- Delete

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_ui_component_references.forget */
update task_ui_component_references set target_id = null
  where target_id = $1 and not pinned

/* ui_component_child_references.forget */
update ui_component_child_references set target_id = null
  where target_id = $1 and not pinned

/* ui_components.delete */
delete
  from ui_components
  where id = $1

/* ui_components.lock */
select t.id, t.created_at, t.updated_at, t.component_id, t.name, t.description, t.component_type, t.title, t.fields, t.layout, t.actions, t.display_template, t.custom_props, t.version, t.version_sort, t.status, t.revision
  from ui_components t
  where t.id = $1::uuid for no key update

/* ui_components.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* workflow_ui_component_references.forget */
update workflow_ui_component_references set target_id = null
  where target_id = $1 and not pinned

/* ui_components.by_key */
select k.key as parent_key, t.actions as "row.actions", t.component_id as "row.component_id", t.component_type as "row.component_type", t.created_at as "row.created_at", t.custom_props as "row.custom_props", t.description as "row.description", t.display_template as "row.display_template", t.fields as "row.fields", t.id as "row.id", t.layout as "row.layout", t.name as "row.name", t.revision as "row.revision", t.status as "row.status", t.title as "row.title", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join ui_components t on t.id = k.key

-- NoDraftOfADraft

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* test_definitions.lock */
select t.id, t.created_at, t.updated_at, t.test_id, t.name, t.description, t.version, t.version_sort, t.status, t.revision, t.type, t.target_id, t.target_version, t.cases, t.shared_mocks, t.tags
  from test_definitions t
  where t.id = $1::uuid for no key update

/* test_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* test_definitions.by_key */
select k.key as parent_key, t.cases as "row.cases", t.created_at as "row.created_at", t.description as "row.description", t.id as "row.id", t.name as "row.name", t.revision as "row.revision", t.shared_mocks as "row.shared_mocks", t.status as "row.status", t.tags as "row.tags", t.target_id as "row.target_id", t.target_version as "row.target_version", t.test_id as "row.test_id", t.type as "row.type", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join test_definitions t on t.id = k.key

-- RestoreWhatIsActive

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_definitions.lock */
select t.id, t.created_at, t.updated_at, t.task_id, t.name, t.description, t.type, t.version, t.version_sort, t.status, t.revision, t.input_schema, t.output_schema, t.timeout, t.retry_policy, t.execution_config, t.ui_components, t.metadata
  from task_definitions t
  where t.id = $1::uuid for no key update

/* task_definitions.lock_key */
select pg_advisory_xact_lock(hashtextextended($1, 0))

/* task_definitions.by_key */
select k.key as parent_key, t.created_at as "row.created_at", t.description as "row.description", t.execution_config as "row.execution_config", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.retry_policy as "row.retry_policy", t.revision as "row.revision", t.status as "row.status", t.task_id as "row.task_id", t.timeout as "row.timeout", t.type as "row.type", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key
