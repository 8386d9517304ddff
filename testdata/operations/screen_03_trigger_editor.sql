/* event_definitions.list */
select t.examples, t.id, t.name, t.pattern, t.payload_schema
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 21

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.enabled as "row.enabled", t.id as "row.id", t.priority as "row.priority", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.pattern
  from (select t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 20) p
  where p.pattern is not null) as k(key)
  cross join lateral (select t.enabled, t.id, t.priority, t.trigger_id, t.trigger_type, t.workflow_definition_id
  from workflow_event_triggers t
  where (t.pattern_kind, t.pattern_key) in (select c.kind, c.key
  from aos_trigger_candidates(k.key) c) and (select aos_pattern_path(k.key)) ~ t.pattern_query
  order by t.priority, t.id limit 11) t

/* workflow_definitions.workflowDefinition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.workflow_id as "row.workflow_id"
  from (select distinct p.workflow_definition_id
  from (select distinct p.pattern
  from (select t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 20) p
  where p.pattern is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_event_triggers t
  where (t.pattern_kind, t.pattern_key) in (select c.kind, c.key
  from aos_trigger_candidates(k.key) c) and (select aos_pattern_path(k.key)) ~ t.pattern_query
  order by t.priority, t.id limit 10) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_event_triggers.list */
select t.correlation_key, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.priority, t.trigger_id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 21

/* event_definitions.eventDefinitions */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern"
  from (select distinct p.event_pattern
  from (select t.event_pattern
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.event_pattern is not null) as k(key)
  cross join lateral (select t.id, t.name, t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query(k.key))
  order by t.name, t.id limit 11) t

/* workflow_instances.startedInstances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.instance_id as "row.instance_id"
  from (select distinct p.id
  from (select t.id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.instance_id
  from workflow_instances t
  where t.trigger_id = k.key
  order by t.created_at desc, t.id desc limit 3) t

/* workflow_instances.count_by_parent */
select k.key, c.n
  from (select distinct p.id
  from (select t.id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.trigger_id = k.key limit 10001) t) c

/* patterns.meet */
select aos_pattern_valid($1::text) as valid, aos_pattern_matches($1::text, $2::text) as matches

/* workflow_definitions.by_business_key */
select t.cancellation_triggers, t.compensation_steps, t.created_at, t.description, t.execution_log, t.id, t.input_schema, t.metadata, t.name, t.output_schema, t.revision, t.status, t.steps, t.ui_components, t.updated_at, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.cancellers */
select d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", x.entry
from workflow_definitions d
  cross join lateral jsonb_array_elements(
  case when jsonb_typeof(d.cancellation_triggers) = 'array' then d.cancellation_triggers else '[]' end) with ordinality x(entry, position)
where d.cancellation_triggers <> '[]'::jsonb and d.status <> 'draft'
  and (select aos_pattern_path($1)) ~ aos_pattern_query(x.entry ->> 'eventPattern')
order by d.id, x.position

/* workflow_definitions.cancellers */
select d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", x.entry
from workflow_definitions d
  cross join lateral jsonb_array_elements(
  case when jsonb_typeof(d.cancellation_triggers) = 'array' then d.cancellation_triggers else '[]' end) with ordinality x(entry, position)
where d.cancellation_triggers <> '[]'::jsonb and d.status <> 'draft'
  and (select aos_pattern_path($1)) ~ aos_pattern_query(x.entry ->> 'eventPattern')
order by d.id, x.position

