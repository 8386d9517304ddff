/* workflow_definitions.by_business_key */
select t.id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.instance_counts */
select k.key, c.status, c.n
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.status, count(*) as n
 
  from workflow_instances i
 
  where i.workflow_definition_id = k.key
  group by i.status
 
  order by i.status) c

/* workflow_instances.instances */
select k.key as parent_key, t.completed_at as "row.completed_at", t.error as "row.error", t.id as "row.id", t.instance_id as "row.instance_id", t.started_at as "row.started_at", t.status as "row.status"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.completed_at, t.error, t.id, t.instance_id, t.started_at, t.status
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.id desc limit 11) t

/* workflow_instances.instances */
select k.key as parent_key, t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.instance_id as "row.instance_id", t.started_at as "row.started_at", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.current_step_id, t.error, t.id, t.instance_id, t.started_at, t.state, t.status, t.trigger_event_id, t.workflow_definition_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.id desc limit 11) t

/* workflow_instances.instances.plan */
explain (format json) /* workflow_instances.instances */
select k.key as parent_key, t.completed_at as "row.completed_at", t.error as "row.error", t.id as "row.id", t.instance_id as "row.instance_id", t.started_at as "row.started_at", t.status as "row.status"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.completed_at, t.error, t.id, t.instance_id, t.started_at, t.status
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.id desc limit 11) t

/* workflow_instances.instances.plan */
explain (format json) /* workflow_instances.instances */
select k.key as parent_key, t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.instance_id as "row.instance_id", t.started_at as "row.started_at", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.current_step_id, t.error, t.id, t.instance_id, t.started_at, t.state, t.status, t.trigger_event_id, t.workflow_definition_id
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[])
  order by t.id desc limit 11) t

/* workflow_instances.count_by_parent */
select k.key, c.n
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[]) limit 10001) t) c

/* workflow_instances.count_by_parent */
select k.key, c.n
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.workflow_definition_id = k.key and t.status = any($2::text[]) limit 10001) t) c

/* event_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern"
  from unnest($1::uuid[]) as k(key) join event_instances t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key
