/* workflow_instances.by_key */
select t.cancellation, t.compensation_state, t.completed_at, t.correlation_id, t.current_step_id, t.error, t.id, t.input, t.instance_id, t.output, t.revision, t.started_at, t.state, t.status, t.trigger_event_id, t.workflow_definition_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.steps as "row.steps", t.version as "row.version"
  from (select distinct p.workflow_definition_id
  from (select t.workflow_definition_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_event_subscriptions.subscriptions */
select k.key as parent_key, t.event_pattern as "row.event_pattern", t.filter_condition as "row.filter_condition", t.fulfilled_by_event_id as "row.fulfilled_by_event_id", t.id as "row.id", t.status as "row.status", t.timeout_at as "row.timeout_at", t.wait_step_id as "row.wait_step_id"
  from (select distinct p.id
  from (select t.id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.event_pattern, t.filter_condition, t.fulfilled_by_event_id, t.id, t.status, t.timeout_at, t.wait_step_id
  from workflow_event_subscriptions t
  where t.workflow_instance_id = k.key
  order by t.id limit 11) t

/* event_instances.fulfilledBy */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.fulfilled_by_event_id
  from (select distinct p.id
  from (select t.id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.fulfilled_by_event_id
  from workflow_event_subscriptions t
  where t.workflow_instance_id = k.key
  order by t.id limit 10) p
  where p.fulfilled_by_event_id is not null) as k(key) join event_instances t on t.id = k.key

/* event_instances.triggerEvent */
select k.key as parent_key, t.event_definition_id as "row.event_definition_id", t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern", t.payload as "row.payload"
  from (select distinct p.trigger_event_id
  from (select t.trigger_event_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.trigger_event_id is not null) as k(key) join event_instances t on t.id = k.key

/* event_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.event_definition_id
  from (select distinct p.trigger_event_id
  from (select t.trigger_event_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.trigger_event_id is not null) as k(key)
  cross join lateral (select t.event_definition_id
  from event_instances t
  where t.id = k.key limit 1) p
  where p.event_definition_id is not null) as k(key) join event_definitions t on t.id = k.key

/* event_instances.events */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern", t.timestamp as "row.timestamp"
  from (select distinct p.id
  from (select t.id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.event_id, t.id, t.pattern, t.timestamp
  from event_instances t
  where t.source_type = 'workflow' and t.source_id = any ((select array[k.key::text, aos_typeid('wfi', k.key), s.instance_id]
  from workflow_instances s
  where s.id = k.key)::text[])
  order by t.id limit 11) t

/* event_instances.correlatedEvents */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id"
  from (select distinct p.correlation_id
  from (select t.correlation_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.correlation_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id
  from event_instances t
  where t.correlation_id = k.key
  order by t.id limit 11) t

/* workflow_instances.relatedInstances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.status as "row.status", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.id
  from (select t.id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.status, t.workflow_definition_id
  from workflow_instances t
  where t.correlation_id = (select s.correlation_id
  from workflow_instances s
  where s.id = k.key) and t.id <> k.key
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.workflow_definition_id
  from (select distinct p.id
  from (select t.id
  from workflow_instances t
  where t.instance_id = $1::text limit 1) p
  where p.id is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_instances t
  where t.correlation_id = (select s.correlation_id
  from workflow_instances s
  where s.id = k.key) and t.id <> k.key
  order by t.created_at desc, t.id desc limit 10) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_instances.by_key */
select t.cancellation, t.compensation_state, t.id, t.status
  from workflow_instances t
  where t.instance_id = $1::text limit 1

/* workflow_instances.by_key */
select t.current_step_id, t.error, t.id, t.input, t.revision, t.state, t.status, t.workflow_definition_id
  from workflow_instances t
  where t.instance_id = $1::text limit 1

/* change_log.audit */
with seen as materialized (
  select c.entity_id as key, coalesce(c.entity_id, '00000000-0000-0000-0000-000000000000') as entity_id, c.at, c.what, c.kind, c.old_status, c.new_status,
    c.old_assignee, c.new_assignee, c.old_priority, c.new_priority, c.old_due_at, c.new_due_at, c.old_step_id, c.new_step_id, c.revision, c.actor, c.reason, c.seq
 
  from change_log c
  where true and c.entity_id = $1::uuid
  order by c.at desc, c.seq desc limit $2::int), total as (select count(*) >= 10000 as full
  from seen)
(select seen.*, false as edge, total.full
  from seen, total
  where true
  order by at desc, seq desc limit $3::int)
union all
(select seen.*, true, total.full
  from seen, total
  order by at, seq limit 1)

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
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

/* task_instances.tasks */
select k.key as parent_key, t.assignee as "row.assignee", t.id as "row.id", t.retry_count as "row.retry_count", t.status as "row.status", t.task_definition_id as "row.task_definition_id"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.assignee, t.id, t.retry_count, t.status, t.task_definition_id
  from task_instances t
  where t.workflow_instance_id = left(k.key, 36)::uuid and t.step_id = substr(k.key, 38)
  order by t.id limit 11) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.input_schema as "row.input_schema"
  from unnest($1::text[]) as k(key)
  cross join lateral (select t.id, t.input_schema
  from workflow_definitions t
  where t.workflow_id = k.key and t.status = 'active' limit 1) t

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key
