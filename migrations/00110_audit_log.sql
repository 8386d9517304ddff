-- The audit log reads the change log newest first, over all kinds of objects. The index grows at its right end only, so a writer
-- adds to a page that is in memory.
-- Locks: SHARE on each partition of change_log while its part is built.

-- +goose Up
create index change_log_by_time on change_log (at, seq);
