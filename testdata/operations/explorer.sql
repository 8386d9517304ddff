/* event_instances.list */
select t.event_id, t.id, t.pattern, t.payload, t.timestamp
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 4

/* workflow_instances.startedInstances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.status as "row.status", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 3) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.status, t.workflow_definition_id
  from workflow_instances t
  where t.trigger_event_id = k.key
  order by t.created_at desc, t.id desc limit 11) t

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.version as "row.version"
  from (select distinct p.workflow_definition_id
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 3) p
  where p.id is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_instances t
  where t.trigger_event_id = k.key
  order by t.created_at desc, t.id desc limit 10) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* task_instances.tasks */
select k.key as parent_key, t.assignee as "row.assignee", t.id as "row.id", t.status as "row.status", t.step_id as "row.step_id"
  from (select distinct p.id
  from (select distinct p.id
  from (select t.id
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 3) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id
  from workflow_instances t
  where t.trigger_event_id = k.key
  order by t.created_at desc, t.id desc limit 10) p
  where p.id is not null) as k(key)
  cross join lateral (select t.assignee, t.id, t.status, t.step_id
  from task_instances t
  where t.workflow_instance_id = k.key
  order by t.id limit 11) t

/* event_instances.effects */
select k.key as parent_key, t.event_id as "row.event_id", t.id as "row.id", t.pattern as "row.pattern"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 3) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.event_id, t.id, t.pattern
  from event_instances t
  where t.causation_id = k.key
  order by t.id limit 11) t

/* dead_letter_queue.deadLetters */
select k.key as parent_key, t.created_at as "row.created_at", t.error_type as "row.error_type", t.id as "row.id", t.status as "row.status"
  from (select distinct p.event_id
  from (select t.event_id
  from event_instances t
  where t.pattern = any($1::text[])
  order by t.id desc limit 3) p
  where p.event_id is not null) as k(key)
  cross join lateral (select t.created_at, t.error_type, t.id, t.status
  from dead_letter_queue t
  where t.event_id = k.key
  order by t.created_at desc, t.id desc limit 11) t
