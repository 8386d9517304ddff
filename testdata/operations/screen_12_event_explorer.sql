/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.error_code, t.error_message, t.error_type, t.event_id, t.id, t.retry_history, t.subscriber_id
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
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern", t.source as "row.source"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.event_id = $1::text limit 1) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id, t.pattern, t.source
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 11) t

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

/* event_sequences.list */
select t.id, t.sequence_id, t.status
  from event_sequences t
  order by t.id desc limit 21

/* event_sequence_events.sequences */
select k.key as parent_key, t.id as "row.id", t.position as "row.position", t.required as "row.required", t.sequence_id as "row.sequence_id", t.status as "row.status"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.position, t.required, t.sequence_id, t.status
  from event_sequence_events t
  where t.event_id = k.key
  order by t.position, t.id limit 1001) t

/* event_sequence_events.items */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.position as "row.position", t.status as "row.status"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.event_id, t.id, t.position, t.status
  from event_sequence_events t
  where t.sequence_id = k.key
  order by t.position, t.id limit 1001) t

/* event_sequences.by_key */
select k.key as parent_key, t.id as "row.id", t.sequence_id as "row.sequence_id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join event_sequences t on t.id = k.key

/* workflow_event_triggers.by_key */
select k.key as parent_key, t.id as "row.id", t.trigger_id as "row.trigger_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.trigger_id
  from workflow_event_triggers t
  where t.trigger_id = k.key limit 1) t

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

/* event_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.pattern
  from event_instances t
  where t.id = (select x.id
  from event_instance_keys x
  where x.event_id = k.key) limit 1) t

/* task_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.step_id as "row.step_id"
  from unnest($1::uuid[]) as k(key) join task_instances t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key
