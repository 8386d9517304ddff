-- Capture: AFTER ROW triggers that append to the change log, one static function per table. They are ENABLE ALWAYS, so rows
-- applied by logical replication are captured, too. They never NOTIFY: a notifying transaction takes a lock that all commits of
-- the instance queue for, which cost 3 to 16 times the throughput when it was measured.
--
-- A change that nobody routes by (a payload, a draft of a form, a metric) leaves no row.
-- Locks: SHARE ROW EXCLUSIVE on each table while its triggers are created; all are empty at this point.

-- +goose Up

-- aos_install_capture(tbl, kind, columns, …): columns maps the log's columns to expressions over the row R (and functions in our schema HOME); the rest says
-- which updates are captured, as conditions over old and new for ROUTING, PROGRESS and DEFINITION. A changed status always is.
-- Without a status in columns only inserts are captured.
-- +goose StatementBegin
create function aos_install_capture(tbl text, kind smallint, columns jsonb, routing text default null, progress text default null, definition text default null, inserts_only boolean default false)
returns void language plpgsql as $install$
declare
  home constant text := quote_ident(current_schema());
  status constant text := coalesce(columns ->> 'status', 'null');
  paired constant text[] := '{status,assignee,priority,due_at,step_id}';
  names text := 'what, kind, entity_id, actor, reason';
  inserted text := format('1, %s, new.id, who, why', kind);
  updated text := format('kind_of_change, %s, new.id, who, why', kind);
  deleted text := format('6, %s, old.id, who, why', kind);
  watched text;
  entry record;
begin
  for entry in select key, replace(value, 'HOME.', home || '.') as expression from jsonb_each_text(columns) loop
    if entry.key = any (paired) then
      names := names || format(', old_%1$s, new_%1$s', entry.key);
      inserted := inserted || ', null, ' || replace(entry.expression, 'R.', 'new.');
      updated := updated || ', ' || replace(entry.expression, 'R.', 'old.') || ', ' || replace(entry.expression, 'R.', 'new.');
      deleted := deleted || ', ' || replace(entry.expression, 'R.', 'old.') || ', null';
    else
      names := names || ', ' || entry.key;
      inserted := inserted || ', ' || replace(entry.expression, 'R.', 'new.');
      updated := updated || ', ' || replace(entry.expression, 'R.', 'new.');
      deleted := deleted || ', ' || replace(entry.expression, 'R.', 'old.');
    end if;
  end loop;
  execute format($function$
create or replace function %1$s.%2$I() returns trigger language plpgsql as $trigger$
declare
  who constant text := nullif(current_setting('aos.actor', true), '');
  why constant text := nullif(current_setting('aos.reason', true), '');
  kind_of_change smallint;
begin
  if tg_op = 'INSERT' then
    insert into %1$s.change_log (%3$s) values (%4$s);
  elsif tg_op = 'UPDATE' then
    kind_of_change := case when %5$s is distinct from %6$s then 2 when %7$s then 3 when %8$s then 4 else 5 end;
    insert into %1$s.change_log (%3$s) values (%9$s);
  elsif tg_op = 'DELETE' then
    insert into %1$s.change_log (%3$s) values (%10$s);
  else
    insert into %1$s.change_log (what, kind, actor, reason) values (6, %11$s, who, why);
  end if;
  return null;
end;
$trigger$$function$,
    home, tbl || '_capture', names, inserted, replace(status, 'R.', 'old.'), replace(status, 'R.', 'new.'),
    coalesce(routing, 'false'), coalesce(progress, 'false'), updated, deleted, kind);

  execute format('create or replace trigger aos_50_captured_insert after insert on %1$s.%2$I for each row execute function %1$s.%3$I()',
    home, tbl, tbl || '_capture');
  execute format('create or replace trigger aos_50_captured_truncate after truncate on %1$s.%2$I for each statement execute function %1$s.%3$I()',
    home, tbl, tbl || '_capture');
  if not inserts_only then
    watched := concat_ws(' or ', format('%s is distinct from %s', replace(status, 'R.', 'old.'), replace(status, 'R.', 'new.')),
      '(' || routing || ')', '(' || progress || ')', '(' || definition || ')');
    execute format('create or replace trigger aos_50_captured_update after update on %1$s.%2$I for each row when (%4$s) execute function %1$s.%3$I()',
      home, tbl, tbl || '_capture', watched);
    execute format('create or replace trigger aos_50_captured_delete after delete on %1$s.%2$I for each row execute function %1$s.%3$I()',
      home, tbl, tbl || '_capture');
  end if;
  for entry in select tgname from pg_trigger where tgrelid = tbl::regclass and tgname like 'aos\_50\_captured\_%' loop
    execute format('alter table %s.%I enable always trigger %I', home, tbl, entry.tgname);
  end loop;
