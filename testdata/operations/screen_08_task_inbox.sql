/* task_instances.list */
select t.assignee, t.created_at, t.due_at, t.due_sort, t.error, t.id, t.input, t.priority, t.priority_rank, t.revision, t.status, t.step_id, t.task_definition_id, t.task_reference, t.updated_at, t.workflow_definition_id, t.workflow_instance_id
  from task_instances t
  where t.status = any($1::text[]) and t.assignee = $2::text
  order by t.priority_rank, t.due_sort, t.id limit 21

/* task_instances.list */
select t.due_at, t.due_sort, t.id, t.task_reference
  from task_instances t
  where t.status = any($1::text[]) and t.due_sort < $2::timestamptz and t.due_sort not in ('0001-01-01Z', '9999-12-31Z')
  order by t.due_sort, t.id limit 6

/* task_instances.list.plan */
explain (format json) /* task_instances.list */
select t.assignee, t.created_at, t.due_at, t.due_sort, t.error, t.id, t.input, t.priority, t.priority_rank, t.revision, t.status, t.step_id, t.task_definition_id, t.task_reference, t.updated_at, t.workflow_definition_id, t.workflow_instance_id
  from task_instances t
  where t.status = any($1::text[]) and t.assignee = $2::text
  order by t.priority_rank, t.due_sort, t.id limit 21

/* task_instances.list.plan */
explain (format json) /* task_instances.list */
select t.due_at, t.due_sort, t.id, t.task_reference
  from task_instances t
  where t.status = any($1::text[]) and t.due_sort < $2::timestamptz and t.due_sort not in ('0001-01-01Z', '9999-12-31Z')
  order by t.due_sort, t.id limit 6

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

/* task_instances.count */
select count(*)
  from (select 1
  from task_instances t
  where t.status = any($1::text[]) and t.assignee = $2::text limit 10001) t

/* task_instances.count */
select count(*)
  from (select 1
  from task_instances t
  where t.status = any($1::text[]) and t.due_sort < $2::timestamptz and t.due_sort not in ('0001-01-01Z', '9999-12-31Z') limit 10001) t
