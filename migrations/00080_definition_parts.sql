-- A workflow is saved together with its triggers, which are rows of their own. A save that changes only those counts the
-- workflow's revision up as well, so that whoever expects the revision from before is told: an update that sets the revision
-- is a change, even when nothing else differs. Beyond that one condition this is the function of 00005.
--
-- The active version of a business key at a moment is found by that key, also among the versions of before.
-- Locks: SHARE ROW EXCLUSIVE on workflow_definitions for a moment, SHARE on the histories of definitions, which are small.

-- +goose Up

-- aos_install_row_triggers(tbl, key, prefix, telemetry, frozen)
--   key, prefix  the business id and its TypeID prefix; null for a table without a business id of its own
--   telemetry    columns that change by themselves while people edit the row: they move updated_at, not the revision
--   frozen       a definition: once it left draft only its status changes, unless the session says aos.bypass = on (import)
-- +goose StatementBegin
create or replace function aos_install_row_triggers(tbl text, key text, prefix text, telemetry text[] default '{}', frozen boolean default false)
returns void language plpgsql as $install$
declare
  home constant text := quote_ident(current_schema());
  written constant text[] := aos_columns(tbl::regclass, array['updated_at', 'revision', 'sys_period']);
  edited constant text[] := aos_columns(tbl::regclass, array['updated_at', 'revision', 'sys_period'] || telemetry);
  content constant text[] := aos_columns(tbl::regclass, array['updated_at', 'revision', 'sys_period', 'status']);
  partitioned constant boolean := (select relkind = 'p' from pg_class where oid = tbl::regclass);
  versioned constant boolean := 'revision' = any (aos_columns(tbl::regclass));
  body text := '';
begin
  if partitioned then
    body := format($body$
  if not %1$s.aos_id_agrees(new.id, new.created_at) then
    raise check_violation using
      table = %2$L, column = 'id', constraint = %3$L,
      message = format('id %%s of %2$s must be a UUID of version 7 made from created_at (%%s)', new.id, new.created_at),
      hint = 'Leave id and created_at out and the database makes both, or make the id from created_at with aos_uuid_v7(created_at). Your own identifier belongs into %4$s.';
  end if;$body$, home, tbl, tbl || '_id_made_from_created_at', key);
  end if;
  if key is not null then
    body := body || format($body$
  if new.%1$I is null or new.%1$I = '' then
    new.%1$I := %2$s.aos_typeid(%3$L, new.id);
  end if;$body$, key, home, prefix);
  end if;
  if body <> '' then
    execute format($function$
create or replace function %1$s.%2$I() returns trigger language plpgsql as $trigger$
begin%3$s
  return new;
end;
$trigger$$function$, home, tbl || '_before_insert', body);
    execute format('create or replace trigger aos_20_insert before insert on %1$s.%2$I for each row execute function %1$s.%3$I()',
      home, tbl, tbl || '_before_insert');
  end if;

  -- A writer that changed nothing gets OLD back: RETURN NULL would skip the row and leave RETURNING without an answer.
  body := format($body$
  if %1$s is not distinct from %2$s%3$s then
    return old;
  end if;$body$, aos_row_list('new', written), aos_row_list('old', written),
    case when versioned then ' and new.revision = old.revision' else '' end);
  if frozen then
    body := body || format($body$
  if old.status <> 'draft' and coalesce(current_setting('aos.bypass', true), '') <> 'on'
     and %1$s is distinct from %2$s then
    raise check_violation using
      table = %3$L, constraint = %4$L,
      message = format('%%s %%s of %3$s is %%s, so only its status may change', old.%5$I, old.version, old.status),
      hint = 'Make a new draft version and change that.';
  end if;$body$, aos_row_list('new', content), aos_row_list('old', content), tbl, tbl || '_frozen', key);
  end if;
  if versioned then
    body := body || case when telemetry = '{}' then $body$
  new.revision := old.revision + 1;$body$ else format($body$
  new.revision := old.revision;
  if %1$s is distinct from %2$s then
    new.revision := old.revision + 1;
  end if;$body$, aos_row_list('new', edited), aos_row_list('old', edited)) end;
  end if;
  -- An import brings its own updated_at. For everybody else it never runs backwards, although a transaction that began
  -- earlier may write later.
  execute format($function$
create or replace function %1$s.%2$I() returns trigger language plpgsql as $trigger$
begin%3$s
  if new.updated_at is not distinct from old.updated_at or coalesce(current_setting('aos.bypass', true), '') <> 'on' then
    new.updated_at := greatest(now(), old.updated_at);
  end if;
  return new;
end;
$trigger$$function$, home, tbl || '_before_update', body);
  execute format('create or replace trigger aos_20_update before update on %1$s.%2$I for each row execute function %1$s.%3$I()',
    home, tbl, tbl || '_before_update');
end;
$install$;
-- +goose StatementEnd

select aos_install_row_triggers('workflow_definitions', 'workflow_id', 'wfd', frozen => true);

create index workflow_definitions_history_by_key on workflow_definitions_history (workflow_id) where status = 'active';
create index task_definitions_history_by_key on task_definitions_history (task_id) where status = 'active';
create index event_definitions_history_by_key on event_definitions_history (event_id) where status = 'active';
create index integration_definitions_history_by_key on integration_definitions_history (integration_id) where status = 'active';
create index ui_components_history_by_key on ui_components_history (component_id) where status = 'active';
create index test_definitions_history_by_key on test_definitions_history (test_id) where status = 'active';
