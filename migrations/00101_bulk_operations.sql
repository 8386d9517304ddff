-- Bulk operations: one change made to many rows, in the background. The rows are chosen when the operation starts and written
-- down one by one, so that the total is exact, a restart goes on where it was, and no row is dealt with twice or forgotten.
-- The tables of the first draft are replaced; nobody wrote to them.
--
-- bulk_operations_by_status        the list by status, and what upkeep forgets
-- bulk_operation_items_pending     what the worker takes next
-- bulk_operation_items_failed      the list of failures
-- Locks: none, the tables are new.

-- +goose Up
drop index bulk_operation_errors_by_operation;
drop table bulk_operation_errors;
drop table bulk_operations;

create table bulk_operations (
  id           uuid         primary key default aos_uuid_v7(),
  kind         varchar(100) not null,
  status       varchar(50)  not null default 'PENDING' check (status in ('PENDING', 'RUNNING', 'PAUSED', 'COMPLETED', 'CANCELLED')),
  filter       jsonb        not null default '{}', -- as its sender wrote it; the items are what counts
  options      jsonb        not null default '{}', -- what the verb takes besides the row
  reason       text         not null,
  at_most      integer      not null check (at_most > 0),
  per_second   integer      check (per_second > 0), -- null: as fast as it goes
  total        integer      not null default 0 check (total >= 0),
  done         integer      not null default 0 check (done >= 0),
  failed       integer      not null default 0 check (failed >= 0),
  requested_by text         not null,
  roles        text[]       not null default '{}', -- of that caller, in whose name the rows are changed
  started_at   timestamptz,
  completed_at timestamptz,
  revision     integer      not null default 1 check (revision > 0),
  created_at   timestamptz  not null default now(),
  updated_at   timestamptz  not null default now(),
  check (done + failed <= total)
);
create index bulk_operations_by_status on bulk_operations (status, id);

select aos_install_row_triggers('bulk_operations', null, null, telemetry => '{total,done,failed,started_at}');

create table bulk_operation_items (
  bulk_operation_id uuid        not null references bulk_operations on delete cascade,
  place             integer     not null, -- counts from 1, oldest row first
  id                uuid        not null, -- of the row that is changed
  prefix            varchar(3)  not null, -- of its global id
  status            varchar(50) not null default 'PENDING' check (status in ('PENDING', 'DONE', 'FAILED')),
  code              varchar(100),
  message           text,
  primary key (bulk_operation_id, place)
);
create index bulk_operation_items_pending on bulk_operation_items (bulk_operation_id, place) where status = 'PENDING';
create index bulk_operation_items_failed on bulk_operation_items (bulk_operation_id, place) where status = 'FAILED';
