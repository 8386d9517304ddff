-- Declarative forms, displays, modals and custom pieces of user interface.
-- Locks: none, the table is new.

-- +goose Up
create table ui_components (
  id               uuid         primary key default aos_uuid_v7(),
  component_id     varchar(255) not null,
  name             varchar(255) not null,
  description      text,
  component_type   varchar(50)  not null check (component_type in ('Form', 'Modal', 'Display', 'Custom')),
  title            varchar(255) not null default '',
  fields           jsonb,
  layout           jsonb,
  actions          jsonb,
  display_template text,
  custom_props     jsonb,
  version          varchar(50)  not null default '1.0.0' constraint ui_components_version_is_semver check (aos_version_valid(version)),
  version_sort     text collate "C" not null generated always as (aos_version_sort(version)) stored,
  status           varchar(50)  not null default 'draft' check (status in ('draft', 'active', 'deprecated')),
  revision         integer      not null default 1 check (revision > 0),
  created_at       timestamptz  not null default now(),
  updated_at       timestamptz  not null default now(),
  constraint ui_components_component_id_version_key unique (component_id, version)
);
create unique index ui_components_one_active on ui_components (component_id) where status = 'active';
create index ui_components_versions on ui_components (component_id, version_sort, id);
create index ui_components_by_status on ui_components (status, id);
create index ui_components_by_type on ui_components (component_type, id);
create index ui_components_by_name on ui_components (name, id);
create index ui_components_by_updated on ui_components (updated_at, id);
create index ui_components_search on ui_components using gin (component_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops, title gin_trgm_ops);

select aos_install_row_triggers('ui_components', 'component_id', 'uic', frozen => true);
