-- What the ledger reads of the change log is little, and the index leads to it. The planner cannot know how few transactions
-- were running, and after a commit of very many rows, such as an import, it takes any transaction for as large and would read
-- the whole log at every turn. So these two never scan tables.
-- Locks: none that matter.

-- +goose Up
alter function change_batch(bigint) set enable_seqscan = off;
alter function change_ledger_advance() set enable_seqscan = off;