end;
$install$;
-- +goose StatementEnd

select aos_install_capture('workflow_definitions', 1::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('workflow_instances', 2::smallint, '{"status": "R.status", "workflow_instance_id": "R.id", "definition_id": "R.workflow_definition_id", "step_id": "R.current_step_id", "revision": "R.revision"}',
  progress => $$old.current_step_id is distinct from new.current_step_id or old.state -> 'steps' is distinct from new.state -> 'steps'$$);
select aos_install_capture('workflow_event_triggers', 3::smallint, '{"status": "case when R.enabled then ''enabled'' else ''disabled'' end", "definition_id": "R.workflow_definition_id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('workflow_event_subscriptions', 4::smallint, '{"status": "R.status", "workflow_instance_id": "R.workflow_instance_id", "due_at": "R.timeout_at", "step_id": "R.wait_step_id", "revision": "R.revision"}',
  routing => 'old.timeout_at is distinct from new.timeout_at');
select aos_install_capture('task_definitions', 5::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('task_instances', 6::smallint, '{"status": "R.status", "workflow_instance_id": "R.workflow_instance_id", "definition_id": "R.task_definition_id", "assignee": "R.assignee", "priority": "R.priority", "due_at": "R.due_at", "step_id": "R.step_id", "revision": "R.revision"}',
  routing => 'old.assignee is distinct from new.assignee or old.assignee_type <> new.assignee_type or old.priority <> new.priority or old.due_at is distinct from new.due_at');
select aos_install_capture('event_definitions', 7::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
-- Events happen and stay. The workflow instance is the one that emitted the event, where its source names it by UUID or TypeID.
select aos_install_capture('event_instances', 8::smallint, '{"definition_id": "R.event_definition_id", "workflow_instance_id": "case when R.source_type = ''workflow'' then HOME.aos_uuid_of(R.source_id) end"}',
  inserts_only => true);
select aos_install_capture('event_sequences', 9::smallint, '{"status": "R.status", "revision": "R.revision"}');
select aos_install_capture('event_queue_state', 10::smallint, '{"status": "R.status", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('dead_letter_queue', 11::smallint, '{"status": "R.status", "revision": "R.revision"}');
select aos_install_capture('integration_definitions', 12::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('integration_instances', 13::smallint, '{"status": "R.state", "definition_id": "R.integration_definition_id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('ui_components', 14::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('test_definitions', 15::smallint, '{"status": "R.status", "definition_id": "R.id", "revision": "R.revision"}',
  definition => 'old.revision <> new.revision');
select aos_install_capture('test_runs', 16::smallint, '{"status": "R.status", "definition_id": "R.test_definition_id", "revision": "R.revision"}');
select aos_install_capture('test_case_results', 17::smallint, '{"status": "R.status"}');

-- The items of a sequence are rows of their own; whoever watches the sequence sees their progress, the event as the step.
-- +goose StatementBegin
do $install$
begin
  execute format($function$
create function %1$s.event_sequence_events_capture() returns trigger language plpgsql as $trigger$
begin
  insert into %1$s.change_log (what, kind, entity_id, old_step_id, new_step_id, actor, reason)
  values (4, 9, new.sequence_id, new.event_id, new.event_id,
    nullif(current_setting('aos.actor', true), ''), nullif(current_setting('aos.reason', true), ''));
  return null;
end;
$trigger$$function$, quote_ident(current_schema()));
end;
$install$;
-- +goose StatementEnd
create trigger aos_50_captured_update after update on event_sequence_events for each row
  when (old.status is distinct from new.status) execute function event_sequence_events_capture();
alter table event_sequence_events enable always trigger aos_50_captured_update;
