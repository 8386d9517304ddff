-- Make

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* idempotency_keys.claim */
insert into idempotency_keys as k (scope, key, fingerprint, expires_at) values ($1, $2, $3, $4)
on conflict (scope, key) do update set fingerprint = excluded.fingerprint, answer = null, created_at = excluded.created_at, expires_at = excluded.expires_at
where k.expires_at < $5

/* idempotency_keys.remember */
update idempotency_keys set answer = $3
  where scope = $1 and key = $2

/* integration_definitions.by_business_key */
select t.auth_type, t.config_schema, t.id, t.integration_id, t.status, t.version
  from integration_definitions t
  where t.integration_id = $1::text and t.status = 'active' limit 1

/* integration_instances.insert */
insert into integration_instances as t (config, context_id, context_type, created_at, id, instance_id, integration_definition_id, name) values ($1, $2, $3, $4, $5, $6, $7, $8) returning t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision

/* integration_definitions.by_key */
select k.key as parent_key, t.id as "row.id", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join integration_definitions t on t.id = k.key

-- MakeWrongly

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_definitions.by_business_key */
select t.auth_type, t.config_schema, t.id, t.integration_id, t.status, t.version
  from integration_definitions t
  where t.integration_id = $1::text and t.status = 'active' limit 1

/* integration_definitions.by_business_key */
select t.auth_type, t.config_schema, t.id, t.integration_id, t.status, t.version
  from integration_definitions t
  where t.integration_id = $1::text and t.status = 'active' limit 1

/* integration_definitions.by_business_key */
select t.auth_type, t.config_schema, t.id, t.integration_id, t.status, t.version
  from integration_definitions t
  where t.integration_id = $1::text and t.status = 'active' limit 1

-- Change

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_instances.update */
update integration_instances t set config = $1, context_id = $2, context_type = $3, integration_definition_id = $4, name = $5
  where t.id = $6::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision

/* integration_definitions.by_key */
select k.key as parent_key, t.auth_type as "row.auth_type", t.config_schema as "row.config_schema", t.id as "row.id", t.integration_id as "row.integration_id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join integration_definitions t on t.id = k.key

-- Late

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

-- Credentials

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_instances.update */
update integration_instances t set credentials = $1, credentials_meta = $2
  where t.id = $3::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision

/* integration_definitions.by_key */
select k.key as parent_key, t.auth_type as "row.auth_type", t.config_schema as "row.config_schema", t.id as "row.id", t.integration_id as "row.integration_id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join integration_definitions t on t.id = k.key

-- CredentialsOfAnotherKind

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_definitions.by_key */
select k.key as parent_key, t.auth_type as "row.auth_type", t.config_schema as "row.config_schema", t.id as "row.id", t.integration_id as "row.integration_id", t.status as "row.status", t.version as "row.version"
  from unnest($1::uuid[]) as k(key) join integration_definitions t on t.id = k.key

-- Works

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_instances.update */
update integration_instances t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision

/* integration_instances.users */
select k.key, u.name
from unnest($1::uuid[]) as k(key)
join integration_instances c on c.id = k.key
join integration_definitions d on d.id = c.integration_definition_id
cross join lateral (
  select 'task ' || t.task_id || ' ' || t.version as name
 
  from task_integration_references r
  join task_definitions t on t.id = r.source_id
 
  cross join lateral (values (t.execution_config #> '{integration,instanceSelector}'), (t.execution_config #> '{implementation,integration,instanceSelector}')) as s(selector)
 
  where r.target_business_id = d.integration_id and s.selector ->> 'type' = 'EXPLICIT' and s.selector ->> 'value' = c.instance_id
    and (t.status <> 'deprecated' or exists (
      select
  from task_instances i
  where i.task_definition_id = t.id and i.status in ('PENDING', 'ASSIGNED', 'RUNNING')))
  union
  select 'UI component ' || u.component_id || ' ' || u.version
 
  from ui_component_integration_references r
  join ui_components u on u.id = r.source_id
 
  where r.target_business_id = d.integration_id and u.status <> 'deprecated'
    and u.custom_props -> 'integrations' @> jsonb_build_array(jsonb_build_object('instanceId', c.instance_id))
 
  order by name limit 10) u

-- Broken

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_instances.update */
update integration_instances t set status = $1
  where t.id = $2::uuid returning t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision

-- BrokenWithoutReason



-- Delete

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.delete */
delete
  from integration_instances
  where id = $1

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update

/* integration_instances.users */
select k.key, u.name
from unnest($1::uuid[]) as k(key)
join integration_instances c on c.id = k.key
join integration_definitions d on d.id = c.integration_definition_id
cross join lateral (
  select 'task ' || t.task_id || ' ' || t.version as name
 
  from task_integration_references r
  join task_definitions t on t.id = r.source_id
 
  cross join lateral (values (t.execution_config #> '{integration,instanceSelector}'), (t.execution_config #> '{implementation,integration,instanceSelector}')) as s(selector)
 
  where r.target_business_id = d.integration_id and s.selector ->> 'type' = 'EXPLICIT' and s.selector ->> 'value' = c.instance_id
    and (t.status <> 'deprecated' or exists (
      select
  from task_instances i
  where i.task_definition_id = t.id and i.status in ('PENDING', 'ASSIGNED', 'RUNNING')))
  union
  select 'UI component ' || u.component_id || ' ' || u.version
 
  from ui_component_integration_references r
  join ui_components u on u.id = r.source_id
 
  where r.target_business_id = d.integration_id and u.status <> 'deprecated'
    and u.custom_props -> 'integrations' @> jsonb_build_array(jsonb_build_object('instanceId', c.instance_id))
 
  order by name limit 10) u

-- DeleteTwice

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* integration_instances.lock */
select t.id, t.created_at, t.updated_at, t.instance_id, t.integration_definition_id, t.name, t.description, t.context_type, t.context_id, t.credentials_meta, t.config, t.status, t.state, t.last_used_at, t.last_used_sort, t.revision
  from integration_instances t
  where t.id = $1::uuid for no key update
