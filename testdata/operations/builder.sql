/* workflow_definitions.by_key */
select t.id, t.name, t.steps, t.version
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_instances.instances */
select k.key as parent_key, t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.state as "row.state", t.status as "row.status", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.current_step_id, t.error, t.id, t.state, t.status, t.workflow_definition_id
  from workflow_instances t
  where t.workflow_definition_id = k.key
  order by t.created_at desc, t.id desc limit 4) t

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
  where t.workflow_definition_id = k.key limit 10001) t) c

/* task_ui_component_references.by_source */
select r.source_id, r.path, t.component_id as "row.component_id", t.fields as "row.fields", t.id as "row.id", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join task_ui_component_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_task_references.by_source */
select r.source_id, r.path, t.id as "row.id", t.name as "row.name", t.task_id as "row.task_id", t.type as "row.type", t.ui_components as "row.ui_components"
from unnest($1::uuid[]) as k(key)
join workflow_task_references r on r.source_id = k.key
join task_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
