/* event_definitions.list */
select t.event_id, t.id, t.name, t.pattern, t.ui_metadata
  from event_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 6

/* integration_definitions.list */
select t.ai_config, t.id, t.integration_id, t.name
  from integration_definitions t
  where t.status = $1::text and t.type = $2::text
  order by t.name, t.id limit 21

/* integration_definitions.list */
select t.icon_url, t.id, t.integration_id, t.name
  from integration_definitions t
  where t.status = $1::text and t.type = $2::text
  order by t.name, t.id limit 6

/* task_definitions.list */
select t.id, t.metadata, t.name, t.task_id, t.type
  from task_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 6

/* workflow_definitions.by_key */
select t.cancellation_triggers, t.compensation_steps, t.description, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.revision, t.status, t.steps, t.ui_components, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.correlation_key, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.trigger_id, t.trigger_type
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 11) t

/* event_definitions.eventDefinitions */
select k.key as parent_key, t.examples as "row.examples", t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema"
  from (select distinct p.event_pattern
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.event_pattern
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 10) p
  where p.event_pattern is not null) as k(key)
  cross join lateral (select t.examples, t.id, t.name, t.pattern, t.payload_schema
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query(k.key))
  order by t.name, t.id limit 11) t

/* test_definitions.tests */
select k.key as parent_key, t.cases as "row.cases", t.id as "row.id", t.name as "row.name", t.test_id as "row.test_id"
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.cases, t.id, t.name, t.test_id
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key
  order by t.name, t.id limit 11) t

/* test_runs.lastRun */
select k.key as parent_key, t.id as "row.id", t.status as "row.status"
  from (select distinct p.id
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.id
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key
  order by t.name, t.id limit 10) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.status
  from test_runs t
  where t.test_definition_id = k.key
  order by t.started_at desc, t.id desc limit 1) t

/* workflow_definitions.versions */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.status as "row.status", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.version = $2::text limit 1) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.status, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = k.key
  order by t.workflow_id desc, t.version_sort desc, t.id desc limit 11) t

/* workflow_definitions.by_key */
select t.id, t.steps
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

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

/* integration_instances.instances */
select k.key as parent_key, t.context_type as "row.context_type", t.id as "row.id", t.instance_id as "row.instance_id", t.name as "row.name", t.state as "row.state"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.context_type, t.id, t.instance_id, t.name, t.state
  from integration_instances t
  where t.integration_definition_id = k.key
  order by t.name, t.id limit 11) t

/* task_integration_references.by_source */
select r.source_id, r.path, t.icon_url as "row.icon_url", t.id as "row.id", t.integration_id as "row.integration_id", t.methods as "row.methods"
from unnest($1::uuid[]) as k(key)
join task_integration_references r on r.source_id = k.key
join integration_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from integration_definitions v
   
  where v.integration_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* task_ui_component_references.by_source */
select r.source_id, r.path, t.actions as "row.actions", t.component_id as "row.component_id", t.component_type as "row.component_type", t.fields as "row.fields", t.id as "row.id", t.layout as "row.layout", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join task_ui_component_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* ui_component_child_references.by_source */
select r.source_id, r.path, t.id as "row.id", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join ui_component_child_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.cancellation_triggers, t.compensation_steps, t.created_at, t.description, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.revision, t.status, t.steps, t.ui_components, t.updated_at, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.id = (
  select v.id
  from workflow_definitions v
 
  where v.workflow_id = split_part(k.key, E'\x1f', 1)
    and (v.version = split_part(k.key, E'\x1f', 2) or split_part(k.key, E'\x1f', 2) = '')
 
  order by v.status = 'active' desc, v.version_sort desc
  limit 1) limit 1) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

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

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 201) t

/* workflow_task_references.by_source */
select r.source_id, r.path, t.execution_config as "row.execution_config", t.id as "row.id", t.input_schema as "row.input_schema", t.name as "row.name", t.output_schema as "row.output_schema", t.task_id as "row.task_id", t.type as "row.type", t.ui_components as "row.ui_components", t.version as "row.version"
from unnest($1::uuid[]) as k(key)
join workflow_task_references r on r.source_id = k.key
join task_definitions t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from task_definitions v
   
  where v.task_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end

/* workflow_ui_component_references.by_source */
select r.source_id, r.path, t.component_id as "row.component_id", t.id as "row.id", t.title as "row.title"
from unnest($1::uuid[]) as k(key)
join workflow_ui_component_references r on r.source_id = k.key
join ui_components t on t.id = case when r.pinned then r.target_id else (
    select v.id
  from ui_components v
   
  where v.component_id = r.target_business_id
      and case when r.target_version is null then v.status = 'active' else v.version = r.target_version end) end
