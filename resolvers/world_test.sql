insert into workflow_definitions (id, workflow_id, name, version, status, steps) values
  ('018f0000-0000-7000-8000-000000000001', 'onboarding', 'Onboarding', '1.0.0', 'draft',
   '[{"stepId": "collect", "name": "Collect papers", "taskId": "collect", "next": [{"nextStepId": "check"}]},
     {"stepId": "check", "type": "PARALLEL", "parallelBranches": [
       {"branchId": "a", "steps": [{"stepId": "credit", "taskId": "credit"}]},
       {"branchId": "b", "steps": [{"stepId": "sanctions", "taskId": "sanctions"}]}]},
     {"stepId": "wait", "name": "Wait for the signature", "eventPattern": "contract.signed"},
     {"stepId": "done"}]');
update workflow_definitions set status = 'active';
insert into task_definitions (id, task_id, name, version, type, execution_config) values
  ('018f0000-0000-7000-8000-000000000002', 'collect', 'Collect', '1.0.0', 'MANUAL', '{"executor": "x"}');
insert into event_definitions (id, event_id, name, pattern) values
  ('018f0000-0000-7000-8000-000000000003', 'Lead.created', 'Lead created', 'lead.created');
insert into test_definitions (id, test_id, name, type, target_id, cases) values
  ('018f0000-0000-7000-8000-000000000004', 'onboarding-test', 'Test', 'workflow', 'onboarding', '[{"caseId": "happy", "description": "all goes well", "input": {}}]');
insert into workflow_event_triggers (id, trigger_id, workflow_definition_id, event_pattern, priority, enabled) values
  ('018f0000-0000-7000-8000-000000000010', 'on-lead', '018f0000-0000-7000-8000-000000000001', 'lead.*', 10, true),
  ('018f0000-0000-7000-8000-000000000011', 'on-nothing', '018f0000-0000-7000-8000-000000000001', 'order.created', 5, false);

-- three events in a chain; the first starts the instance, the third fulfils its wait
insert into event_instances (id, event_id, event_definition_id, pattern, source, payload, metadata, timestamp, created_at)
select aos_uuid_v7(at), id, definition::uuid, pattern, source::jsonb, payload::jsonb, metadata::jsonb, at, at
from (values
  ('evt-1', '018f0000-0000-7000-8000-000000000003', 'lead.created', '{"type": "external", "id": "crm", "name": "CRM"}', '{"lead": 7}', '{"correlationId": "case-7", "context": {"type": "client", "id": "c1"}, "tags": {"a": "b"}}', now() - interval '3 hours'),
  ('evt-2', null, 'papers.collected', '{"type": "task", "id": "task-1"}', '{}', '{"correlationId": "case-7", "causationId": "evt-1", "retryCount": 2, "lastError": "late"}', now() - interval '2 hours'),
  ('evt-3', null, 'contract.signed', '{"type": "workflow", "id": "run-1"}', '{}', '{"correlationId": "case-7", "causationId": "evt-2"}', now() - interval '1 hour')
) as e(id, definition, pattern, source, payload, metadata, at);

insert into workflow_instances (id, instance_id, workflow_definition_id, status, current_step_id, input, state, trigger_id, trigger_event_id, correlation_id, started_at) values
  ('018f0000-0000-7000-8000-000000000020', 'run-1', '018f0000-0000-7000-8000-000000000001', 'WAITING_FOR_EVENT', 'wait', '{"lead": 7}',
   '{"variables": {"x": 1}, "currentWaitStep": "wait", "waitingForEvent": {"eventPattern": "contract.signed", "since": "2026-01-01T00:00:00Z"},
     "steps": {"collect": {"status": "COMPLETED", "attempts": 2, "startedAt": "2026-01-01T00:00:00Z", "completedAt": "2026-01-01T00:00:01.5Z", "output": {"ok": true}},
               "credit": {"status": "FAILED", "error": {"message": "no answer", "code": "TIMEOUT"}},
               "sanctions": {"status": "melted"}}}',
   '018f0000-0000-7000-8000-000000000010', (select id from event_instance_keys where event_id = 'evt-1'), 'case-7', now() - interval '3 hours'),
  ('018f0000-0000-7000-8000-000000000021', 'run-2', '018f0000-0000-7000-8000-000000000001', 'FAILED', 'check', '{}',
   '{"stepOutputs": {"collect": {"legacy": true}}, "steps": "nonsense"}', null, null, 'case-7', null),
  ('018f0000-0000-7000-8000-000000000022', 'run-3', null, 'CANCELLED', null, '{}', '[1]', null, null, null, null);
update workflow_instances set error = '{"message": "gone", "failedStepId": "check", "retriable": true}' where instance_id = 'run-2';
update workflow_instances set cancellation = '{"reason": "no", "requestedBy": "ann", "requestedAt": "2026-01-01T00:00:00Z", "source": "USER"}',
  compensation_state = '{"status": "IN_PROGRESS", "startedAt": "2026-01-01T00:00:00Z", "plan": ["a", "b"], "completed": ["a"], "failed": [{"stepId": "b", "error": "stuck", "timestamp": "2026-01-01T00:00:00Z"}]}'
  where instance_id = 'run-3';

