/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.error_code, t.error_context, t.error_message, t.error_type, t.event_id, t.id, t.max_retries, t.pattern, t.retry_count, t.retry_history, t.status, t.subscriber_id
  from dead_letter_queue t
  where t.status = any($1::text[])
  order by t.created_at desc, t.id desc limit 21

/* dead_letter_queue.count */
select count(*) as n
  from (select 1
  from dead_letter_queue t
  where t.status = any($1::text[]) limit 10001) t

/* event_instances.event */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.event_id
  from (select t.event_id
  from dead_letter_queue t
  where t.status = any($1::text[])
  order by t.created_at desc, t.id desc limit 20) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.error_type, t.id
  from dead_letter_queue t
  where t.status = $1::text and t.retry_count < $3::int and t.created_at >= $4::timestamptz and t.error_type = any($2::text[])
  order by t.created_at, t.id limit 21

/* dead_letter_queue.count */
select count(*) as n
  from (select 1
  from dead_letter_queue t
  where t.status = $1::text and t.retry_count < $3::int and t.created_at >= $4::timestamptz and t.error_type = any($2::text[]) limit 10001) t

/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.id, t.resolution_notes, t.resolution_strategy, t.resolution_timestamp, t.resolved_by, t.status
  from dead_letter_queue t
  where t.status = any($1::text[])
  order by t.created_at desc, t.id desc limit 6

/* event_instances.by_key */
select t.causation_id, t.correlation_id, t.event_definition_id, t.event_id, t.id, t.pattern, t.payload, t.source, t.timestamp
  from event_instances t
  where t.event_id = $1::text limit 1

/* event_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.event_definition_id
  from (select t.event_definition_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_definition_id is not null) as k(key) join event_definitions t on t.id = k.key

/* event_instances.causedBy */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.causation_id
  from (select t.causation_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.causation_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* event_instances.effects */
select k.key as parent_key, t.causation_id as "row.causation_id", t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern", t.source as "row.source"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.causation_id, t.event_id, t.id, t.pattern, t.source
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 11) t

/* event_instances.causedBy */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.causation_id
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.causation_id
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 10) p
  where p.causation_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* event_instances.effects */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern"
  from (select distinct p.event_id
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.event_id
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 10) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id, t.pattern
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 6) t

/* workflow_instances.startedInstances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.status as "row.status"
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.status
  from workflow_instances t
  where t.trigger_event_id = k.key
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_event_subscriptions.fulfilledSubscriptions */
select k.key as parent_key, t.id as "row.id", t.workflow_instance_id as "row.workflow_instance_id"
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.workflow_instance_id
  from workflow_event_subscriptions t
  where t.fulfilled_by_event_id = k.key
  order by t.id desc limit 11) t

/* workflow_instances.workflowInstance */
select k.key as parent_key, t.id as "row.id"
  from (select distinct p.workflow_instance_id
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.workflow_instance_id
  from workflow_event_subscriptions t
  where t.fulfilled_by_event_id = k.key
  order by t.id desc limit 10) p
  where p.workflow_instance_id is not null) as k(key) join workflow_instances t on t.id = k.key

/* event_queue_state.queue */
select k.key as parent_key, t.id as "row.id", t.queue_id as "row.queue_id"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.id, t.queue_id
  from event_queue_state t
  where t.id = (select e.queue_id
  from event_queue_entries e
  where e.event_id = k.key limit 1) limit 1) t

/* dead_letter_queue.deadLetters */
select k.key as parent_key, t.created_at as "row.created_at", t.error_type as "row.error_type", t.id as "row.id", t.retry_count as "row.retry_count", t.status as "row.status"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.created_at, t.error_type, t.id, t.retry_count, t.status
  from dead_letter_queue t
  where t.event_id = k.key
  order by t.created_at desc, t.id desc limit 11) t

/* event_instances.by_key */
select t.causation_id, t.id
  from event_instances t
  where t.event_id = $1::text limit 1

