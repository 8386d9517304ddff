-- Before

/* dead_letter_queue.by_key */
select t.id
  from dead_letter_queue t
  where t.entry_id = $1::text limit 1

/* dead_letter_queue.by_key */
select t.id
  from dead_letter_queue t
  where t.entry_id = $1::text limit 1

/* dead_letter_queue.by_key */
select t.id, t.revision
  from dead_letter_queue t
  where t.entry_id = $1::text limit 1

-- Worked

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

/* dead_letter_queue.update */
update dead_letter_queue t set resolution_notes = $1, resolution_strategy = $2, resolution_timestamp = $3, resolved_by = $4, status = $5
  where t.id = $6::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

/* dead_letter_queue.update */
update dead_letter_queue t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

/* event_sequences.places */
select s.id as "sequence.id", s.sequence_id as "sequence.sequence_id", s.name as "sequence.name", s.status as "sequence.status", s.metadata as "sequence.metadata", s.correlation_id as "sequence.correlation_id", s.rollback_strategy as "sequence.rollback_strategy", i.required,
  exists (select
  from event_sequence_events b
   
  where b.sequence_id = i.sequence_id and b.position < i.position and b.required and b.status <> 'processed') as blocked
from event_sequence_events i join event_sequences s on s.id = i.sequence_id
where i.event_id = $1 and i.status <> 'processed' and s.status <> 'completed'
order by s.id for no key update of s

/* workflow_event_triggers.by_business_key */
select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.trigger_id = $1::text limit 1

/* workflow_event_triggers.listeners */
select t.id as "trigger.id", t.created_at as "trigger.created_at", t.updated_at as "trigger.updated_at", t.trigger_id as "trigger.trigger_id", t.workflow_definition_id as "trigger.workflow_definition_id", t.name as "trigger.name", t.description as "trigger.description", t.event_pattern as "trigger.event_pattern", t.trigger_type as "trigger.trigger_type", t.event_condition as "trigger.event_condition", t.input_mapping as "trigger.input_mapping", t.correlation_key as "trigger.correlation_key", t.enabled as "trigger.enabled", t.priority as "trigger.priority", t.revision as "trigger.revision", d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", d.input_schema as "definition.input_schema", d.steps as "definition.steps"
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id
where (select aos_pattern_path($1)) ~ t.pattern_query and t.enabled and d.status = 'active'
order by t.priority, t.created_at, t.id

/* workflow_instances.started_by */
select t.id, t.instance_id, t.status, t.trigger_id
  from workflow_instances t
  where t.trigger_event_id = $1 and t.trigger_id is not null

/* event_instances.by_key */
select k.key as parent_key, t.causation_id as "row.causation_id", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.event_definition_id as "row.event_definition_id", t.event_id as "row.event_id", t.id as "row.id", t.metadata as "row.metadata", t.pattern as "row.pattern", t.payload as "row.payload", t.source as "row.source", t.source_id as "row.source_id", t.source_type as "row.source_type", t.timestamp as "row.timestamp", t.updated_at as "row.updated_at", t.version as "row.version"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.causation_id, t.correlation_id, t.created_at, t.event_definition_id, t.event_id, t.id, t.metadata, t.pattern, t.payload, t.source, t.source_id, t.source_type, t.timestamp, t.updated_at, t.version
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

-- Final

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

-- Failing

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

/* dead_letter_queue.update */
update dead_letter_queue t set error_code = $1, error_context = $2, error_message = $3, error_type = $4, retry_count = $5, retry_history = $6, status = $7
  where t.id = $8::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

/* dead_letter_queue.update */
update dead_letter_queue t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

/* event_sequences.places */
select s.id as "sequence.id", s.sequence_id as "sequence.sequence_id", s.name as "sequence.name", s.status as "sequence.status", s.metadata as "sequence.metadata", s.correlation_id as "sequence.correlation_id", s.rollback_strategy as "sequence.rollback_strategy", i.required,
  exists (select
  from event_sequence_events b
   
  where b.sequence_id = i.sequence_id and b.position < i.position and b.required and b.status <> 'processed') as blocked
from event_sequence_events i join event_sequences s on s.id = i.sequence_id
where i.event_id = $1 and i.status <> 'processed' and s.status <> 'completed'
order by s.id for no key update of s

/* workflow_event_triggers.by_business_key */
select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.trigger_id = $1::text limit 1

/* workflow_event_triggers.listeners */
select t.id as "trigger.id", t.created_at as "trigger.created_at", t.updated_at as "trigger.updated_at", t.trigger_id as "trigger.trigger_id", t.workflow_definition_id as "trigger.workflow_definition_id", t.name as "trigger.name", t.description as "trigger.description", t.event_pattern as "trigger.event_pattern", t.trigger_type as "trigger.trigger_type", t.event_condition as "trigger.event_condition", t.input_mapping as "trigger.input_mapping", t.correlation_key as "trigger.correlation_key", t.enabled as "trigger.enabled", t.priority as "trigger.priority", t.revision as "trigger.revision", d.id as "definition.id", d.workflow_id as "definition.workflow_id", d.version as "definition.version", d.status as "definition.status", d.input_schema as "definition.input_schema", d.steps as "definition.steps"
from aos_trigger_candidates($1) c
join workflow_event_triggers t on t.pattern_kind = c.kind and t.pattern_key = c.key
join workflow_definitions d on d.id = t.workflow_definition_id
where (select aos_pattern_path($1)) ~ t.pattern_query and t.enabled and d.status = 'active'
order by t.priority, t.created_at, t.id

/* workflow_instances.started_by */
select t.id, t.instance_id, t.status, t.trigger_id
  from workflow_instances t
  where t.trigger_event_id = $1 and t.trigger_id is not null

/* event_instances.by_key */
select k.key as parent_key, t.causation_id as "row.causation_id", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.event_definition_id as "row.event_definition_id", t.event_id as "row.event_id", t.id as "row.id", t.metadata as "row.metadata", t.pattern as "row.pattern", t.payload as "row.payload", t.source as "row.source", t.source_id as "row.source_id", t.source_type as "row.source_type", t.timestamp as "row.timestamp", t.updated_at as "row.updated_at", t.version as "row.version"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.causation_id, t.correlation_id, t.created_at, t.event_definition_id, t.event_id, t.id, t.metadata, t.pattern, t.payload, t.source, t.source_id, t.source_type, t.timestamp, t.updated_at, t.version
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

-- Stranger

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

/* dead_letter_queue.update */
update dead_letter_queue t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

/* workflow_event_triggers.by_business_key */
select t.correlation_key, t.created_at, t.description, t.enabled, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.name, t.priority, t.revision, t.trigger_id, t.trigger_type, t.updated_at, t.workflow_definition_id
  from workflow_event_triggers t
  where t.trigger_id = $1::text limit 1
