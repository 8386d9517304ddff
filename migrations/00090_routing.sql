-- What routing events needs beside the tables.
--
-- aos_queue_depth                            the most events a queue may hold, 0 where its configuration does not say
-- workflow_definitions_with_cancellations    the few versions that name events which cancel their instances: each event asks them
-- Locks: SHARE on workflow_definitions while its index is built; the table is small.

-- +goose Up

-- +goose StatementBegin
create function aos_queue_depth(config jsonb) returns integer
language sql immutable parallel safe
begin atomic
  select case when jsonb_typeof(config -> 'maxQueueDepth') = 'number'
    then least((config ->> 'maxQueueDepth')::numeric, 1000000)::integer else 0 end;
end;
-- +goose StatementEnd

create index workflow_definitions_with_cancellations on workflow_definitions (id) where cancellation_triggers <> '[]'::jsonb and status <> 'draft';
