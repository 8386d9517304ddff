-- Idempotency keys remember the rows that a request answered; the answer to a retry is made from them as they are then.
-- answer is null only inside the transaction that does the request. Callers' names may be long, so scope has no limit.
-- Locks: ACCESS EXCLUSIVE on idempotency_keys, for a change of the catalogue only; nobody wrote to the table before.

-- +goose Up
alter table idempotency_keys drop column response;
alter table idempotency_keys add column answer uuid[];
alter table idempotency_keys alter column scope type text;
