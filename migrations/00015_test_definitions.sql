-- Cases, mocks and assertions for a task or a workflow, which is named by business id because a test outlives versions.
-- Locks: none, the table is new.

-- +goose Up
create table test_definitions (
  id             uuid         primary key default aos_uuid_v7(),
  test_id        varchar(255) not null,
  name           varchar(255) not null,
  description    text,
  version        varchar(50)  not null default '1.0.0' constraint test_definitions_version_is_semver check (aos_version_valid(version)),
  version_sort   text collate "C" not null generated always as (aos_version_sort(version)) stored,
  status         varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  type           varchar(50)  not null check (type in ('task', 'workflow')),
  target_id      varchar(255) not null,
  target_version varchar(50),
  cases          jsonb        not null default '[]',
  shared_mocks   jsonb        not null default '[]',
  tags           jsonb        not null default '[]',
  revision       integer      not null default 1 check (revision > 0),
  created_at     timestamptz  not null default now(),
  updated_at     timestamptz  not null default now(),
  constraint test_definitions_test_id_version_key unique (test_id, version)
);
create unique index test_definitions_one_active on test_definitions (test_id) where status = 'active';
create index test_definitions_versions on test_definitions (test_id, version_sort, id);
create index test_definitions_by_target on test_definitions (type, target_id, id);
create index test_definitions_by_status on test_definitions (status, id);
create index test_definitions_by_name on test_definitions (name, id);
create index test_definitions_by_updated on test_definitions (updated_at, id);
create index test_definitions_search on test_definitions using gin (test_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);
create index test_definitions_tags on test_definitions using gin (tags jsonb_path_ops);

select aos_install_row_triggers('test_definitions', 'test_id', 'tsd', frozen => true);
