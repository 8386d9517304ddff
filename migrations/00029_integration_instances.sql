-- Configured connections to external systems. credentials is an OpenPGP message that the server writes and never shows;
-- credentials_meta is what may be known about it. Health moves by itself (status, last_used_at), so it does not count as an
-- edit of the row; state is the part of it that filters and transitions use.
-- Locks: none, the table is new.

-- +goose Up
create table integration_instances (
  id                        uuid         primary key default aos_uuid_v7(),
  instance_id               varchar(255) not null,
  integration_definition_id uuid         not null references integration_definitions,
  name                      varchar(255) not null,
  description               text,
  context_type              varchar(50)  not null default 'global' check (context_type in ('global', 'client', 'user')),
  context_id                varchar(255),
  credentials               bytea,
  credentials_meta          jsonb,
  config                    jsonb        not null default '{}',
  status                    jsonb        not null default '{"state":"inactive"}',
  state                     text         not null generated always as (coalesce(status ->> 'state', '')) stored
                            check (state in ('active', 'inactive', 'error')),
  last_used_at              timestamptz,
  last_used_sort            timestamptz  not null generated always as (coalesce(last_used_at, '0001-01-01 00:00:00+00'::timestamptz)) stored,
  revision                  integer      not null default 1 check (revision > 0),
  created_at                timestamptz  not null default now(),
  updated_at                timestamptz  not null default now(),
  constraint integration_instances_instance_id_key unique (instance_id),
  constraint integration_instances_context_id_unless_global check ((context_type = 'global') = (context_id is null))
);
create index integration_instances_by_definition on integration_instances (integration_definition_id, context_type, context_id, id);
create index integration_instances_by_context on integration_instances (context_type, context_id, id);
create index integration_instances_by_state on integration_instances (state, id);
create index integration_instances_by_name on integration_instances (name, id);
create index integration_instances_by_last_used on integration_instances (last_used_sort, id);
create index integration_instances_by_updated on integration_instances (updated_at, id);
create index integration_instances_search on integration_instances using gin (instance_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);

select aos_install_row_triggers('integration_instances', 'instance_id', 'ini', telemetry => '{status,last_used_at}');
