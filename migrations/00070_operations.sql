-- What the API remembers beside the 17 tables: the answers it gave to requests that carried an idempotency key, and the work
-- it does in bulk.
-- Locks: none, the tables are new.

-- +goose Up
create table idempotency_keys (
  scope       varchar(255) not null, -- the mutation and who called it
  key         varchar(255) not null,
  fingerprint text         not null, -- of the input: the same key with another input is a mistake of the caller
  response    jsonb,                 -- null while the first request runs
  created_at  timestamptz  not null default now(),
  expires_at  timestamptz  not null,
  primary key (scope, key)
);
create index idempotency_keys_by_expiry on idempotency_keys (expires_at);

create table bulk_operations (
  id              uuid         primary key default aos_uuid_v7(),
  kind            varchar(100) not null,
  filter          jsonb        not null default '{}',
  options         jsonb        not null default '{}',
  at_most         integer      check (at_most > 0),
  dry_run         boolean      not null default false,
  status          varchar(50)  not null default 'pending' check (status in ('pending', 'running', 'completed', 'failed', 'cancelled')),
  total           integer      check (total >= 0),
  done            integer      not null default 0 check (done >= 0),
  failed          integer      not null default 0 check (failed >= 0),
  rate_per_second integer      check (rate_per_second > 0),
  resume_after    uuid, -- the last row that was dealt with
  actor           varchar(255),
  error           text,
  started_at      timestamptz,
  completed_at    timestamptz,
  revision        integer      not null default 1 check (revision > 0),
  created_at      timestamptz  not null default now(),
  updated_at      timestamptz  not null default now()
);
create index bulk_operations_by_status on bulk_operations (status, id);

select aos_install_row_triggers('bulk_operations', null, null, telemetry => '{total,done,failed,resume_after}');

create table bulk_operation_errors (
  id                uuid         primary key default aos_uuid_v7(),
  bulk_operation_id uuid         not null references bulk_operations on delete cascade,
  entity_id         uuid         not null,
  code              varchar(100) not null,
  message           text         not null,
  created_at        timestamptz  not null default now()
);
create index bulk_operation_errors_by_operation on bulk_operation_errors (bulk_operation_id, id);
