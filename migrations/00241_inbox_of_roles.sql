-- What waits for a role, a team or a department, by urgency. A person and a role may have the same name, so task_instances_inbox
-- alone would read all tasks of the one to find those of the other.
-- Locks: task_instances is locked against writes while the index is built; before the first release it is small.

-- +goose Up
create index task_instances_inbox_of_roles on task_instances (assignee_type, assignee, status, priority_rank, due_sort, id) where assignee is not null;
