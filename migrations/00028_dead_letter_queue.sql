-- Events whose processing failed for good: kept whole, for analysis, another try or disposal. The event and the subscriber are
-- named softly, either may be gone by the time somebody looks.
-- Locks: none, the table is new.

-- +goose Up
create table dead_letter_queue (
  id                   uuid         primary key default aos_uuid_v7(),
  entry_id             varchar(255) not null,
  event_id             varchar(255) not null,
  subscriber_id        varchar(255),
  original_event       jsonb        not null,
  pattern              text         generated always as (left(original_event ->> 'pattern', 255)) stored,
  error_message        text         not null,
  error_type           varchar(100),
  error_code           varchar(100),
  error_stack_trace    text,
  error_context        jsonb,
  retry_history        jsonb        not null default '[]',
  retry_count          integer      not null default 0 check (retry_count >= 0),
  max_retries          integer      not null default 5 check (max_retries >= 0),
  status               varchar(50)  not null default 'pending' check (status in ('pending', 'reprocessing', 'resolved', 'discarded')),
  resolution_timestamp timestamptz,
  resolution_strategy  varchar(50)  check (resolution_strategy in ('automatic_retry', 'manual_retry', 'manual_resolution', 'discard')),
  resolved_by          varchar(255),
  resolution_notes     text,
  revision             integer      not null default 1 check (revision > 0),
  created_at           timestamptz  not null default now(),
  updated_at           timestamptz  not null default now(),
  constraint dead_letter_queue_entry_id_key unique (entry_id),
  constraint dead_letter_queue_resolution_when_closed check
    ((status in ('resolved', 'discarded')) = (resolution_timestamp is not null and resolution_strategy is not null))
);
create index dead_letter_queue_by_event on dead_letter_queue (event_id);
create index dead_letter_queue_by_status on dead_letter_queue (status, id);
create index dead_letter_queue_by_status_error_type on dead_letter_queue (status, error_type, id);
create index dead_letter_queue_by_subscriber on dead_letter_queue (subscriber_id, id) where subscriber_id is not null;
create index dead_letter_queue_by_pattern on dead_letter_queue (pattern, id) where pattern is not null;
create index dead_letter_queue_by_updated on dead_letter_queue (updated_at, id);

select aos_install_row_triggers('dead_letter_queue', 'entry_id', 'dlq');