insert into task_instances (task_instance_id, task_definition_id, workflow_instance_id, workflow_definition_id, step_id, type, status, assignee, assignee_type, priority, due_at, input, error, execution_metadata)
values
  ('task-1', '018f0000-0000-7000-8000-000000000002', '018f0000-0000-7000-8000-000000000020', '018f0000-0000-7000-8000-000000000001', 'collect', 'MANUAL', 'COMPLETED', 'ann', 'USER', 'HIGH', null,
   '{"company": "ACME", "amount": 12, "nested": {"a": 1}}', null, '{"start_time": "2026-01-01T00:00:00Z", "duration": 1500, "escalation": {"escalationType": "REASSIGN"}}'),
  ('task-2', '018f0000-0000-7000-8000-000000000002', '018f0000-0000-7000-8000-000000000020', '018f0000-0000-7000-8000-000000000001', 'credit', 'AUTOMATED', 'FAILED', 'approvers', 'ROLE', 'LOW', now() - interval '1 day',
   '{}', '{"code": "TIMEOUT", "message": "no answer", "stack_trace": "at x"}', '{}');

update task_instances set retry_policy = '{"maxRetries": 2, "retryInterval": 100, "backoffMultiplier": 2}' where task_instance_id = 'task-1';

insert into workflow_event_subscriptions (subscription_id, workflow_instance_id, event_pattern, status, wait_step_id, fulfilled_at, fulfilled_by_event_id) values
  ('wait-1', '018f0000-0000-7000-8000-000000000020', 'contract.*', 'fulfilled', 'wait', now(), (select id from event_instance_keys where event_id = 'evt-3'));

insert into event_sequences (id, sequence_id, name, rollback_strategy) values
  ('018f0000-0000-7000-8000-000000000030', 'seq-1', 'Hand-over', '{"type": "compensating_events", "compensating_events": [{"eventId": "Lead.undone"}]}');
insert into event_sequence_events (sequence_id, event_id, position, required) values
  ('018f0000-0000-7000-8000-000000000030', 'evt-2', 2, false),
  ('018f0000-0000-7000-8000-000000000030', 'evt-1', 1, true),
  ('018f0000-0000-7000-8000-000000000030', 'evt-later', 3, true);
update event_sequence_events set status = 'processed', processing_timestamp = now() where event_id = 'evt-1';
update event_sequences set status = 'in_progress';

insert into event_queue_state (id, queue_id, checkpoint_id, config, queue_metrics) values
  ('018f0000-0000-7000-8000-000000000040', 'main', 'evt-1', '{"maxQueueDepth": 100, "highWatermark": "many"}', '{"totalProcessed": 5000000000, "avgProcessingTimeMs": 1.5}');
insert into event_queue_entries (queue_id, event_id, attempts, last_error) values ('018f0000-0000-7000-8000-000000000040', 'evt-2', 1, 'late');
insert into event_queue_entries (queue_id, event_id, status, lease_owner, lease_until) values ('018f0000-0000-7000-8000-000000000040', 'evt-3', 'processing', 'w1', now());

insert into dead_letter_queue (entry_id, event_id, subscriber_id, original_event, error_message, error_type, error_code, retry_count, retry_history) values
  ('dead-1', 'evt-2', 'workflow_018f0000-0000-7000-8000-000000000020', '{"eventId": "evt-2", "pattern": "papers.collected", "source": {"type": "task", "id": "task-1"}}', 'late', 'NetworkError', 'CONNECTION_TIMEOUT', 1,
   '[{"timestamp": "2026-01-01T00:00:00Z", "error": {"message": "late", "type": "NetworkError"}, "processingDuration": 12.7}, 5]'),
  ('dead-2', 'evt-2', 'on-lead', '{"eventId": "evt-2", "pattern": "papers.collected"}', 'bad', 'ValidationError', null, 0, '[]'),
  ('dead-3', 'evt-x', 'billing', '{"eventId": "evt-x", "pattern": "billing.failed"}', 'bad', null, null, 0, '[]'),
  ('dead-4', 'evt-x', 'workflow_run-2', '{"eventId": "evt-x", "pattern": "billing.failed"}', 'bad', null, 'HTTP_503', 0, '[]');

insert into test_runs (id, run_id, test_definition_id, status, started_at, completed_at) values
  ('018f0000-0000-7000-8000-000000000050', 'tr-1', '018f0000-0000-7000-8000-000000000004', 'failed', '2026-01-01T00:00:00Z', '2026-01-01T00:00:02Z');
insert into test_case_results (test_run_id, case_id, status, duration_ms, assertions, error) values
  ('018f0000-0000-7000-8000-000000000050', 'happy', 'passed', 5, '[{"type": "equals", "path": "$.x", "expected": 1, "actual": 1, "passed": true}]', null),
  ('018f0000-0000-7000-8000-000000000050', 'sad', 'failed', 7, '[{"type": "equals", "passed": false}]', '{"message": "no", "stack": "at y"}');
