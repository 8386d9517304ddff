-- Running instances that wait for an event, at most one active wait per step. Exactly one event fulfils a wait: the update
-- asks for status = 'active'.
-- Locks: none, the table is new.

-- +goose Up
create table workflow_event_subscriptions (
  id                      uuid         primary key default aos_uuid_v7(),
  subscription_id         varchar(255) not null,
  workflow_instance_id    uuid         not null references workflow_instances on delete cascade,
  event_pattern           varchar(255) not null constraint workflow_event_subscriptions_pattern_is_valid check (aos_pattern_valid(event_pattern)),
  pattern_kind            text collate "C" not null generated always as (aos_pattern_kind(event_pattern)) stored,
  pattern_key             text collate "C" not null generated always as (aos_pattern_key(event_pattern)) stored,
  pattern_query           lquery       not null generated always as (aos_pattern_query(event_pattern)) stored,
  filter_condition        text,
  status                  varchar(50)  not null default 'active' check (status in ('active', 'fulfilled', 'expired', 'cancelled')),
  timeout_at              timestamptz,
  timeout_sort            timestamptz  not null generated always as (coalesce(timeout_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  fulfilled_at            timestamptz,
  fulfilled_by_event_id   uuid         references event_instance_keys (id) on delete set null,
  wait_step_id            varchar(255) not null,
  timeout_handler_step_id varchar(255),
  revision                integer      not null default 1 check (revision > 0),
  created_at              timestamptz  not null default now(),
  updated_at              timestamptz  not null default now(),
  constraint workflow_event_subscriptions_subscription_id_key unique (subscription_id)
);
create unique index workflow_event_subscriptions_one_active_wait on workflow_event_subscriptions (workflow_instance_id, wait_step_id) where status = 'active';
create index workflow_event_subscriptions_by_instance on workflow_event_subscriptions (workflow_instance_id, id);
create index workflow_event_subscriptions_matching on workflow_event_subscriptions (pattern_kind, pattern_key) where status = 'active';
create index workflow_event_subscriptions_by_status on workflow_event_subscriptions (status, id);
create index workflow_event_subscriptions_by_timeout on workflow_event_subscriptions (status, timeout_sort, id);
create index workflow_event_subscriptions_by_updated on workflow_event_subscriptions (updated_at, id);
create index workflow_event_subscriptions_by_fulfilling_event on workflow_event_subscriptions (fulfilled_by_event_id) where fulfilled_by_event_id is not null;

select aos_install_row_triggers('workflow_event_subscriptions', 'subscription_id', 'wfs');
