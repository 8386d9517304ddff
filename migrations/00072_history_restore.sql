-- A row that an import restores together with its history keeps the period it had, so that one period goes on where the other
-- ends. Everybody else's period begins with the insert, as before: this is 00040 with that one condition.
-- Locks: SHARE ROW EXCLUSIVE on each of the eight tables for a moment, while its trigger is replaced.

-- +goose Up

-- aos_install_history(tbl, without, quiet): without columns never reach the history (secrets); quiet ones are kept in it, but
-- their change alone makes no entry (health that moves by itself).
-- +goose StatementBegin
create or replace function aos_install_history(tbl text, without text[] default '{}', quiet text[] default '{}') returns void
language plpgsql as $install$
declare
  home constant text := quote_ident(current_schema());
  history constant text := tbl || '_history';
  kept text[];
  compared text[];
  missing record;
begin
  execute format('alter table %I add column if not exists sys_period tstzrange not null default tstzrange(now(), null)', tbl);
  kept := aos_columns(tbl::regclass, without);
  compared := aos_columns(tbl::regclass, array['sys_period', 'updated_at', 'revision'] || without || quiet);
  execute format('create table if not exists %I (id uuid not null, sys_period tstzrange not null)', history);
  for missing in
    select quote_ident(attname) as name, format_type(atttypid, atttypmod) as type
    from pg_attribute
    where attrelid = tbl::regclass and attname = any (kept) and attname <> all (aos_columns(history::regclass))
    order by attnum
  loop
    execute format('alter table %I add column %s %s', history, missing.name, missing.type);
  end loop;
  execute format('create index if not exists %I on %I (id, lower(sys_period))', history || '_by_time', history);

  execute format($function$
create or replace function %1$s.%2$I() returns trigger language plpgsql as $trigger$
declare
  since timestamptz;
  until timestamptz := now();
begin
  if tg_op = 'INSERT' then
    if coalesce(current_setting('aos.bypass', true), '') <> 'on' or lower_inf(new.sys_period) or not upper_inf(new.sys_period) then
      new.sys_period := tstzrange(now(), null);
    end if;
    return new;
  end if;
  since := lower(old.sys_period);
  if tg_op = 'UPDATE' then
    new.sys_period := old.sys_period;
    if %3$s is not distinct from %4$s then
      return new;
    end if;
  end if;
  if since <> until and old.xmin <> pg_current_xact_id()::xid then
    if since > until then
      until := since + interval '1 microsecond';
    end if;
    insert into %1$s.%5$I (%6$s) values (%7$s);
    if tg_op = 'UPDATE' then
      new.sys_period := tstzrange(until, null);
    end if;
  end if;
  return case tg_op when 'DELETE' then old else new end;
end;
$trigger$$function$,
    home, history || '_keep', aos_row_list('new', compared), aos_row_list('old', compared), history,
    (select string_agg(quote_ident(name), ', ') from unnest(kept) as name),
    (select string_agg(case name when 'sys_period' then 'tstzrange(since, until)' else 'old.' || quote_ident(name) end, ', ') from unnest(kept) as name));
  execute format('create or replace trigger aos_10_history before insert or update or delete on %1$s.%2$I for each row execute function %1$s.%3$I()',
    home, tbl, history || '_keep');
end;
$install$;
-- +goose StatementEnd

select aos_install_history('workflow_definitions');
select aos_install_history('task_definitions');
select aos_install_history('event_definitions');
select aos_install_history('integration_definitions');
select aos_install_history('ui_components');
select aos_install_history('test_definitions');
select aos_install_history('workflow_event_triggers');
select aos_install_history('integration_instances', without => '{credentials}', quiet => '{status,last_used_at}');
