-- Preview

/* task_instances.count_selection */
select count(*)
  from task_instances t
  where t.status = $1::text and t.status = any($2::text[])

/* task_instances.sample_selection */
select t.id
  from task_instances t
  where t.status = $1::text and t.status = any($2::text[])
  order by t.id limit 5

/* task_instances.by_key */
select k.key as parent_key, t.assignee as "row.assignee", t.assignee_type as "row.assignee_type", t.created_at as "row.created_at", t.draft_output as "row.draft_output", t.due_at as "row.due_at", t.due_sort as "row.due_sort", t.error as "row.error", t.error_code as "row.error_code", t.execution_metadata as "row.execution_metadata", t.executor_id as "row.executor_id", t.id as "row.id", t.input as "row.input", t.output as "row.output", t.priority as "row.priority", t.priority_rank as "row.priority_rank", t.retry_count as "row.retry_count", t.retry_policy as "row.retry_policy", t.revision as "row.revision", t.status as "row.status", t.step_id as "row.step_id", t.task_definition_id as "row.task_definition_id", t.task_instance_id as "row.task_instance_id", t.task_reference as "row.task_reference", t.type as "row.type", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id", t.workflow_instance_id as "row.workflow_instance_id"
  from unnest($1::uuid[]) as k(key) join task_instances t on t.id = k.key

-- TooMany

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.count_selection */
select count(*)
  from task_instances t
  where t.status = $1::text and t.status = any($2::text[])

-- WrongFilter



-- Start

/* bulk_operation_items.freeze */
insert into bulk_operation_items (bulk_operation_id, place, id, prefix) select $1::uuid, row_number() over (order by t.id), t.id, $2::text
  from task_instances t
  where t.status = $3::text and t.status = any($4::text[])

/* bulk_operations.insert */
insert into bulk_operations as t (at_most, created_at, filter, id, kind, options, per_second, reason, requested_by, roles) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* bulk_operations.update */
update bulk_operations t set total = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* current_schema */
select current_schema()::text

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* idempotency_keys.remember */
update idempotency_keys set answer = $3
  where scope = $1 and key = $2

/* task_instances.count_selection */
select count(*)
  from task_instances t
  where t.status = $1::text and t.status = any($2::text[])

-- Pause

/* bulk_operations.lock */
select t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision
  from bulk_operations t
  where t.id = $1::uuid for no key update

/* bulk_operations.update */
update bulk_operations t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

-- Resume

/* bulk_operations.lock */
select t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision
  from bulk_operations t
  where t.id = $1::uuid for no key update

/* bulk_operations.update */
update bulk_operations t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* current_schema */
select current_schema()::text

-- End

/* bulk_operations.lock */
select t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision
  from bulk_operations t
  where t.id = $1::uuid for no key update

/* bulk_operations.update */
update bulk_operations t set completed_at = $1, status = $2
  where t.id = $3::uuid returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

-- TooLate

/* bulk_operations.lock */
select t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision
  from bulk_operations t
  where t.id = $1::uuid for no key update

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)
