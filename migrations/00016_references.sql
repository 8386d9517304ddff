-- References between definitions, one row per place in a document that names another definition. They are written with
-- the definition, so both directions of an edge are one indexed join and no document is searched.
--
-- path is the JSON Pointer of the place within the row seen as an object of its columns (/steps/3/taskId). In a draft
-- target_id follows the active version of target_business_id and may be null; activation resolves all and pins them, so
-- a running instance never changes under its feet. A pinned target cannot be deleted.
-- Locks: none, the tables are new.

-- +goose Up
-- +goose StatementBegin
do $$
declare
  edge record;
begin
  for edge in
    select * from (values
      ('workflow_task_references',          'workflow_definitions', 'task_definitions'),
      ('workflow_ui_component_references',  'workflow_definitions', 'ui_components'),
      ('task_ui_component_references',      'task_definitions',     'ui_components'),
      ('task_integration_references',       'task_definitions',     'integration_definitions'),
      ('ui_component_integration_references', 'ui_components',      'integration_definitions'),
      ('ui_component_child_references',     'ui_components',        'ui_components')
    ) as e(name, source, target)
  loop
    execute format($ddl$
      create table %1$I (
        source_id          uuid         not null references %2$I on delete cascade,
        path               text         not null,
        target_business_id varchar(255) not null,
        target_version     varchar(50),
        target_id          uuid         references %3$I,
        pinned             boolean      not null default false,
        primary key (source_id, path),
        constraint %4$I check (target_id is not null or not pinned)
      )$ddl$, edge.name, edge.source, edge.target, edge.name || '_pin_has_target');
    execute format('create index %I on %I (target_id)', edge.name || '_by_target', edge.name);
    execute format('create index %I on %I (target_business_id)', edge.name || '_by_target_key', edge.name);
  end loop;
end;
$$;
-- +goose StatementEnd
