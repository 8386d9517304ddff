-- Before

/* dead_letter_queue.by_key */
select t.id
  from dead_letter_queue t
  where t.entry_id = $1::text limit 1

/* dead_letter_queue.by_key */
select t.id
  from dead_letter_queue t
  where t.entry_id = $1::text limit 1

/* event_queue_state.by_key */
select t.id, t.revision
  from event_queue_state t
  where t.queue_id = $1::text limit 1

/* workflow_event_subscriptions.by_key */
select t.id
  from workflow_event_subscriptions t
  where t.subscription_id = $1::text limit 1

-- Resolve

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

/* dead_letter_queue.update */
update dead_letter_queue t set resolution_notes = $1, resolution_strategy = $2, resolution_timestamp = $3, resolved_by = $4, status = $5
  where t.id = $6::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

-- ResolveWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

-- Discard

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

/* dead_letter_queue.update */
update dead_letter_queue t set resolution_notes = $1, resolution_strategy = $2, resolution_timestamp = $3, resolved_by = $4, status = $5
  where t.id = $6::uuid returning t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision

-- DiscardTwice

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* dead_letter_queue.lock */
select t.id, t.created_at, t.updated_at, t.entry_id, t.event_id, t.subscriber_id, t.original_event, t.pattern, t.error_message, t.error_type, t.error_code, t.error_stack_trace, t.error_context, t.retry_history, t.retry_count, t.max_retries, t.status, t.resolution_timestamp, t.resolution_strategy, t.resolved_by, t.resolution_notes, t.revision
  from dead_letter_queue t
  where t.id = $1::uuid for no key update

-- Pause

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* event_queue_state.lock */
select t.id, t.created_at, t.updated_at, t.queue_id, t.name, t.description, t.checkpoint_id, t.queue_metrics, t.config, t.status, t.revision
  from event_queue_state t
  where t.id = $1::uuid for no key update

/* event_queue_state.update */
update event_queue_state t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.queue_id, t.name, t.description, t.checkpoint_id, t.queue_metrics, t.config, t.status, t.revision

-- DrainWhatIsPaused

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* event_queue_state.lock */
select t.id, t.created_at, t.updated_at, t.queue_id, t.name, t.description, t.checkpoint_id, t.queue_metrics, t.config, t.status, t.revision
  from event_queue_state t
  where t.id = $1::uuid for no key update

-- EndTheWait

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_event_subscriptions.lock */
select t.id, t.created_at, t.updated_at, t.subscription_id, t.workflow_instance_id, t.event_pattern, t.filter_condition, t.status, t.timeout_at, t.fulfilled_at, t.fulfilled_by_event_id, t.wait_step_id, t.timeout_handler_step_id, t.revision
  from workflow_event_subscriptions t
  where t.id = $1::uuid for no key update

/* workflow_event_subscriptions.update */
update workflow_event_subscriptions t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.subscription_id, t.workflow_instance_id, t.event_pattern, t.filter_condition, t.status, t.timeout_at, t.fulfilled_at, t.fulfilled_by_event_id, t.wait_step_id, t.timeout_handler_step_id, t.revision

/* workflow_instances.by_key */
select k.key as parent_key, t.id as "row.id", t.instance_id as "row.instance_id", t.status as "row.status"
  from unnest($1::uuid[]) as k(key) join workflow_instances t on t.id = k.key

-- EndItTwice

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_event_subscriptions.lock */
select t.id, t.created_at, t.updated_at, t.subscription_id, t.workflow_instance_id, t.event_pattern, t.filter_condition, t.status, t.timeout_at, t.fulfilled_at, t.fulfilled_by_event_id, t.wait_step_id, t.timeout_handler_step_id, t.revision
  from workflow_event_subscriptions t
  where t.id = $1::uuid for no key update
