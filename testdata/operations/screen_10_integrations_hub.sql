/* integration_definitions.list */
select t.ai_config, t.id, t.integration_id, t.name
  from integration_definitions t
  where t.status = $1::text and t.type = $2::text
  order by t.name, t.id limit 21

/* integration_definitions.list */
select t.auth_type, t.icon_url, t.id, t.integration_id, t.methods, t.name, t.type
  from integration_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 21

/* integration_instances.instances */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.id
  from (select t.id
  from integration_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.name
  from integration_instances t
  where t.integration_definition_id = k.key
  order by t.name, t.id limit 11) t

/* integration_instances.count_by_parent */
select k.key, c.n
  from (select distinct p.id
  from (select t.id
  from integration_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from integration_instances t
  where t.integration_definition_id = k.key limit 10001) t) c

/* integration_instances.list */
select t.config, t.context_id, t.context_type, t.credentials_meta, t.description, t.id, t.instance_id, t.integration_definition_id, t.last_used_at, t.last_used_sort, t.name, t.revision, t.state, t.status
  from integration_instances t
  order by t.last_used_sort desc, t.id desc limit 26

/* integration_definitions.definition */
select k.key as parent_key, t.auth_type as "row.auth_type", t.config_schema as "row.config_schema", t.icon_url as "row.icon_url", t.id as "row.id", t.integration_id as "row.integration_id", t.methods as "row.methods", t.name as "row.name", t.type as "row.type"
  from (select distinct p.integration_definition_id
  from (select t.integration_definition_id
  from integration_instances t
  order by t.last_used_sort desc, t.id desc limit 25) p
  where p.integration_definition_id is not null) as k(key) join integration_definitions t on t.id = k.key

/* task_definitions.taskDefinitions */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.task_id as "row.task_id"
  from (select distinct p.integration_id
  from (select distinct p.integration_definition_id
  from (select t.integration_definition_id
  from integration_instances t
  order by t.last_used_sort desc, t.id desc limit 25) p
  where p.integration_definition_id is not null) as k(key)
  cross join lateral (select t.integration_id
  from integration_definitions t
  where t.id = k.key limit 1) p
  where p.integration_id is not null) as k(key)
  cross join lateral (select t.id, t.name, t.task_id
  from task_definitions t
  where t.id in (select r.source_id
  from task_integration_references r
  where r.target_business_id = k.key)
  order by t.name, t.id limit 11) t

/* workflow_definitions.workflowDefinitions */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.workflow_id as "row.workflow_id"
  from (select distinct p.task_id
  from (select distinct p.integration_id
  from (select distinct p.integration_definition_id
  from (select t.integration_definition_id
  from integration_instances t
  order by t.last_used_sort desc, t.id desc limit 25) p
  where p.integration_definition_id is not null) as k(key)
  cross join lateral (select t.integration_id
  from integration_definitions t
  where t.id = k.key limit 1) p
  where p.integration_id is not null) as k(key)
  cross join lateral (select t.task_id
  from task_definitions t
  where t.id in (select r.source_id
  from task_integration_references r
  where r.target_business_id = k.key)
  order by t.name, t.id limit 10) p
  where p.task_id is not null) as k(key)
  cross join lateral (select t.id, t.name, t.workflow_id
  from workflow_definitions t
  where t.id in (select r.source_id
  from workflow_task_references r
  where r.target_business_id = k.key)
  order by t.name, t.id limit 11) t

/* integration_instances.list */
select t.id, t.instance_id, t.name
  from integration_instances t
  where (t.instance_id ilike $1::text or t.name ilike $1::text or t.description ilike $1::text)
  order by t.id desc limit 26

/* integration_instances.list */
select t.id, t.instance_id, t.name, t.state
  from integration_instances t
  where t.state = $1::text and t.integration_definition_id in (select tv.id
  from integration_definitions tv
  where tv.type = $2::text)
  order by t.name, t.id limit 26

/* integration_instances.count */
select count(*) as n
  from (select 1
  from integration_instances t
  where t.state = $1::text and t.integration_definition_id in (select tv.id
  from integration_definitions tv
  where tv.type = $2::text) limit 10001) t

/* integration_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.state::text as key, null::timestamptz as bucket
  from integration_instances t) g group by key, bucket
  order by n desc, key limit 101

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

/* integration_definitions.uses */
select k.key, 'task_definitions' as source_table, r.source_id, r.status = 'active' as active, r.path, r.pinned as pinned, case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, r.*
  from task_integration_references r join task_definitions s on s.id = r.source_id
  where r.target_business_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
union all
select k.key, 'ui_components' as source_table, r.source_id, r.status = 'active' as active, r.path, r.pinned as pinned, case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
from unnest($1::text[]) as k(key)
  cross join lateral (
  select s.status, r.*
  from ui_component_integration_references r join ui_components s on s.id = r.source_id
  where r.target_business_id = k.key
 
  order by s.status <> 'active', 2, 3 limit $2::int) r
order by active desc, source_table, source_id, path

/* integration_instances.users */
select k.key, u.name
from unnest($1::uuid[]) as k(key)
join integration_instances c on c.id = k.key
join integration_definitions d on d.id = c.integration_definition_id
cross join lateral (
  select 'task ' || t.task_id || ' ' || t.version as name
 
  from task_integration_references r
  join task_definitions t on t.id = r.source_id
 
  cross join lateral (values (t.execution_config #> '{integration,instanceSelector}'), (t.execution_config #> '{implementation,integration,instanceSelector}')) as s(selector)
 
  where r.target_business_id = d.integration_id and s.selector ->> 'type' = 'EXPLICIT' and s.selector ->> 'value' = c.instance_id
    and (t.status <> 'deprecated' or exists (
      select
  from task_instances i
  where i.task_definition_id = t.id and i.status in ('PENDING', 'ASSIGNED', 'RUNNING')))
  union
  select 'UI component ' || u.component_id || ' ' || u.version
 
  from ui_component_integration_references r
  join ui_components u on u.id = r.source_id
 
  where r.target_business_id = d.integration_id and u.status <> 'deprecated'
    and u.custom_props -> 'integrations' @> jsonb_build_array(jsonb_build_object('instanceId', c.instance_id))
 
  order by name limit 10) u

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

/* ui_components.by_key */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from unnest($1::uuid[]) as k(key) join ui_components t on t.id = k.key
