/* task_instances.by_key */
select t.assignee, t.assignee_type, t.draft_output, t.due_at, t.error, t.execution_metadata, t.id, t.input, t.output, t.priority, t.retry_count, t.revision, t.status, t.step_id, t.task_definition_id, t.task_instance_id, t.task_reference, t.type, t.workflow_definition_id, t.workflow_instance_id
  from task_instances t
  where t.task_instance_id = $1::text limit 1

/* task_definitions.definition */
select k.key as parent_key, t.description as "row.description", t.id as "row.id", t.input_schema as "row.input_schema", t.name as "row.name", t.output_schema as "row.output_schema", t.timeout as "row.timeout", t.ui_components as "row.ui_components"
  from (select distinct p.task_definition_id
  from (select t.task_definition_id
  from task_instances t
  where t.task_instance_id = $1::text limit 1) p
  where p.task_definition_id is not null) as k(key) join task_definitions t on t.id = k.key

/* workflow_instances.workflowInstance */
select k.key as parent_key, t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.state as "row.state", t.status as "row.status", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.workflow_instance_id
  from (select t.workflow_instance_id
  from task_instances t
  where t.task_instance_id = $1::text limit 1) p
  where p.workflow_instance_id is not null) as k(key) join workflow_instances t on t.id = k.key

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.workflow_definition_id
  from (select distinct p.workflow_instance_id
  from (select t.workflow_instance_id
  from task_instances t
  where t.task_instance_id = $1::text limit 1) p
  where p.workflow_instance_id is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_instances t
  where t.id = k.key limit 1) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* task_instances.by_key */
select t.execution_metadata, t.id, t.retry_count, t.retry_policy, t.status
  from task_instances t
  where t.task_instance_id = $1::text limit 1

/* ui_component_child_references.targets */
select x.source_id, '' as path, t.component_id as "row.component_id", t.id as "row.id", t.title as "row.title"
from (
  select distinct r.source_id, case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
 
  from ui_component_child_references r
 
  where r.source_id = any($1::uuid[])) x
join ui_components t on t.id = x.target_id
order by t.name, t.id

/* ui_component_child_references.targets */
select x.source_id, '' as path, t.component_id as "row.component_id", t.fields as "row.fields", t.id as "row.id", t.title as "row.title"
from (
  select distinct r.source_id, case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end as target_id
 
  from ui_component_child_references r
 
  where r.source_id = any($1::uuid[])) x
join ui_components t on t.id = x.target_id
order by t.name, t.id

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

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.ui_components as "row.ui_components"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

/* task_ui_component_references.by_source */
select r.source_id, r.path, t.actions as "row.actions", t.component_id as "row.component_id", t.component_type as "row.component_type", t.fields as "row.fields", t.id as "row.id", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join task_ui_component_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* task_ui_component_references.by_source */
select r.source_id, r.path, t.component_id as "row.component_id", t.component_type as "row.component_type", t.custom_props as "row.custom_props", t.id as "row.id", t.layout as "row.layout", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join task_ui_component_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* ui_component_child_references.by_source */
select r.source_id, r.path, t.actions as "row.actions", t.component_id as "row.component_id", t.fields as "row.fields", t.id as "row.id"
from unnest($1::uuid[]) as k(key)
join ui_component_child_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.cancellation as "row.cancellation", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.output as "row.output", t.state as "row.state", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key
