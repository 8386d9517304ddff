-- Executions of tasks, alone or as a step of a workflow. Partitioned by month on the UUIDv7 id (see 00022_event_instances.sql).
--
-- task_instance_id is unique by construction (it defaults to the id in another spelling); a unique index across partitions
-- would have to contain the id.
-- priority_rank and due_sort order the inbox: most urgent first, then what is due first, what is never due last.
-- Locks: none, the table is new.

-- +goose Up
create table task_instances (
  id                     uuid         primary key default aos_uuid_v7(),
  task_instance_id       varchar(255) not null,
  task_definition_id     uuid         not null references task_definitions,
  workflow_instance_id   uuid         references workflow_instances on delete cascade,
  workflow_definition_id uuid         references workflow_definitions,
  step_id                varchar(255) not null,
  status                 varchar(50)  not null default 'PENDING'
                         check (status in ('PENDING', 'ASSIGNED', 'RUNNING', 'COMPLETED', 'FAILED', 'TIMED_OUT', 'CANCELLED')),
  type                   varchar(50)  not null check (type in ('AUTOMATED', 'MANUAL', 'INTEGRATION')),
  input                  jsonb        not null default '{}',
  output                 jsonb,
  draft_output           jsonb,
  error                  jsonb,
  error_code             text         generated always as (left(error ->> 'code', 255)) stored,
  executor_id            varchar(255) not null default 'unassigned',
  assignee               varchar(255),
  assignee_type          varchar(50)  not null default 'USER' check (assignee_type in ('USER', 'ROLE', 'TEAM', 'DEPARTMENT')),
  priority               varchar(50)  not null default 'MEDIUM' check (priority in ('LOW', 'MEDIUM', 'HIGH', 'CRITICAL')),
  priority_rank          smallint     not null generated always as
                         (case priority when 'CRITICAL' then 1 when 'HIGH' then 2 when 'MEDIUM' then 3 else 4 end) stored,
  retry_count            integer      not null default 0 check (retry_count >= 0),
  retry_policy           jsonb,
  execution_metadata     jsonb        not null default '{}',
  task_reference         text,
  due_at                 timestamptz,
  due_sort               timestamptz  not null generated always as (coalesce(due_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  revision               integer      not null default 1 check (revision > 0),
  created_at             timestamptz  not null default now(),
  updated_at             timestamptz  not null default now(),
  constraint task_instances_id_made_from_created_at check (aos_id_agrees(id, created_at))
) partition by range (id);
create index task_instances_by_task_instance_id on task_instances (task_instance_id);
create index task_instances_by_definition on task_instances (task_definition_id, id);
create index task_instances_by_workflow_instance on task_instances (workflow_instance_id, id) where workflow_instance_id is not null;
create index task_instances_by_workflow_definition on task_instances (workflow_definition_id, id) where workflow_definition_id is not null;
create index task_instances_by_status on task_instances (status, id);
create index task_instances_by_updated on task_instances (updated_at, id);
create index task_instances_by_due on task_instances (due_sort, id);
create index task_instances_by_status_due on task_instances (status, due_sort, id);
create index task_instances_by_priority on task_instances (priority_rank, due_sort, id);
create index task_instances_by_status_priority on task_instances (status, priority_rank, due_sort, id);
create index task_instances_inbox on task_instances (assignee, status, priority_rank, due_sort, id);
create index task_instances_by_executor on task_instances (executor_id, status, id);
create index task_instances_by_error_code on task_instances (error_code, id) where error_code is not null;
create index task_instances_search on task_instances using gin (task_reference gin_trgm_ops);

create table task_instances_refused partition of task_instances (check (false))
  for values from ('03bb2cc3-d800-0000-0000-000000000000') to (maxvalue);

select aos_install_row_triggers('task_instances', 'task_instance_id', 'tki');
