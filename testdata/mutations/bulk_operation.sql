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

-- PreviewOfAnImport

/* import.adopt */
select k.source, t.id
  from aos_import_keys_task_definitions k join task_definitions t on t.task_id::text = k.task_id and t.version::text = k.version
  where t.id <> k.id

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.columns */
select a.attname::text as name, split_part(format_type(a.atttypid, a.atttypmod), '(', 1) as kind,
  case when a.atttypid = 'varchar'::regtype and a.atttypmod > 4 then a.atttypmod - 4 else 0 end as length,
  a.attnotnull as "notNull", coalesce(pg_get_expr(d.adbin, d.adrelid), '') as fallback, a.attgenerated <> '' as generated
from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where a.attrelid = to_regclass($1) and a.attnum > 0 and not a.attisdropped
order by a.attnum

/* import.dangling */
select s.n, s.row_source, coalesce(s.row_label, ''), r.path, r.target_business_id || coalesce(' ' || r.target_version, '')
from task_integration_references r join aos_import_task_definitions s on s.id = r.source_id
  where r.target_id is null
  order by s.n, r.path

/* import.dangling */
select s.n, s.row_source, coalesce(s.row_label, ''), r.path, r.target_business_id || coalesce(' ' || r.target_version, '')
from task_ui_component_references r join aos_import_task_definitions s on s.id = r.source_id
  where r.target_id is null
  order by s.n, r.path

/* import.demote_staged */
update aos_import_task_definitions s set status = 'deprecated', present = s.present | 8192
where s.status = 'active' and aos_version_valid(s.version) and (
  exists (select
  from aos_import_task_definitions o
  where o.task_id = s.task_id and o.status = 'active' and o.id <> s.id
          and aos_version_valid(o.version) and aos_version_sort(o.version) > aos_version_sort(s.version))
  or exists (select
  from task_definitions o
  where o.task_id = s.task_id and o.status = 'active' and o.id <> s.id
             and o.version_sort > aos_version_sort(s.version) and not exists (select
  from aos_import_task_definitions n
  where n.id = o.id)))
returning s.n, s.row_source, coalesce(s.row_label, ''), 'active'

/* import.demote_stored */
update task_definitions o set status = 'deprecated'
  from aos_import_task_definitions s
where o.status = 'active' and o.task_id = s.task_id and o.id <> s.id and s.status = 'active' and not exists (select
  from aos_import_task_definitions n
  where n.id = o.id)
returning -1::bigint, o.id::text, o.task_id || ' ' || o.version, 'active'

/* import.documents */
select t.id, t.status, t.execution_config, t.ui_components
  from task_definitions t join aos_import_task_definitions s on s.id = t.id
  order by t.id

/* import.empty */
select not exists (select
  from task_definitions)

/* import.existing */
select count(*), coalesce(min(n), 0), coalesce(max(n), 0)
  from aos_import_task_definitions
  where not is_new

/* import.insert */
insert into task_definitions (id, task_id, name, description, type, version, input_schema, output_schema, timeout, retry_policy, execution_config, ui_components, metadata, status, revision, created_at, updated_at, sys_period) select coalesce(s.id, aos_uuid_v7()), s.task_id, s.name, s.description, s.type, coalesce(s.version, '1.0.0'::character varying), coalesce(s.input_schema, '{"type": "object"}'::jsonb), coalesce(s.output_schema, '{"type": "object"}'::jsonb), s.timeout, s.retry_policy, s.execution_config, s.ui_components, s.metadata, coalesce(s.status, 'draft'::character varying), coalesce(s.revision, 1), coalesce(s.created_at, now()), coalesce(s.updated_at, now()), coalesce(s.sys_period, tstzrange(now(), NULL::timestamp with time zone))
  from aos_import_task_definitions s
  where s.is_new and s.n >= $1 and s.n < $2
  order by s.id

/* import.keys */
create temp table aos_import_keys_task_definitions (source text, id uuid, task_id text, version text) on commit drop

