-- Before

/* workflow_instances.by_key */
select t.id, t.status
  from workflow_instances t
  where t.instance_id = $1::text limit 1

/* workflow_instances.by_key */
select t.id, t.status
  from workflow_instances t
  where t.instance_id = $1::text limit 1

/* workflow_instances.by_key */
select t.id, t.status
  from workflow_instances t
  where t.instance_id = $1::text limit 1

-- Start

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* idempotency_keys.remember */
update idempotency_keys set answer = $3
  where scope = $1 and key = $2

/* workflow_definitions.by_business_key */
select t.id, t.input_schema, t.status, t.steps, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_instances.insert */
insert into workflow_instances as t (correlation_id, created_at, current_step_id, id, input, instance_id, parent_instance_id, started_at, state, status, trigger_event_id, trigger_id, workflow_definition_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort

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

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

-- StartAgain

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* idempotency_keys.answer */
select fingerprint, answer
  from idempotency_keys
  where scope = $1 and key = $2

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* workflow_instances.by_key */
select k.key as parent_key, t.cancellation as "row.cancellation", t.compensation_state as "row.compensation_state", t.completed_at as "row.completed_at", t.completed_sort as "row.completed_sort", t.correlation_id as "row.correlation_id", t.created_at as "row.created_at", t.current_step_id as "row.current_step_id", t.error as "row.error", t.id as "row.id", t.input as "row.input", t.instance_id as "row.instance_id", t.output as "row.output", t.parent_instance_id as "row.parent_instance_id", t.revision as "row.revision", t.started_at as "row.started_at", t.started_sort as "row.started_sort", t.state as "row.state", t.status as "row.status", t.trigger_event_id as "row.trigger_event_id", t.trigger_id as "row.trigger_id", t.updated_at as "row.updated_at", t.workflow_definition_id as "row.workflow_definition_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

-- StartWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* idempotency_keys.answer */
select fingerprint, answer
  from idempotency_keys
  where scope = $1 and key = $2

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* workflow_definitions.by_business_key */
select t.id, t.input_schema, t.status, t.steps, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.by_business_key */
select t.id, t.input_schema, t.status, t.steps, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_definitions.by_business_key */
select t.id, t.input_schema, t.status, t.steps, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_instances.insert */
insert into workflow_instances as t (correlation_id, created_at, current_step_id, id, input, instance_id, parent_instance_id, started_at, state, status, trigger_event_id, trigger_id, workflow_definition_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort

-- CancelWithoutReason



-- Cancel

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* task_instances.cancel_open */
update task_instances set status = $3
  where workflow_instance_id = any ($1) and status = any($2::text[])

/* workflow_event_subscriptions.cancel_open */
update workflow_event_subscriptions set status = $3
  where workflow_instance_id = any ($1) and status = $2

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

/* workflow_instances.update */
update workflow_instances t set cancellation = $1, completed_at = $2, status = $3
  where t.id = $4::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort

/* task_instances.tasks */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.step_id as "row.step_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.id, t.status, t.step_id
  from task_instances t
  where t.workflow_instance_id = k.key
  order by t.id limit 6) t

/* workflow_event_subscriptions.subscriptions */
select k.key as parent_key, t.id as "row.id", t.status as "row.status", t.subscription_id as "row.subscription_id"
  from unnest($1::uuid[]) as k(key)
  cross join lateral (select t.id, t.status, t.subscription_id
  from workflow_event_subscriptions t
  where t.workflow_instance_id = k.key
  order by t.id limit 6) t

-- Retry

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

/* workflow_instances.update */
update workflow_instances t set completed_at = $1, current_step_id = $2, error = $3, state = $4, status = $5
  where t.id = $6::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort

-- NothingToRetry

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

-- Rerun

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_definitions.by_business_key */
select t.id, t.input_schema, t.status, t.steps, t.version, t.workflow_id
  from workflow_definitions t
  where t.workflow_id = $1::text and t.status = 'active' limit 1

/* workflow_instances.insert */
insert into workflow_instances as t (correlation_id, created_at, current_step_id, id, input, instance_id, parent_instance_id, started_at, state, status, trigger_event_id, trigger_id, workflow_definition_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13) returning t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.input_schema as "row.input_schema", t.status as "row.status", t.steps as "row.steps", t.version as "row.version", t.workflow_id as "row.workflow_id"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

-- RerunWhatRuns

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.workflow_definition_id, t.status, t.revision, t.current_step_id, t.input, t.output, t.state, t.error, t.cancellation, t.compensation_state, t.trigger_id, t.trigger_event_id, t.parent_instance_id, t.correlation_id, t.started_at, t.started_sort, t.completed_at, t.completed_sort
  from workflow_instances t
  where t.id = $1::uuid for no key update
