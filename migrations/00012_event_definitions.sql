-- Contracts of event types: under which pattern they are published, by whom, with what payload.
-- One active definition per pattern, because publishing looks the contract up by pattern and must find one.
-- Locks: none, the table is new.

-- +goose Up
create table event_definitions (
  id             uuid         primary key default aos_uuid_v7(),
  event_id       varchar(255) not null,
  name           varchar(255) not null,
  description    text,
  pattern        varchar(255) not null constraint event_definitions_pattern_has_no_wildcards check (aos_pattern_concrete(pattern)),
  pattern_path   ltree        not null generated always as (aos_pattern_path(pattern)) stored,
  version        varchar(50)  not null default '1.0.0' constraint event_definitions_version_is_semver check (aos_version_valid(version)),
  version_sort   text collate "C" not null generated always as (aos_version_sort(version)) stored,
  source_types   jsonb        not null default '[]',
  payload_schema jsonb        not null default '{}',
  examples       jsonb,
  ui_metadata    jsonb,
  status         varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  revision       integer      not null default 1 check (revision > 0),
  created_at     timestamptz  not null default now(),
  updated_at     timestamptz  not null default now(),
  constraint event_definitions_event_id_version_key unique (event_id, version)
);
create unique index event_definitions_one_active on event_definitions (event_id) where status = 'active';
create unique index event_definitions_one_active_per_pattern on event_definitions (pattern) where status = 'active';
create index event_definitions_versions on event_definitions (event_id, version_sort, id);
create index event_definitions_by_pattern on event_definitions (pattern, version);
create index event_definitions_matching on event_definitions using gist (pattern_path);
create index event_definitions_by_status on event_definitions (status, id);
create index event_definitions_by_name on event_definitions (name, id);
create index event_definitions_by_updated on event_definitions (updated_at, id);
create index event_definitions_search on event_definitions using gin (event_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);

select aos_install_row_triggers('event_definitions', 'event_id', 'evd', frozen => true);
