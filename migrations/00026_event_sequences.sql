-- Ordered groups of events processed as a unit. Their items are rows, so that two workers who finish two items do not rewrite
-- one array; import reads and export writes the array form. An item names its event softly: it may be archived, or still to come.
-- Locks: none, the tables are new.

-- +goose Up
create table event_sequences (
  id                uuid         primary key default aos_uuid_v7(),
  sequence_id       varchar(255) not null,
  name              varchar(255) not null,
  description       text,
  version           varchar(50)  not null default '1.0.0',
  status            varchar(50)  not null default 'created' check (status in ('created', 'in_progress', 'completed', 'failed')),
  metadata          jsonb        not null default '{}',
  correlation_id    text         generated always as (left(metadata ->> 'correlationId', 255)) stored,
  rollback_strategy jsonb,
  completed_at      timestamptz,
  completed_sort    timestamptz  not null generated always as (coalesce(completed_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  revision          integer      not null default 1 check (revision > 0),
  created_at        timestamptz  not null default now(),
  updated_at        timestamptz  not null default now(),
  constraint event_sequences_sequence_id_key unique (sequence_id)
);
create index event_sequences_by_status on event_sequences (status, id);
create index event_sequences_by_updated on event_sequences (updated_at, id);
create index event_sequences_by_completed on event_sequences (completed_sort, id);
create index event_sequences_by_correlation on event_sequences (correlation_id, id) where correlation_id is not null;
create index event_sequences_search on event_sequences using gin (sequence_id gin_trgm_ops, name gin_trgm_ops, description gin_trgm_ops);

select aos_install_row_triggers('event_sequences', 'sequence_id', 'evs');

create table event_sequence_events (
  id                   uuid         primary key default aos_uuid_v7(),
  sequence_id          uuid         not null references event_sequences on delete cascade,
  event_id             varchar(255) not null,
  position             integer      not null check (position >= 1), -- items of one position may run in parallel
  required             boolean      not null default true,
  status               varchar(50)  not null default 'pending' check (status in ('pending', 'processed', 'failed')),
  processing_timestamp timestamptz,
  created_at           timestamptz  not null default now(),
  updated_at           timestamptz  not null default now(),
  constraint event_sequence_events_one_per_event unique (sequence_id, event_id)
);
create index event_sequence_events_in_order on event_sequence_events (sequence_id, position, id);
create index event_sequence_events_by_event on event_sequence_events (event_id);

select aos_install_row_triggers('event_sequence_events', null, null);
