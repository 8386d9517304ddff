-- Executions of workflows: their state, their result, and how they were cancelled or compensated.
--
-- started_sort and completed_sort stand in for times that may be missing, so that each order is one index over columns that
-- are never null; what has not started or completed yet counts as later than everything.
-- workflow_definition_id may be null for imported rows only; the API always writes it.
-- Locks: none, the table is new.

-- +goose Up
create table workflow_instances (
  id                     uuid         primary key default aos_uuid_v7(),
  instance_id            varchar(255) not null,
  workflow_definition_id uuid         references workflow_definitions,
  status                 varchar(50)  not null default 'CREATED'
                         check (status in ('CREATED', 'RUNNING', 'WAITING_FOR_EVENT', 'COMPLETED', 'FAILED', 'CANCELLED')),
  current_step_id        varchar(255),
  input                  jsonb        not null default '{}',
  output                 jsonb,
  state                  jsonb        not null default '{}',
  error                  jsonb,
  cancellation           jsonb,
  compensation_state     jsonb,
  trigger_id             uuid         references workflow_event_triggers on delete set null,
  trigger_event_id       uuid         references event_instance_keys (id) on delete set null,
  parent_instance_id     uuid         references workflow_instances on delete set null,
  correlation_id         varchar(255),
  started_at             timestamptz,
  started_sort           timestamptz  not null generated always as (coalesce(started_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  completed_at           timestamptz,
  completed_sort         timestamptz  not null generated always as (coalesce(completed_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  revision               integer      not null default 1 check (revision > 0),
  created_at             timestamptz  not null default now(),
  updated_at             timestamptz  not null default now(),
  constraint workflow_instances_instance_id_key unique (instance_id),
  -- One event starts one instance per trigger, ever.
  constraint workflow_instances_one_start_per_event unique (trigger_id, trigger_event_id)
);
create index workflow_instances_by_definition on workflow_instances (workflow_definition_id, id);
create index workflow_instances_by_definition_status on workflow_instances (workflow_definition_id, status, id);
create index workflow_instances_by_status on workflow_instances (status, id);
create index workflow_instances_by_status_updated on workflow_instances (status, updated_at, id);
create index workflow_instances_by_updated on workflow_instances (updated_at, id);
create index workflow_instances_by_started on workflow_instances (started_sort, id);
create index workflow_instances_by_completed on workflow_instances (completed_sort, id);
create index workflow_instances_by_correlation on workflow_instances (correlation_id, id) where correlation_id is not null;
create index workflow_instances_by_trigger_event on workflow_instances (trigger_event_id) where trigger_event_id is not null;
create index workflow_instances_by_parent on workflow_instances (parent_instance_id, id) where parent_instance_id is not null;
create index workflow_instances_input on workflow_instances using gin (input jsonb_path_ops);

select aos_install_row_triggers('workflow_instances', 'instance_id', 'wfi');
