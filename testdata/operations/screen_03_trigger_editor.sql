/* event_definitions.list */
select t.examples, t.id, t.name, t.pattern, t.payload_schema
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 21

/* workflow_event_triggers.triggers */
select k.key as parent_key, t.enabled as "row.enabled", t.id as "row.id", t.priority as "row.priority", t.trigger_id as "row.trigger_id", t.trigger_type as "row.trigger_type", t.workflow_definition_id as "row.workflow_definition_id"
  from (select distinct p.pattern
  from (select t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 20) p
  where p.pattern is not null) as k(key)
  cross join lateral (select t.enabled, t.id, t.priority, t.trigger_id, t.trigger_type, t.workflow_definition_id
  from workflow_event_triggers t
  where t.id in (select w.id
  from aos_trigger_candidates(k.key) c
  join workflow_event_triggers w on w.pattern_kind = c.kind and w.pattern_key = c.key
 
  where (select aos_pattern_path(k.key)) ~ w.pattern_query)
  order by t.priority, t.id limit 11) t

/* workflow_definitions.workflowDefinition */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.workflow_id as "row.workflow_id"
  from (select distinct p.workflow_definition_id
  from (select distinct p.pattern
  from (select t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query($1::text))
  order by t.name, t.id limit 20) p
  where p.pattern is not null) as k(key)
  cross join lateral (select t.workflow_definition_id
  from workflow_event_triggers t
  where t.id in (select w.id
  from aos_trigger_candidates(k.key) c
  join workflow_event_triggers w on w.pattern_kind = c.kind and w.pattern_key = c.key
 
  where (select aos_pattern_path(k.key)) ~ w.pattern_query)
  order by t.priority, t.id limit 10) p
  where p.workflow_definition_id is not null) as k(key) join workflow_definitions t on t.id = k.key

/* workflow_event_triggers.list */
select t.correlation_key, t.event_condition, t.event_pattern, t.id, t.input_mapping, t.priority, t.trigger_id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 21

/* event_definitions.eventDefinitions */
select k.key as parent_key, t.id as "row.id", t.name as "row.name", t.pattern as "row.pattern"
  from (select distinct p.event_pattern
  from (select t.event_pattern
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.event_pattern is not null) as k(key)
  cross join lateral (select t.id, t.name, t.pattern
  from event_definitions t
  where t.pattern_path ~ (select aos_pattern_query(k.key))
  order by t.name, t.id limit 11) t

/* workflow_instances.startedInstances */
select k.key as parent_key, t.created_at as "row.created_at", t.id as "row.id", t.instance_id as "row.instance_id"
  from (select distinct p.id
  from (select t.id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select t.created_at, t.id, t.instance_id
  from workflow_instances t
  where t.trigger_id = k.key
  order by t.created_at desc, t.id desc limit 3) t

/* workflow_instances.count_by_parent */
select k.key, c.n
  from (select distinct p.id
  from (select t.id
  from workflow_event_triggers t
  where t.workflow_definition_id in (select tv.id
  from workflow_definitions tv
  where tv.workflow_id = $1::text)
  order by t.priority, t.id limit 20) p
  where p.id is not null) as k(key)
  cross join lateral (select count(*) as n
  from (select 1
  from workflow_instances t
  where t.trigger_id = k.key limit 10001) t) c