/* workflow_event_subscriptions.waiters */
select t.id as "wait.id", t.created_at as "wait.created_at", t.updated_at as "wait.updated_at", t.subscription_id as "wait.subscription_id", t.workflow_instance_id as "wait.workflow_instance_id", t.event_pattern as "wait.event_pattern", t.filter_condition as "wait.filter_condition", t.status as "wait.status", t.timeout_at as "wait.timeout_at", t.fulfilled_at as "wait.fulfilled_at", t.fulfilled_by_event_id as "wait.fulfilled_by_event_id", t.wait_step_id as "wait.wait_step_id", t.timeout_handler_step_id as "wait.timeout_handler_step_id", t.revision as "wait.revision", w.id as "run.id", w.instance_id as "run.instance_id", w.workflow_definition_id as "run.workflow_definition_id", w.status as "run.status", w.current_step_id as "run.current_step_id", w.correlation_id as "run.correlation_id", w.input as "run.input", w.state as "run.state", w.cancellation as "run.cancellation", w.revision as "run.revision"
from aos_trigger_candidates($1) c
join workflow_event_subscriptions t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_instances w on w.id = t.workflow_instance_id
where t.status = 'active' and (select aos_pattern_path($1)) ~ t.pattern_query and t.id > $3 and ($2::uuid is null or w.id = $2)
order by t.id limit $4

/* workflow_event_subscriptions.waiters */
select t.id as "wait.id", t.created_at as "wait.created_at", t.updated_at as "wait.updated_at", t.subscription_id as "wait.subscription_id", t.workflow_instance_id as "wait.workflow_instance_id", t.event_pattern as "wait.event_pattern", t.filter_condition as "wait.filter_condition", t.status as "wait.status", t.timeout_at as "wait.timeout_at", t.fulfilled_at as "wait.fulfilled_at", t.fulfilled_by_event_id as "wait.fulfilled_by_event_id", t.wait_step_id as "wait.wait_step_id", t.timeout_handler_step_id as "wait.timeout_handler_step_id", t.revision as "wait.revision", w.id as "run.id", w.instance_id as "run.instance_id", w.workflow_definition_id as "run.workflow_definition_id", w.status as "run.status", w.current_step_id as "run.current_step_id", w.correlation_id as "run.correlation_id", w.input as "run.input", w.state as "run.state", w.cancellation as "run.cancellation", w.revision as "run.revision"
from aos_trigger_candidates($1) c
join workflow_event_subscriptions t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_instances w on w.id = t.workflow_instance_id
where t.status = 'active' and (select aos_pattern_path($1)) ~ t.pattern_query and t.id > $3 and ($2::uuid is null or w.id = $2)
order by t.id limit $4

/* workflow_event_triggers.all_listeners */
select t.id as "trigger.id", t.created_at as "trigger.created_at", t.updated_at as "trigger.updated_at", t.trigger_id as "trigger.trigger_id", t.workflow_definition_id as "trigger.workflow_definition_id", t.name as "trigger.name", t.description as "trigger.description", t.event_pattern as "trigger.event_pattern", t.trigger_type as "trigger.trigger_type", t.event_condition as "trigger.event_condition", t.input_mapping as "trigger.input_mapping", t.correlation_key as "trigger.correlation_key", t.enabled as "trigger.enabled", t.priority as "trigger.priority", t.revision as "trigger.revision", d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", d.input_schema as "definition.input_schema", d.steps as "definition.steps"
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id
where (select aos_pattern_path($1)) ~ t.pattern_query
order by (t.enabled and d.status = 'active') desc, d.status, t.priority, t.created_at, t.id limit $2

/* workflow_event_triggers.all_listeners */
select t.id as "trigger.id", t.created_at as "trigger.created_at", t.updated_at as "trigger.updated_at", t.trigger_id as "trigger.trigger_id", t.workflow_definition_id as "trigger.workflow_definition_id", t.name as "trigger.name", t.description as "trigger.description", t.event_pattern as "trigger.event_pattern", t.trigger_type as "trigger.trigger_type", t.event_condition as "trigger.event_condition", t.input_mapping as "trigger.input_mapping", t.correlation_key as "trigger.correlation_key", t.enabled as "trigger.enabled", t.priority as "trigger.priority", t.revision as "trigger.revision", d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", d.input_schema as "definition.input_schema", d.steps as "definition.steps"
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id
where (select aos_pattern_path($1)) ~ t.pattern_query
order by (t.enabled and d.status = 'active') desc, d.status, t.priority, t.created_at, t.id limit $2

