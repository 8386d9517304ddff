/* workflow_instances.list */
select t.completed_at, t.correlation_id, t.current_step_id, t.error, t.id, t.input, t.revision, t.started_at, t.started_sort, t.state, t.status, t.trigger_event_id, t.updated_at, t.workflow_definition_id
  from workflow_instances t
  where t.started_sort >= $1::timestamptz and t.started_sort < '9999-12-31Z' and t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = any($2::text[]))
  order by t.started_sort desc, t.id desc limit 101

/* workflow_instances.count */
select count(*) as n
  from (select 1
  from workflow_instances t
  where t.started_sort >= $1::timestamptz and t.started_sort < '9999-12-31Z' and t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = any($2::text[])) limit 10001) t

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.version as "row.version", t.workflow_id as "row.workflow_id"
  from (select distinct p.workflow_definition_id
  from (select t.workflow_definition_id
  from workflow_instances t
  where t.started_sort >= $1::timestamptz and t.started_sort < '9999-12-31Z' and t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = any($2::text[]))
  order by t.started_sort desc, t.id desc limit 100) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* event_instances.triggerEvent */
select k.key as parent_key, t.id as "row.id", t.pattern as "row.pattern", t.source as "row.source"
  from (select distinct p.trigger_event_id
  from (select t.trigger_event_id
  from workflow_instances t
  where t.started_sort >= $1::timestamptz and t.started_sort < '9999-12-31Z' and t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = any($2::text[]))
  order by t.started_sort desc, t.id desc limit 100) p
  where p.trigger_event_id is not null) as k(key) join event_instances t on t.id = k.key

/* workflow_instances.list */
select t.correlation_id, t.id, t.instance_id, t.status, t.updated_at
  from workflow_instances t
  where t.correlation_id like $2::text and t.updated_at >= $3::timestamptz and t.input @> $4::jsonb and t.status = any($1::text[])
  order by t.updated_at desc, t.id desc limit 21

/* workflow_instances.count */
select count(*) as n
  from (select 1
  from workflow_instances t
  where t.correlation_id like $2::text and t.updated_at >= $3::timestamptz and t.input @> $4::jsonb and t.status = any($1::text[]) limit 10001) t

/* workflow_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from workflow_instances t) g group by key, bucket
  order by n desc, key limit 101

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