/* import.known */
update aos_import_task_definitions s set is_new = false
  from task_definitions t
  where t.id = s.id

/* import.partitions_ahead */
select aos_create_partitions()

/* import.prepare */
select set_config('aos.bypass', 'on', true), set_config('aos.actor', $1, true), set_config('aos.reason', $2, true),
  set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true), set_config('timezone', 'UTC', true)

/* import.stage */
create temp table aos_import_task_definitions (n bigint, row_source text, row_label text, is_new boolean not null default true, updated boolean not null default false, present bigint, id uuid, task_id character varying, name character varying, description text, type character varying, version character varying, input_schema jsonb, output_schema jsonb, timeout integer, retry_policy jsonb, execution_config jsonb, ui_components jsonb, metadata jsonb, status character varying, revision integer, created_at timestamp with time zone, updated_at timestamp with time zone, sys_period tstzrange) on commit drop

/* import.stage_analyze */
analyze aos_import_task_definitions

/* import.stage_index */
create index on aos_import_task_definitions (n)

/* import.statuses */
update aos_import_task_definitions s set status = t.status
  from task_definitions t
  where not s.is_new and t.id = s.id and s.present & 8192 = 0

/* import.twice */
delete
  from aos_import_task_definitions s using (select id, min(n) as first
  from aos_import_task_definitions group by id having count(*) > 1) d
where s.id = d.id and s.n > d.first returning s.n, s.row_source, coalesce(s.row_label, ''), s.id::text

/* task_integration_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_integration_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_integration_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join integration_definitions t on t.integration_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* task_ui_component_references.write */
with given as (
  select *
  from unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::boolean[]) as g(source_id, path, key, version, pin)
), gone as (
  delete
  from task_ui_component_references r
 
  where r.source_id = any ($1::uuid[]) and not exists (select
  from given g
  where g.source_id = r.source_id and g.path = r.path)
)
insert into task_ui_component_references as r (source_id, path, target_business_id, target_version, target_id, pinned)
select g.source_id, g.path, g.key, nullif(g.version, ''), t.id, g.pin and t.id is not null
from given g left join ui_components t on t.component_id = g.key and case when g.version = '' then t.status = 'active' else t.version = g.version end
on conflict (source_id, path) do update set target_business_id = excluded.target_business_id,
  target_version = excluded.target_version, target_id = excluded.target_id, pinned = excluded.pinned
where row(r.target_business_id, r.target_version) is distinct
  from row(excluded.target_business_id, excluded.target_version)
  or (not r.pinned and row(r.target_id, r.pinned) is distinct
  from row(excluded.target_id, excluded.pinned))

/* workflow_task_references.resolve */
update workflow_task_references r set target_id = t.id, pinned = s.status <> 'draft'
from task_definitions t, workflow_definitions s
where r.target_id is null and s.id = r.source_id and t.task_id = r.target_business_id
  and case when r.target_version is null then t.status = 'active' else t.version = r.target_version end

-- Import

/* bulk_operation_bundles.save */
insert into bulk_operation_bundles (bulk_operation_id, name, part, content) values ($1, $2, $3, $4)

/* bulk_operations.insert */
insert into bulk_operations as t (at_most, created_at, filter, id, kind, options, per_second, reason, requested_by, roles) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* current_schema */
select current_schema()::text

-- ImportWrongly



-- Export

/* bulk_operations.insert */
insert into bulk_operations as t (at_most, created_at, filter, id, kind, options, per_second, reason, requested_by, roles) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning t.id, t.created_at, t.updated_at, t.kind, t.status, t.filter, t.options, t.reason, t.at_most, t.per_second, t.total, t.done, t.failed, t.requested_by, t.roles, t.started_at, t.completed_at, t.revision

/* change.who */
select set_config('aos.actor', $1, true), set_config('aos.reason', $2, true)

/* current_schema */
select current_schema()::text
