-- What somebody has to do today: an inbox in the order of due times. task_instances_inbox has it in the order of urgency.
-- Locks: the table is locked against writes while the index is built; before the first release it is small.

-- +goose Up
create index task_instances_inbox_by_due on task_instances (assignee, status, due_sort, id) where assignee is not null;
