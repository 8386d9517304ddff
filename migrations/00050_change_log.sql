-- The change log: one narrow row for each committed change that somebody may be waiting for, appended by the writer's own
-- transaction (00051_change_capture.sql) and put in order by the ledger (00052_change_ledger.sql). Live updates, caches and the
-- history of an instance read it. Rows are never updated or deleted; old partitions are dropped.
--
--   what  1 INSERTED  2 STATUS  3 ROUTING (assignee, priority, due)  4 PROGRESS (step)  5 DEFINITION (content)  6 DELETED
--   kind  1 workflow_definitions       7 event_definitions         13 integration_instances
--         2 workflow_instances         8 event_instances           14 ui_components
--         3 workflow_event_triggers    9 event_sequences           15 test_definitions
--         4 workflow_event_subscriptions 10 event_queue_state      16 test_runs
--         5 task_definitions          11 dead_letter_queue         17 test_case_results
--         6 task_instances            12 integration_definitions
--
-- One update makes one row. what is the strongest of what happened (STATUS before ROUTING before PROGRESS before DEFINITION),
-- and all old and new columns are filled, so a change of status and assignee at once is a STATUS row whose assignees differ.
-- An INSERTED row has only new values, a DELETED row only old ones. entity_id is null after TRUNCATE: everything of the kind is
-- gone. Actor and reason are what the session said in aos.actor and aos.reason.
--
-- xid with seq is what the ledger cuts batches by. The sequence must not cache (CACHE 1, the default): within a batch, seq order
-- is lock order. Partitioned by week on at, without a primary key: a unique index would have to contain at and serve nobody.
-- No foreign keys and few indexes, every writer pays for them.
-- Locks: none, the table is new.

-- +goose Up
create table change_log (
  seq                  bigint      not null generated always as identity,
  xid                  xid8        not null default pg_current_xact_id(),
  what                 smallint    not null check (what between 1 and 6),
  kind                 smallint    not null check (kind between 1 and 17),
  entity_id            uuid,
  workflow_instance_id uuid,
  definition_id        uuid,
  old_status           text,
  new_status           text,
  old_assignee         text,
  new_assignee         text,
  old_priority         text,
  new_priority         text,
  old_due_at           timestamptz,
  new_due_at           timestamptz,
  old_step_id          text,
  new_step_id          text,
  revision             integer,
  actor                text,
  reason               text,
  at                   timestamptz not null default clock_timestamp()
) partition by range (at);
create index change_log_by_transaction on change_log (xid, seq);
create index change_log_by_entity on change_log (entity_id, seq);
create index change_log_by_workflow_instance on change_log (workflow_instance_id, seq) where workflow_instance_id is not null;
