-- The history of a workflow tells of its triggers too, those that are gone included.
--
-- workflow_event_triggers_history_by_definition   the triggers a version had at some moment
-- Locks: workflow_event_triggers_history is locked against writes while the index is built; before the first release it is small.

-- +goose Up
create index workflow_event_triggers_history_by_definition on workflow_event_triggers_history (workflow_definition_id, lower(sys_period));
