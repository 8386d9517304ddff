-- Partitions in time: event_instances and task_instances by month on their UUIDv7 id, change_log by week. There is no default
-- partition: a stray row in one would block the right partition and turn ordered scans into merges. So partitions are made
-- ahead, the server looks after them daily, and readiness warns when the runway gets short.
--
-- A new partition is built beside its parent and then attached, because ATTACH lets readers and writers of the parent go on,
-- which CREATE TABLE ... PARTITION OF does not. Attaching copies the parent's foreign keys and so takes SHARE ROW EXCLUSIVE on
-- the tables they point at for a moment; the lock timeout makes it give up rather than queue writers behind it.
-- Locks here: none.

-- +goose Up

-- aos_partition_plan says how a table is cut: the step, how it is named, and whether the bound is an id or an instant.
-- +goose StatementBegin
create function aos_partition_plan(tbl text) returns table (step interval, unit text, suffix text, by_id boolean)
language sql immutable parallel safe
begin atomic
  select p.step, p.unit, p.suffix, p.by_id
  from (values
    ('event_instances', interval '1 month', 'month', '"_y"YYYY"m"MM',  true),
    ('task_instances',  interval '1 month', 'month', '"_y"YYYY"m"MM',  true),
    ('change_log',      interval '7 days',  'week',  '"_y"IYYY"w"IW', false)) as p(name, step, unit, suffix, by_id)
  where p.name = tbl;
end;
-- +goose StatementEnd

-- aos_ensure_partition makes the partition that holds at, unless it is there; true when it made one. SECURITY DEFINER so that
-- a server whose role may not change the schema can still prepare next month; it makes nothing but these partitions.
-- +goose StatementBegin
create function aos_ensure_partition(tbl text, at timestamptz) returns boolean
language plpgsql security definer set search_path from current set lock_timeout = '2s' set timezone = 'UTC' as $$
declare
  plan record;
  home text := (select relnamespace::regnamespace::text from pg_class where oid = tbl::regclass);
  starts timestamptz;
  ends timestamptz;
  child text;
  bound text := 'for values from (%L) to (%L)';
begin
  select * into plan from aos_partition_plan(tbl);
  if not found then
    raise invalid_parameter_value using message = format('%s is not partitioned by time', tbl);
  end if;
  if at < '2000-01-01' or at >= '2100-01-01' then
    raise invalid_parameter_value using message = format('no partition of %s for %s: only the years 2000 to 2099', tbl, at);
  end if;
  starts := date_trunc(plan.unit, at);
  ends := starts + plan.step;
  child := tbl || to_char(starts, plan.suffix);
  perform pg_advisory_xact_lock(hashtext('aos_ensure_partition'), hashtext(child)); -- two servers, one partition
  if to_regclass(format('%s.%I', home, child)) is not null then
    return false;
  end if;
  execute format('create table %1$s.%2$I (like %1$s.%3$I including defaults including constraints including generated including storage)', home, child, tbl);
  bound := case when plan.by_id then format(bound, aos_uuid_floor(starts), aos_uuid_floor(ends)) else format(bound, starts, ends) end;
  execute format('alter table %1$s.%3$I attach partition %1$s.%2$I ', home, child, tbl) || bound;
  return true;
end;
$$;
-- +goose StatementEnd

-- aos_create_partitions makes the partitions from now to upto and says how many were missing. The change log never gets more
-- than eight weeks ahead, because its reader asks every attached partition.
-- +goose StatementBegin
create function aos_create_partitions(upto timestamptz default now() + interval '6 months', since timestamptz default now()) returns integer
language plpgsql set search_path from current set timezone = 'UTC' as $$
declare
  made integer := 0;
  piece record;
begin
  for piece in
    select t.name, at
    from unnest(array['event_instances', 'task_instances', 'change_log']) as t(name), aos_partition_plan(t.name) as plan,
      generate_series(date_trunc(plan.unit, case when plan.by_id then since else greatest(since, now()) end),
                      case when plan.by_id then upto else least(upto, now() + interval '8 weeks') end, plan.step) as at
  loop
    made := made + aos_ensure_partition(piece.name, piece.at)::integer;
  end loop;
  return made;
end;
$$;
-- +goose StatementEnd

-- aos_partition_runway tells per table how many partitions are attached and until when there is one without a gap from now on.
-- +goose StatementBegin
create function aos_partition_runway() returns table (table_name text, partitions bigint, covered_until timestamptz)
language plpgsql stable set search_path from current set timezone = 'UTC' as $$
begin
  return query
  select t.name,
    (select count(*) from pg_inherits where inhparent = t.name::regclass),
    (select min(at)
     from generate_series(date_trunc(plan.unit, now()), now() + interval '10 years', plan.step) as at
     where not exists (
       select from pg_inherits i join pg_class c on c.oid = i.inhrelid
       where i.inhparent = t.name::regclass and c.relname = t.name || to_char(at, plan.suffix)))
  from unnest(array['event_instances', 'task_instances', 'change_log']) as t(name), aos_partition_plan(t.name) as plan;
end;
$$;
-- +goose StatementEnd
