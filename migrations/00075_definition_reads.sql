-- Indexes that the definition lists of the API read.
--
-- created_at             a range of creation times; ids cannot stand in, imported ones may be of version 4
-- event_definitions      palettes by category (ui_metadata) and by allowed publisher (source_types)
-- test_definitions       tests of a task or workflow without saying which of the two it is
-- integration_instances  the connections of one client or user
-- Locks: SHARE on definition tables, which people write; they are small.

-- +goose Up
create index workflow_definitions_by_created on workflow_definitions (created_at, id);
create index task_definitions_by_created on task_definitions (created_at, id);
create index event_definitions_by_created on event_definitions (created_at, id);
create index integration_definitions_by_created on integration_definitions (created_at, id);
create index ui_components_by_created on ui_components (created_at, id);
create index test_definitions_by_created on test_definitions (created_at, id);
create index integration_instances_by_created on integration_instances (created_at, id);
create index event_definitions_ui_metadata on event_definitions using gin (ui_metadata jsonb_path_ops);
create index event_definitions_source_types on event_definitions using gin (source_types jsonb_path_ops);
create index test_definitions_by_target_id on test_definitions (target_id, id);
create index integration_instances_by_context_id on integration_instances (context_id, id) where context_id is not null;
