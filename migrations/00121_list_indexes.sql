-- Indexes that hold lists in their order, behind what they are filtered by: a page of such a list reads a page, whatever the
-- values are. docs/filters.md lists the pairs; a pair without an index is refused once the table is large.
--
-- workflow_instances, dead_letter_queue  creation is ordered by created_at and then id, because a range of creation times cuts
--                                        out of that order: (…, id) became (…, created_at, id)
-- task_instances_unassigned              what nobody has yet, most urgent first: a view of every inbox
-- Locks: the tables are locked against writes while the indexes are built; before the first release they are small.

-- +goose Up
drop index workflow_instances_by_definition;
drop index workflow_instances_by_definition_status;
drop index workflow_instances_by_status;
drop index workflow_instances_by_correlation;
drop index workflow_instances_by_trigger_event;
drop index workflow_instances_by_parent;
create index workflow_instances_by_definition on workflow_instances (workflow_definition_id, created_at, id);
create index workflow_instances_by_definition_updated on workflow_instances (workflow_definition_id, updated_at, id);
create index workflow_instances_by_definition_status on workflow_instances (workflow_definition_id, status, created_at, id);
create index workflow_instances_by_definition_status_updated on workflow_instances (workflow_definition_id, status, updated_at, id);
create index workflow_instances_by_status on workflow_instances (status, created_at, id);
create index workflow_instances_by_correlation on workflow_instances (correlation_id, created_at, id) where correlation_id is not null;
create index workflow_instances_by_trigger on workflow_instances (trigger_id, created_at, id) where trigger_id is not null;
create index workflow_instances_by_trigger_event on workflow_instances (trigger_event_id, created_at, id) where trigger_event_id is not null;
create index workflow_instances_by_parent on workflow_instances (parent_instance_id, created_at, id) where parent_instance_id is not null;

create index task_instances_unassigned on task_instances (status, priority_rank, due_sort, id) where assignee is null;

drop index dead_letter_queue_by_event;
drop index dead_letter_queue_by_status;
drop index dead_letter_queue_by_status_error_type;
drop index dead_letter_queue_by_error_type;
drop index dead_letter_queue_by_subscriber;
drop index dead_letter_queue_by_pattern;
create index dead_letter_queue_by_event on dead_letter_queue (event_id, created_at, id);
create index dead_letter_queue_by_status on dead_letter_queue (status, created_at, id);
create index dead_letter_queue_by_status_error_type on dead_letter_queue (status, error_type, created_at, id);
create index dead_letter_queue_by_error_type on dead_letter_queue (error_type, created_at, id) where error_type is not null;
create index dead_letter_queue_by_subscriber on dead_letter_queue (subscriber_id, created_at, id) where subscriber_id is not null;
create index dead_letter_queue_by_pattern on dead_letter_queue (pattern, created_at, id) where pattern is not null;

drop index workflow_event_subscriptions_by_fulfilling_event;
create index workflow_event_subscriptions_by_fulfilling_event on workflow_event_subscriptions (fulfilled_by_event_id, id) where fulfilled_by_event_id is not null;
