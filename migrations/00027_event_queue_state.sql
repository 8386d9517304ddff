-- Durable state of the processing queues. Waiting events are rows with an attempt counter and a lease, so that workers take
-- them with FOR UPDATE SKIP LOCKED; import reads and export writes the array form.
-- Metrics and checkpoint move with every event and so do not count as an edit (no new revision).
-- Locks: none, the tables are new.

-- +goose Up
create table event_queue_state (
  id            uuid         primary key default aos_uuid_v7(),
  queue_id      varchar(255) not null,
  name          varchar(255),
  description   text,
  checkpoint_id varchar(255),
  queue_metrics jsonb        not null default '{}',
  config        jsonb        not null default '{}',
  status        varchar(50)  not null default 'active' check (status in ('active', 'paused', 'draining')),
  revision      integer      not null default 1 check (revision > 0),
  created_at    timestamptz  not null default now(),
  updated_at    timestamptz  not null default now(),
  constraint event_queue_state_queue_id_key unique (queue_id)
);
create index event_queue_state_by_status on event_queue_state (status, id);
create index event_queue_state_by_updated on event_queue_state (updated_at, id);

select aos_install_row_triggers('event_queue_state', 'queue_id', 'evq', telemetry => '{queue_metrics,checkpoint_id}');

create table event_queue_entries (
  id            uuid         primary key default aos_uuid_v7(),
  queue_id      uuid         not null references event_queue_state on delete cascade,
  event_id      varchar(255) not null references event_instance_keys (event_id),
  status        varchar(50)  not null default 'waiting' check (status in ('waiting', 'processing')),
  attempts      integer      not null default 0 check (attempts >= 0),
  available_at  timestamptz  not null default now(),
  lease_owner   varchar(255),
  lease_until   timestamptz,
  last_error    text,
  last_error_at timestamptz,
  created_at    timestamptz  not null default now(),
  updated_at    timestamptz  not null default now(),
  constraint event_queue_entries_one_per_event unique (queue_id, event_id),
  constraint event_queue_entries_lease_while_processing check ((status = 'processing') = (lease_owner is not null and lease_until is not null))
);
create index event_queue_entries_next on event_queue_entries (queue_id, status, available_at, id);
create index event_queue_entries_expired_leases on event_queue_entries (lease_until) where status = 'processing';
create index event_queue_entries_by_event on event_queue_entries (event_id);

select aos_install_row_triggers('event_queue_entries', null, null);
