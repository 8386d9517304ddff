-- Reusable units of work: automated, by hand, or through an integration.
-- Locks: none, the table is new.

-- +goose Up
create table task_definitions (
  id               uuid         primary key default aos_uuid_v7(),
  task_id          varchar(255) not null,
  name             varchar(255) not null,
  description      text,
  type             varchar(50)  not null check (type in ('AUTOMATED', 'MANUAL', 'INTEGRATION')),
  version          varchar(50)  not null default '1.0.0' constraint task_definitions_version_is_semver check (aos_version_valid(version)),
  version_sort     text collate "C" not null generated always as (aos_version_sort(version)) stored,
  input_schema     jsonb        not null default '{"type":"object"}',
  output_schema    jsonb        not null default '{"type":"object"}',
  timeout          integer      check (timeout > 0), -- milliseconds
  retry_policy     jsonb,
  execution_config jsonb        not null,
  ui_components    jsonb,
  metadata         jsonb,
  status           varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  revision         integer      not null default 1 check (revision > 0),
  created_at       timestamptz  not null default now(),
  updated_at       timestamptz  not null default now(),
  constraint task_definitions_task_id_version_key unique (task_id, version)
);
create unique index task_definitions_one_active on task_definitions (task_id) where status = 'active';
create index task_definitions_versions on task_definitions (task_id, version_sort, id);
create index task_definitions_by_status on task_definitions (status, id);
create index task_definitions_by_type on task_definitions (type, id);
create index task_definitions_by_name on task_definitions (name, id);
create index task_definitions_by_updated on task_definitions (updated_at, id);
create index task_definitions_search on task_definitions using gin (task_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);
create index task_definitions_metadata on task_definitions using gin (metadata jsonb_path_ops);

select aos_install_row_triggers('task_definitions', 'task_id', 'tkd', frozen => true);
