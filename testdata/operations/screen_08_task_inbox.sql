/* task_instances.list */
select t.assignee, t.assignee_type, t.created_at, t.due_at, t.due_sort, t.error, t.execution_metadata, t.id, t.input, t.priority, t.priority_rank, t.revision, t.status, t.step_id, t.task_definition_id, t.task_reference, t.type, t.updated_at, t.workflow_definition_id, t.workflow_instance_id
  from task_instances t
  where t.assignee = $2::text and t.status = any($1::text[])
  order by t.priority_rank, t.due_sort, t.id limit 21

/* task_instances.count */
select count(*) as n
  from (select 1
  from task_instances t
  where t.assignee = $2::text and t.status = any($1::text[]) limit 10001) t

/* task_definitions.definition */
select k.key as parent_key, t.description as "row.description", t.id as "row.id", t.metadata as "row.metadata", t.name as "row.name", t.task_id as "row.task_id", t.type as "row.type"
  from (select distinct p.task_definition_id
  from (select t.task_definition_id
  from task_instances t
  where t.assignee = $2::text and t.status = any($1::text[])
  order by t.priority_rank, t.due_sort, t.id limit 20) p
  where p.task_definition_id is not null) as k(key) join task_definitions t on t.id = k.key

/* workflow_instances.workflowInstance */
select k.key as parent_key, t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.state as "row.state", t.status as "row.status", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.workflow_instance_id
  from (select t.workflow_instance_id
  from task_instances t
  where t.assignee = $2::text and t.status = any($1::text[])
  order by t.priority_rank, t.due_sort, t.id limit 20) p
  where p.workflow_instance_id is not null) as k(key) join workflow_instances t on t.id = k.key

/* workflow_definitions.definition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name"
  from (select distinct p.workflow_definition_id
  from (select distinct p.workflow_instance_id
  from (select t.workflow_instance_id
  from task_instances t
  where t.assignee = $2::text and t.status = any($1::text[])
  order by t.priority_rank, t.due_sort, t.id limit 20) p
  where p.workflow_instance_id is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_instances t
  where t.id = k.key limit 1) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* task_instances.list */
select t.assignee, t.due_sort, t.id, t.priority_rank, t.task_reference
  from task_instances t
  where t.assignee_type = $3::text and t.status = any($1::text[]) and t.assignee = any($2::text[])
  order by t.priority_rank, t.due_sort, t.id limit 6

/* task_instances.count */
select count(*) as n
  from (select 1
  from task_instances t
  where t.assignee_type = $3::text and t.status = any($1::text[]) and t.assignee = any($2::text[]) limit 10001) t

/* task_instances.list */
select t.created_at, t.execution_metadata, t.id, t.input, t.priority, t.status, t.task_definition_id, t.updated_at
  from task_instances t
  where t.status = $1::text and t.type = $2::text
  order by t.id desc limit 21

/* task_definitions.definition */
select k.key as parent_key, t.description as "row.description", t.id as "row.id", t.name as "row.name", t.task_id as "row.task_id"
  from (select distinct p.task_definition_id
  from (select t.task_definition_id
  from task_instances t
  where t.status = $1::text and t.type = $2::text
  order by t.id desc limit 20) p
  where p.task_definition_id is not null) as k(key) join task_definitions t on t.id = k.key

/* task_instances.list */
select t.due_at, t.due_sort, t.id, t.task_reference
  from task_instances t
  where t.due_sort > '0001-01-01Z' and t.due_sort < $2::timestamptz and t.status = any($1::text[])
  order by t.due_sort, t.id limit 6

/* task_instances.count */
select count(*) as n
  from (select 1
  from task_instances t
  where t.due_sort > '0001-01-01Z' and t.due_sort < $2::timestamptz and t.status = any($1::text[]) limit 10001) t

/* task_instances.list */
select t.due_sort, t.error, t.id, t.priority_rank, t.retry_count, t.status, t.task_reference
  from task_instances t
  where t.status = any($1::text[])
  order by t.priority_rank, t.due_sort, t.id limit 6

/* task_instances.count */
select count(*) as n
  from (select 1
  from task_instances t
  where t.status = any($1::text[]) limit 10001) t

/* task_instances.list */
select t.due_sort, t.id, t.priority, t.priority_rank, t.task_reference
  from task_instances t
  where t.status = $1::text and t.assignee is null
  order by t.priority_rank, t.due_sort, t.id limit 6

/* task_instances.count */
select count(*) as n
  from (select 1
  from task_instances t
  where t.status = $1::text and t.assignee is null limit 10001) t

/* task_instances.list */
select t.id, t.priority, t.status, t.task_reference
  from task_instances t
  where t.workflow_instance_id in (select tv.id
  from workflow_instances tv
  where tv.workflow_definition_id in (select tvv.id
  from workflow_definitions tvv
  where tvv.workflow_id = $2::text)) and t.task_reference ilike $1::text
  order by t.id desc limit 6

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.error_code::text as key, null::timestamptz as bucket
  from task_instances t
  where t.status = $1::text) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.priority::text as key, null::timestamptz as bucket
  from task_instances t) g group by key, bucket
  order by n desc, key limit 101

/* task_instances.stats */
select key, bucket, count(*) as n, (sum(count(*)) over ())::bigint as total
  from (select t.status::text as key, null::timestamptz as bucket
  from task_instances t) g group by key, bucket
  order by n desc, key limit 101

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.steps as "row.steps"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key