/* workflow_instances.correlated */
select t.id, t.instance_id, t.workflow_definition_id, t.status, t.current_step_id, t.correlation_id, t.input, t.state, t.cancellation, t.revision
from workflow_instances t join workflow_definitions d on d.id = t.workflow_definition_id
where t.correlation_id = $2 and d.workflow_id = $1 and t.status = any ($4) and t.trigger_event_id is distinct
  from $3
order by t.id limit $5

/* workflow_instances.correlated */
select t.id, t.instance_id, t.workflow_definition_id, t.status, t.current_step_id, t.correlation_id, t.input, t.state, t.cancellation, t.revision
from workflow_instances t join workflow_definitions d on d.id = t.workflow_definition_id
where t.correlation_id = $2 and d.workflow_id = $1 and t.status = any ($4) and t.trigger_event_id is distinct
  from $3
order by t.id limit $5

/* workflow_instances.open */
select t.id, t.instance_id, t.workflow_definition_id, t.status, t.current_step_id, t.correlation_id, t.input, t.state, t.cancellation, t.revision
from workflow_instances t
where t.workflow_definition_id = $1 and t.status = any ($4) and t.id > $3 and t.trigger_event_id is distinct
  from $2
order by t.id limit $5

/* workflow_instances.open */
select t.id, t.instance_id, t.workflow_definition_id, t.status, t.current_step_id, t.correlation_id, t.input, t.state, t.cancellation, t.revision
from workflow_instances t
where t.workflow_definition_id = $1 and t.status = any ($4) and t.id > $3 and t.trigger_event_id is distinct
  from $2
order by t.id limit $5

/* workflow_instances.started_by */
select t.id, t.instance_id, t.status, t.trigger_id
  from workflow_instances t
  where t.trigger_event_id = $1 and t.trigger_id is not null

/* workflow_instances.started_by */
select t.id, t.instance_id, t.status, t.trigger_id
  from workflow_instances t
  where t.trigger_event_id = $1 and t.trigger_id is not null

/* event_definitions.by_key */
select k.key as parent_key, t.created_at as "row.created_at", t.description as "row.description", t.event_id as "row.event_id", t.examples as "row.examples", t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema", t.revision as "row.revision", t.source_types as "row.source_types", t.status as "row.status", t.ui_metadata as "row.ui_metadata", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join event_definitions t on t.id = k.key

/* event_definitions.by_key */
select k.key as parent_key, t.created_at as "row.created_at", t.description as "row.description", t.event_id as "row.event_id", t.examples as "row.examples", t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema", t.revision as "row.revision", t.source_types as "row.source_types", t.status as "row.status", t.ui_metadata as "row.ui_metadata", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join event_definitions t on t.id = k.key

/* event_definitions.contracts */
select distinct on (k.key) k.key as parent_key, t.id as "row.id", t.event_id as "row.event_id", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema", t.source_types as "row.source_types", t.status as "row.status", t.version as "row.version"
from unnest($1::text[], $2::text[]) with ordinality as k(pattern, version, key)
join event_definitions t on t.pattern = k.pattern and (k.version = '' or t.version = k.version)
order by k.key, t.status, t.version_sort desc

/* event_definitions.contracts */
select distinct on (k.key) k.key as parent_key, t.id as "row.id", t.event_id as "row.event_id", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema", t.source_types as "row.source_types", t.status as "row.status", t.version as "row.version"
from unnest($1::text[], $2::text[]) with ordinality as k(pattern, version, key)
join event_definitions t on t.pattern = k.pattern and (k.version = '' or t.version = k.version)
order by k.key, t.status, t.version_sort desc

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.cancellation as "row.cancellation", t.compensation_state as "row.compensation_state", t.completed_at as "row.completed_at", t.completed_sort as "row.completed_sort", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.output as "row.output", t.parent_instance_id as "row.parent_instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.started_sort as "row.started_sort", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.trigger_id as "row.trigger_id", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key
