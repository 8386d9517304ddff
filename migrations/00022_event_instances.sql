-- The log of events that happened. It grows fastest of all, so it is partitioned by month on its UUIDv7 id; a partition can
-- then be detached without a trace in other tables, because they point at event_instance_keys.
--
-- event_instance_keys carries what a partitioned table cannot: one row per event_id. A trigger writes it, so a duplicate
-- event_id is refused for every writer; a publisher that wants the earlier event instead inserts the key first with
-- ON CONFLICT DO NOTHING. Keys outlive partitions and are purged by age.
-- Locks: none, the tables are new.

-- +goose Up
create table event_instance_keys (
  event_id   varchar(255) primary key,
  id         uuid         not null constraint event_instance_keys_id_key unique,
  created_at timestamptz  not null default now()
);
create index event_instance_keys_by_created on event_instance_keys (created_at);

create table event_instances (
  id                  uuid           primary key default aos_uuid_v7(),
  event_id            varchar(255)   not null,
  event_definition_id uuid           references event_definitions,
  pattern             varchar(255)   not null constraint event_instances_pattern_has_no_wildcards check (aos_pattern_concrete(pattern)),
  pattern_path        ltree          not null generated always as (aos_pattern_path(pattern)) stored,
  version             varchar(50)    not null default '1.0.0',
  source              jsonb          not null default '{}',
  source_type         text           generated always as (left(source ->> 'type', 50)) stored,
  source_id           text           generated always as (left(source ->> 'id', 255)) stored,
  timestamp           timestamptz(6) not null default now(),
  payload             jsonb          not null default '{}',
  metadata            jsonb          not null default '{}',
  correlation_id      text           generated always as (left(metadata ->> 'correlationId', 255)) stored,
  causation_id        text           generated always as (left(metadata ->> 'causationId', 255)) stored,
  created_at          timestamptz    not null default now(),
  updated_at          timestamptz    not null default now(),
  constraint event_instances_id_made_from_created_at check (aos_id_agrees(id, created_at)),
  -- An event is recorded after it happened, give or take a clock: "happened since t" prunes like "created since t - 1 day".
  constraint event_instances_recorded_after_it_happened check (timestamp <= created_at + interval '1 day')
) partition by range (id);
create index event_instances_by_event_id on event_instances (event_id);
create index event_instances_by_definition on event_instances (event_definition_id, id);
create index event_instances_by_pattern on event_instances (pattern, id);
create index event_instances_matching on event_instances using gist (pattern_path);
create index event_instances_by_timestamp on event_instances (timestamp, id);
create index event_instances_by_source on event_instances (source_type, source_id, id);
create index event_instances_by_correlation on event_instances (correlation_id, id) where correlation_id is not null;
create index event_instances_by_causation on event_instances (causation_id, id) where causation_id is not null;
create index event_instances_payload on event_instances using gin (payload jsonb_path_ops);

-- Ids of other versions are spread over all times and would find no partition, which PostgreSQL says without a remedy. Most
-- of them land here, where the insert trigger tells what to do; the check keeps the partition empty in any case.
create table event_instances_refused partition of event_instances (check (false))
  for values from ('03bb2cc3-d800-0000-0000-000000000000') to (maxvalue);

select aos_install_row_triggers('event_instances', 'event_id', 'evi');

-- +goose StatementBegin
do $install$
begin
  execute format($function$
create function %1$s.event_instances_after_insert() returns trigger language plpgsql as $trigger$
begin
  insert into %1$s.event_instance_keys (event_id, id, created_at) values (new.event_id, new.id, new.created_at)
  on conflict do nothing;
  -- Not inserted is fine when the publisher claimed the key for this very row.
  if not found and not exists (select from %1$s.event_instance_keys where event_id = new.event_id and id = new.id) then
    raise unique_violation using
      table = 'event_instances', column = 'event_id', constraint = 'event_instance_keys_pkey',
      message = format('an event with event_id %%s exists', new.event_id);
  end if;
  return null;
end;
$trigger$$function$, quote_ident(current_schema()));
end;
$install$;
-- +goose StatementEnd
create trigger aos_40_key after insert on event_instances for each row execute function event_instances_after_insert();
