-- Before

/* workflow_event_triggers.by_key */
select t.enabled, t.id, t.revision
  from workflow_event_triggers t
  where t.trigger_id = $1::text limit 1

-- Off

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_event_triggers.update */
update workflow_event_triggers t set enabled = $1
  where t.id = $2::uuid and t.revision = $3::int returning t.id, t.created_at, t.updated_at, t.trigger_id, t.workflow_definition_id, t.name, t.description, t.event_pattern, t.trigger_type, t.event_condition, t.input_mapping, t.correlation_key, t.enabled, t.priority, t.revision

-- Late

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* workflow_event_triggers.update */
update workflow_event_triggers t set enabled = $1
  where t.id = $2::uuid and t.revision = $3::int returning t.id, t.created_at, t.updated_at, t.trigger_id, t.workflow_definition_id, t.name, t.description, t.event_pattern, t.trigger_type, t.event_condition, t.input_mapping, t.correlation_key, t.enabled, t.priority, t.revision

/* workflow_event_triggers.by_key */
select k.key as parent_key, t.id as "row.id", t.revision as "row.revision"
  from unnest($1::uuid[]) as k(key) join workflow_event_triggers t on t.id = k.key

-- OfAnotherKind