/* event_instances.causedBy */
select k.key as parent_key, t.causation_id as "row.causation_id", t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern"
  from (select distinct p.causation_id
  from (select t.causation_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.causation_id is not null) as k(key)
  cross join lateral (select t.causation_id, t.event_id, t.id, t.pattern
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* event_instances.causedBy */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.causation_id
  from (select distinct p.causation_id
  from (select t.causation_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.causation_id is not null) as k(key)
  cross join lateral (select t.causation_id
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) p
  where p.causation_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* workflow_event_subscriptions.fulfilledSubscriptions */
select k.key as parent_key, t.id as "row.id", t.subscription_id as "row.subscription_id", t.workflow_instance_id as "row.workflow_instance_id"
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.subscription_id, t.workflow_instance_id
  from workflow_event_subscriptions t
  where t.fulfilled_by_event_id = k.key
  order by t.id desc limit 11) t

/* workflow_instances.workflowInstance */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id", t.status as "row.status"
  from (select distinct p.workflow_instance_id
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.workflow_instance_id
  from workflow_event_subscriptions t
  where t.fulfilled_by_event_id = k.key
  order by t.id desc limit 10) p
  where p.workflow_instance_id is not null) as k(key) join workflow_instances t on t.id = k.key

/* event_instances.by_key */
select t.event_definition_id, t.event_id, t.id
  from event_instances t
  where t.event_id = $1::text limit 1

/* event_queue_state.queue */
select k.key as parent_key, t.id as "row.id", t.queue_id as "row.queue_id", t.status as "row.status"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.id, t.queue_id, t.status
  from event_queue_state t
  where t.id = (select e.queue_id
  from event_queue_entries e
  where e.event_id = k.key limit 1) limit 1) t

/* event_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.event_definition_id
  from (select t.event_definition_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_definition_id is not null) as k(key) join event_definitions t on t.id = k.key

/* event_instances.list */
select t.correlation_id, t.event_id, t.id, t.pattern, t.timestamp
  from event_instances t
  where t.id >= $2::uuid and t.pattern = any($1::text[])
  order by t.id desc limit 6

/* event_sequences.list */
select t.id, t.sequence_id, t.status
  from event_sequences t
  order by t.id desc limit 21

/* bulk_operations.list */
select t.at_most, t.completed_at, t.done, t.failed, t.filter, t.id, t.kind, t.options, t.per_second, t.reason, t.requested_by, t.started_at, t.status, t.total
  from bulk_operations t
  order by t.id desc limit 6

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

/* workflow_event_triggers.all_listeners */
select t.id as "trigger.id", t.created_at as "trigger.created_at", t.updated_at as "trigger.updated_at", t.trigger_id as "trigger.trigger_id", t.workflow_definition_id as "trigger.workflow_definition_id", t.name as "trigger.name", t.description as "trigger.description", t.event_pattern as "trigger.event_pattern", t.trigger_type as "trigger.trigger_type", t.event_condition as "trigger.event_condition", t.input_mapping as "trigger.input_mapping", t.correlation_key as "trigger.correlation_key", t.enabled as "trigger.enabled", t.priority as "trigger.priority", t.revision as "trigger.revision", d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", d.input_schema as "definition.input_schema", d.steps as "definition.steps"
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id
where (select aos_pattern_path($1)) ~ t.pattern_query
order by (t.enabled and d.status = 'active') desc, d.status, t.priority, t.created_at, t.id limit $2

/* workflow_instances.started_by */
select t.id, t.instance_id, t.status, t.trigger_id
  from workflow_instances t
  where t.trigger_event_id = $1 and t.trigger_id is not null

/* bulk_operations.count */
select count(*) as n
  from (select 1
  from bulk_operations t limit 10001) t

/* bulk_operation_items.failures */
select k.key as parent_key, t.code as "row.code", t.id as "row.id", t.message as "row.message", t.place as "row.place", t.prefix as "row.prefix"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.code, t.id, t.message, t.place, t.prefix
  from bulk_operation_items t
  where t.bulk_operation_id = k.key and t.status = 'FAILED' and (t.place) > ($2::int)
  order by t.place limit 6) t

