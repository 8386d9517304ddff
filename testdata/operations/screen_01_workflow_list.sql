/* workflow_definitions.list */
select t.description, t.id, t.metadata, t.name, t.status, t.updated_at, t.version, t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 21

/* workflow_definitions.count */
select count(*) as n
  from (select 1
  from workflow_definitions t
  where t.status = $1::text limit 10001) t

/* workflow_definitions.versions */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.version as "row.version", t.version_sort as "row.version_sort", t.workflow_id as "row.workflow_id"
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.id, t.status, t.version, t.version_sort, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = k.key
  order by t.workflow_id desc, t.version_sort desc, t.id desc limit 11) t

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.enabled as "row.enabled", t.event_pattern as "row.event_pattern", t.id as "row.id", t.priority as "row.priority", t.trigger_type as "row.trigger_type"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.enabled, t.event_pattern, t.id, t.priority, t.trigger_type
  from workflow_event_triggers t
  where t.workflow_definition_id = k.key
  order by t.priority, t.id limit 11) t

/* workflow_instances.lastInstance */
select k.key as parent_key, t.id as "row.id", t.started_at as "row.started_at", t.status as "row.status"
  from (select distinct p.id
  from (select t.id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.started_at, t.status
  from workflow_instances t
  where t.workflow_definition_id = k.key
  order by t.created_at desc, t.id desc limit 1) t

/* test_definitions.tests */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.test_id as "row.test_id"
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.id, t.name, t.test_id
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key
  order by t.name, t.id limit 11) t

/* test_runs.lastRun */
select k.key as parent_key, t.id as "row.id", t.started_at as "row.started_at", t.status as "row.status"
  from (select distinct p.id
  from (select distinct p.workflow_id
  from (select t.workflow_id
  from workflow_definitions t
  where t.status = $1::text
  order by t.name, t.id limit 20) p
  where p.workflow_id is not null) as k(key)
  cross join lateral (select t.id
  from test_definitions t
  where t.type = 'workflow' and t.target_id = k.key
  order by t.name, t.id limit 10) p
  where p.id is not null) as k(key)
  cross join lateral (select t.id, t.started_at, t.status
  from test_runs t
  where t.test_definition_id = k.key
  order by t.started_at desc, t.id desc limit 1) t

/* workflow_definitions.list */
select t.id, t.name, t.status, t.updated_at, t.workflow_id
  from workflow_definitions t
  where exists (select 1
  from workflow_event_triggers tv
  where tv.workflow_definition_id = t.id and tv.enabled = $3::boolean) and (t.workflow_id ilike $2::text or t.name ilike $2::text or t.description ilike $2::text) and t.status = any($1::text[])
  order by t.updated_at desc, t.id desc limit 21

/* workflow_definitions.count */
select count(*) as n
  from (select 1
  from workflow_definitions t
  where exists (select 1
  from workflow_event_triggers tv
  where tv.workflow_definition_id = t.id and tv.enabled = $3::boolean) and (t.workflow_id ilike $2::text or t.name ilike $2::text or t.description ilike $2::text) and t.status = any($1::text[]) limit 10001) t

/* workflow_definitions.list */
select t.id, t.name, t.version, t.workflow_id
  from workflow_definitions t
  where t.status = $1::text and exists (select 1
  from workflow_definitions tv
  where tv.workflow_id = t.workflow_id and tv.status = $2::text)
  order by t.name, t.id limit 21

/* workflow_definitions.list.plan */
explain (format json) /* workflow_definitions.list */
select t.id, t.name, t.status, t.updated_at, t.workflow_id
  from workflow_definitions t
  where exists (select 1
  from workflow_event_triggers tv
  where tv.workflow_definition_id = t.id and tv.enabled = $3::boolean) and (t.workflow_id ilike $2::text or t.name ilike $2::text or t.description ilike $2::text) and t.status = any($1::text[])
  order by t.updated_at desc, t.id desc limit 21

/* workflow_definitions.list.plan */
explain (format json) /* workflow_definitions.list */
select t.id, t.name, t.version, t.workflow_id
  from workflow_definitions t
  where t.status = $1::text and exists (select 1
  from workflow_definitions tv
  where tv.workflow_id = t.workflow_id and tv.status = $2::text)
  order by t.name, t.id limit 21

/* workflow_definitions.instance_counts */
select k.key, c.status, c.n
from unnest($1::uuid[]) as k(key)
cross join lateral (
  select i.status, count(*) as n
 
  from workflow_instances i
 
  where i.workflow_definition_id = k.key
  group by i.status
 
  order by i.status) c
