-- Before

/* task_instances.by_key */
select t.assignee, t.assignee_type, t.id, t.revision, t.status
  from task_instances t
  where t.task_instance_id = $1::text limit 1

/* task_instances.by_key */
select t.assignee, t.assignee_type, t.id, t.revision, t.status
  from task_instances t
  where t.task_instance_id = $1::text limit 1

/* task_instances.by_key */
select t.assignee, t.assignee_type, t.id, t.revision, t.status
  from task_instances t
  where t.task_instance_id = $1::text limit 1

-- TooEarly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

/* task_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.workflow_instance_id as "row.workflow_instance_id"
  from unnest($1::uuid[]) as k(key) join task_instances t on t.id = k.key

-- Claim

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.update */
update task_instances t set assignee = $1, assignee_type = $2, execution_metadata = $3, status = $4
  where t.id = $5::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

-- ClaimTwice

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

-- Late

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

-- AssignWithoutReason

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

-- Assign

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.update */
update task_instances t set assignee = $1, assignee_type = $2, execution_metadata = $3, status = $4
  where t.id = $5::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

-- Release

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.update */
update task_instances t set assignee = $1, assignee_type = $2, execution_metadata = $3, status = $4
  where t.id = $5::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

-- Work

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.update */
update task_instances t set draft_output = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

/* task_instances.update */
update task_instances t set execution_metadata = $1, status = $2
  where t.id = $3::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

-- CompleteWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.output_schema as "row.output_schema"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

-- Complete

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.update */
update task_instances t set draft_output = $1, execution_metadata = $2, output = $3, status = $4
  where t.id = $5::uuid returning t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort

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
select k.key as parent_key, t.id as "row.id", t.output_schema as "row.output_schema"
  from unnest($1::uuid[]) as k(key) join task_definitions t on t.id = k.key

-- OfTheDone

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

/* task_instances.lock */
select t.id, t.created_at, t.updated_at, t.task_instance_id, t.task_definition_id, t.workflow_instance_id, t.workflow_definition_id, t.step_id, t.status, t.type, t.revision, t.input, t.output, t.draft_output, t.error, t.error_code, t.executor_id, t.assignee, t.assignee_type, t.priority, t.priority_rank, t.retry_count, t.retry_policy, t.execution_metadata, t.task_reference, t.due_at, t.due_sort
  from task_instances t
  where t.id = $1::uuid for no key update

-- OfAnotherKind
