-- What people have to do, newest first, is the list that the Work mode opens with: manual tasks that are assigned. Without the
-- type in the index its page would read all assigned tasks of every kind.
--
-- task_instances_by_status_type   tasks of a status and a type, by creation
-- Locks: task_instances is locked against writes while the index is built; before the first release it is small.

-- +goose Up
create index task_instances_by_status_type on task_instances (status, type, id);
