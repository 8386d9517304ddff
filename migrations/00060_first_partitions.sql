-- The first partitions: a year back, so that a young installation can import its past, and half a year ahead.
-- Locks: none that matter, the parents are empty.

-- +goose Up
select aos_create_partitions(upto => now() + interval '6 months', since => now() - interval '12 months');
