-- The first partitions: last month to the month after next; imports make the months of their rows, and the server keeps the runway.
-- Locks: none that matter, the parents are empty.

-- +goose Up
select aos_create_partitions(upto => now() + interval '2 months', since => now() - interval '1 month');