/* dead_letter_queue.by_key */
select k.key as parent_key, t.entry_id as "row.entry_id", t.error_type as "row.error_type", t.id as "row.id"
  from unnest($1::uuid[]) as k(key) join dead_letter_queue t on t.id = k.key

/* event_definitions.by_key */
select k.key as parent_key, t.created_at as "row.created_at", t.description as "row.description", t.event_id as "row.event_id", t.examples as "row.examples", t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern", t.payload_schema as "row.payload_schema", t.revision as "row.revision", t.source_types as "row.source_types", t.status as "row.status", t.ui_metadata as "row.ui_metadata", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort"
  from unnest($1::uuid[]) as k(key) join event_definitions t on t.id = k.key

/* event_instances.by_key */
select k.key as parent_key, t.causation_id as "row.causation_id", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.event_definition_id as "row.event_definition_id", t.event_id as "row.event_id", t.id as "row.id", t.metadata as "row.metadata", t.pattern as "row.pattern", t.payload as "row.payload", t.source as "row.source", t.source_id as "row.source_id", t.source_type as "row.source_type", t.timestamp as "row.timestamp", t.updated_at as "row.updated_at", t.version as "row.version"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.causation_id, t.correlation_id, t.created_at, t.event_definition_id, t.event_id, t.id, t.metadata, t.pattern, t.payload, t.source, t.source_id, t.source_type, t.timestamp, t.updated_at, t.version
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* event_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.pattern
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* event_sequence_events.items */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.position as "row.position", t.status as "row.status"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.event_id, t.id, t.position, t.status
  from event_sequence_events t
  where t.sequence_id = k.key
  order by t.position, t.id limit 1001) t

/* event_sequence_events.sequences */
select k.key as parent_key, t.id as "row.id", t.position as "row.position", t.required as "row.required", t.sequence_id as "row.sequence_id", t.status as "row.status"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.position, t.required, t.sequence_id, t.status
  from event_sequence_events t
  where t.event_id = k.key
  order by t.position, t.id limit 1001) t

/* event_sequences.by_key */
select k.key as parent_key, t.id as "row.id", t.sequence_id as "row.sequence_id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join event_sequences t on t.id = k.key

/* task_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.step_id as "row.step_id"
  from unnest($1::uuid[]) as k(key) join task_instances t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.cancellation_triggers as "row.cancellation_triggers", t.compensation_steps as "row.compensation_steps", t.created_at as "row.created_at", t.description as "row.description", t.execution_log as "row.execution_log", t.id as "row.id", t.input_schema as "row.input_schema", t.metadata as "row.metadata", t.name as "row.name", t.output_schema as "row.output_schema", t.revision as "row.revision", t.status as "row.status", t.steps as "row.steps", t.ui_components as "row.ui_components", t.updated_at as "row.updated_at", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_event_triggers.by_key */
select k.key as parent_key, t.correlation_key as "row.correlation_key", t.created_at as "row.created_at", t.description as "row.description", t.enabled as "row.enabled", t.event_condition as "row.event_condition", t.event_pattern as "row.event_pattern", t.id as "row.id", t.input_mapping as "row.input_mapping", t.name as "row.name", t.priority as "row.priority", t.revision as "row.revision", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.trigger_id = k.key limit 1) t

/* workflow_event_triggers.by_key */
select k.key as parent_key, t.id as "row.id", t.trigger_id as "row.trigger_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.trigger_id
  from workflow_event_triggers t
  where t.trigger_id = k.key limit 1) t

/* workflow_instances.by_key */
select k.key as parent_key, t.cancellation as "row.cancellation", t.compensation_state as "row.compensation_state", t.completed_at as "row.completed_at", t.completed_sort as "row.completed_sort", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.output as "row.output", t.parent_instance_id as "row.parent_instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.started_sort as "row.started_sort", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.trigger_id as "row.trigger_id", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.cancellation as "row.cancellation", t.compensation_state as "row.compensation_state", t.completed_at as "row.completed_at", t.completed_sort as "row.completed_sort", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.output as "row.output", t.parent_instance_id as "row.parent_instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.started_sort as "row.started_sort", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.trigger_id as "row.trigger_id", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key
