-- The catalogue of external systems: their methods, how to authenticate, what to configure.
-- Locks: none, the table is new.

-- +goose Up
create table integration_definitions (
  id             uuid         primary key default aos_uuid_v7(),
  integration_id varchar(255) not null,
  name           varchar(255) not null,
  description    text,
  version        varchar(50)  not null default '1.0.0' constraint integration_definitions_version_is_semver check (aos_version_valid(version)),
  version_sort   text collate "C" not null generated always as (aos_version_sort(version)) stored,
  type           varchar(50)  not null default 'integration' check (type in ('integration', 'ai', 'documents', 'database')),
  methods        jsonb        not null default '[]',
  config_schema  jsonb,
  auth_type      varchar(50)  not null check (auth_type in ('oauth2', 'apikey', 'custom')),
  oauth2_config  jsonb,
  ai_config      jsonb,
  icon_url       text,
  status         varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  revision       integer      not null default 1 check (revision > 0),
  created_at     timestamptz  not null default now(),
  updated_at     timestamptz  not null default now(),
  constraint integration_definitions_integration_id_version_key unique (integration_id, version)
);
create unique index integration_definitions_one_active on integration_definitions (integration_id) where status = 'active';
create index integration_definitions_versions on integration_definitions (integration_id, version_sort, id);
create index integration_definitions_by_status on integration_definitions (status, id);
create index integration_definitions_by_type on integration_definitions (type, id);
create index integration_definitions_by_auth_type on integration_definitions (auth_type, id);
create index integration_definitions_by_name on integration_definitions (name, id);
create index integration_definitions_by_updated on integration_definitions (updated_at, id);
create index integration_definitions_search on integration_definitions using gin (integration_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);

select aos_install_row_triggers('integration_definitions', 'integration_id', 'ind', frozen => true);
