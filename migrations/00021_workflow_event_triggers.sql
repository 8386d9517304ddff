-- Bindings of event patterns to one version of a workflow: START an instance, or CANCEL the correlated ones. A trigger fires
-- only while it is enabled and its version is active.
-- Locks: none, the table is new.

-- +goose Up
create table workflow_event_triggers (
  id                     uuid         primary key default aos_uuid_v7(),
  trigger_id             varchar(255) not null,
  workflow_definition_id uuid         not null references workflow_definitions on delete cascade,
  name                   varchar(255),
  description            text,
  event_pattern          varchar(255) not null constraint workflow_event_triggers_pattern_is_valid check (aos_pattern_valid(event_pattern)),
  pattern_kind           text collate "C" not null generated always as (aos_pattern_kind(event_pattern)) stored,
  pattern_key            text collate "C" not null generated always as (aos_pattern_key(event_pattern)) stored,
  pattern_query          lquery       not null generated always as (aos_pattern_query(event_pattern)) stored,
  trigger_type           varchar(50)  not null default 'START' check (trigger_type in ('START', 'CANCEL')),
  event_condition        text,
  input_mapping          jsonb,
  correlation_key        varchar(255),
  enabled                boolean      not null default true,
  priority               integer      not null default 100,
  revision               integer      not null default 1 check (revision > 0),
  created_at             timestamptz  not null default now(),
  updated_at             timestamptz  not null default now(),
  constraint workflow_event_triggers_trigger_id_key unique (trigger_id)
);
create index workflow_event_triggers_by_definition on workflow_event_triggers (workflow_definition_id, id);
create index workflow_event_triggers_matching on workflow_event_triggers (pattern_kind, pattern_key) where enabled;
create index workflow_event_triggers_by_pattern on workflow_event_triggers (event_pattern, id);
create index workflow_event_triggers_by_priority on workflow_event_triggers (priority, id);
create index workflow_event_triggers_by_updated on workflow_event_triggers (updated_at, id);

select aos_install_row_triggers('workflow_event_triggers', 'trigger_id', 'wft');
