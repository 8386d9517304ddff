-- What the tests add to the demo world: a bulk operation that went through some dead letters and could not discard one.
insert into bulk_operations (id, kind, status, filter, options, reason, at_most, total, done, failed, requested_by, roles, started_at, completed_at, created_at)
values ('01a1a000-0000-7000-8000-000000000001', 'DISCARD_DEAD_LETTERS', 'COMPLETED', '{"status": {"eq": "PENDING"}}', '{}', 'the provider lost them', 10, 2, 1, 1,
  'jonas@quayside.example', '{OPERATOR}', '2026-11-20 08:00:01+00', '2026-11-20 08:00:03+00', '2026-11-20 08:00:00+00');
insert into bulk_operation_items (bulk_operation_id, place, id, prefix, status, code, message)
select '01a1a000-0000-7000-8000-000000000001', row_number() over (order by entry_id), id, 'dlq',
  case entry_id when 'dead-4' then 'DONE' else 'FAILED' end,
  case entry_id when 'dead-5' then 'ILLEGAL_TRANSITION' end,
  case entry_id when 'dead-5' then 'a dead letter that is RESOLVED cannot be discarded' end
from dead_letter_queue where entry_id in ('dead-4', 'dead-5');
