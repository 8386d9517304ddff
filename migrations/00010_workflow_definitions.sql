-- Templates of processes. A row is one version; a running instance points at the row it started with.
-- Locks: none, the table is new.

-- +goose Up
create table workflow_definitions (
  id                    uuid         primary key default aos_uuid_v7(),
  workflow_id           varchar(255) not null,
  name                  varchar(255) not null,
  description           text,
  version               varchar(50)  not null default '1.0.0' constraint workflow_definitions_version_is_semver check (aos_version_valid(version)),
  version_sort          text collate "C" not null generated always as (aos_version_sort(version)) stored,
  input_schema          jsonb        not null default '{"type":"object"}',
  output_schema         jsonb,
  steps                 jsonb        not null default '[]',
  compensation_steps    jsonb        not null default '[]',
  cancellation_triggers jsonb        not null default '[]',
  ui_components         jsonb        not null default '[]',
  execution_log         jsonb        not null default '{}',
  metadata              jsonb,
  status                varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  revision              integer      not null default 1 check (revision > 0),
  created_at            timestamptz  not null default now(),
  updated_at            timestamptz  not null default now(),
  constraint workflow_definitions_workflow_id_version_key unique (workflow_id, version)
);
create unique index workflow_definitions_one_active on workflow_definitions (workflow_id) where status = 'active';
create index workflow_definitions_versions on workflow_definitions (workflow_id, version_sort, id);
create index workflow_definitions_by_status on workflow_definitions (status, id);
create index workflow_definitions_by_name on workflow_definitions (name, id);
create index workflow_definitions_by_updated on workflow_definitions (updated_at, id);
create index workflow_definitions_search on workflow_definitions using gin (workflow_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);
create index workflow_definitions_metadata on workflow_definitions using gin (metadata jsonb_path_ops);

select aos_install_row_triggers('workflow_definitions', 'workflow_id', 'wfd', frozen => true);
