-- A task by what it is about, such as an order's number. The trigram index finds parts of references; of references that begin
-- alike, as numbers do, it looks at nearly all to find one that is given whole.
-- Locks: the table is locked against writes while the index is built; before the first release it is small.

-- +goose Up
create index task_instances_by_reference on task_instances (task_reference, id) where task_reference is not null;
