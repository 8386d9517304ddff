/* dead_letter_queue.list */
select t.created_at, t.entry_id, t.error_code, t.error_type, t.id, t.retry_count
  from dead_letter_queue t
  where t.status = $1::text
  order by t.created_at desc, t.id desc limit 6

/* workflow_instances.list */
select t.current_step_id, t.error, t.id, t.instance_id, t.started_at, t.state, t.status, t.updated_at, t.workflow_definition_id
  from workflow_instances t
  where t.status = any($1::text[])
  order by t.updated_at desc, t.id desc limit 6

/* workflow_instances.count */
select count(*) as n
  from (select 1
  from workflow_instances t
  where t.status = any($1::text[]) limit 10001) t

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.workflow_definition_id
  from (select t.workflow_definition_id
  from workflow_instances t
  where t.status = any($1::text[])
  order by t.updated_at desc, t.id desc limit 5) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from workflow_instances t) g group by key, bucket
  order by n desc, key limit 101

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key
