-- How the executions of a workflow went is told from two ranges of its executions: those that started and those that ended in
-- a stretch of time. The same indexes serve the runs of a workflow in the order of their start and of their end. status is
-- carried along so that counting reads the index alone.
-- Locks: workflow_instances is locked against writes while the indexes are built; before the first release it is small.

-- +goose Up
create index workflow_instances_by_definition_started on workflow_instances (workflow_definition_id, started_sort, id);
create index workflow_instances_by_definition_completed on workflow_instances (workflow_definition_id, completed_sort, id) include (status);
