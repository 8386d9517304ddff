-- The inbox counts all tasks by priority. The index on urgency has the rank alone, so they were counted in the table, ten times as
-- many pages; it carries the word, too.
-- Locks: the table is locked against writes while the index is built; before the first release it is small.

-- +goose Up
drop index task_instances_by_priority;
create index task_instances_by_priority on task_instances (priority_rank, due_sort, id) include (priority);
