-- Indexes that the runtime lists of the API read.
--
-- workflow_instances, dead_letter_queue  a range of creation times; ids cannot stand in, imported ones may be of version 4
-- dead_letter_queue.pattern_path         filters with wildcards, as triggers match
-- workflow_event_triggers_matching_all   which triggers listen to an event, those that are switched off included
-- Locks: the tables are small or empty before the first release; pattern_path rewrites dead_letter_queue.

-- +goose Up
create index workflow_instances_by_created on workflow_instances (created_at, id);
create index dead_letter_queue_by_created on dead_letter_queue (created_at, id);
create index dead_letter_queue_by_error_type on dead_letter_queue (error_type, id) where error_type is not null;
alter table dead_letter_queue add column pattern_path ltree generated always as (aos_pattern_path(left(original_event ->> 'pattern', 255))) stored;
create index dead_letter_queue_matching on dead_letter_queue using gist (pattern_path);
create index workflow_event_triggers_matching_all on workflow_event_triggers (pattern_kind, pattern_key);
drop index workflow_event_triggers_matching;
