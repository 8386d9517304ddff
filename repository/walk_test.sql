-- A world that is unkind to lists: what changed last was created first, what is rare is old, half of the times are missing,
-- and some keys have very many rows. $ROWS is the number of rows of each table that grows with use.
do $$ declare t text; begin
  for t in select relname from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') loop
    execute format('alter table %I disable trigger all', t);
  end loop;
end $$;
select aos_ensure_partition(t, now() - make_interval(days => d)) from unnest(array['event_instances', 'task_instances']) t, generate_series(0, 60, 15) d;

create temp table walk as
select i, now() - interval '55 days' * (1 - i::float8 / $ROWS) as created, now() - interval '55 days' * (i::float8 / $ROWS) as updated,
  case when i % 100 = 0 then null else now() - interval '55 days' * (hashint4(i) / 4294967296.0 + 0.5) end as spread,
  i <= $ROWS / 200 as rare, i % 2 = 0 as half
from generate_series(1, $ROWS) i;
create temp table shelf as select i, created, updated, i % 4 = 0 as old from walk where i % 100 = 0;
analyze walk;

insert into workflow_definitions (id, workflow_id, name, description, version, status, metadata, created_at, updated_at)
select aos_uuid_v7(created), 'workflow-' || i / 400, 'Workflow ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, '{"tags": ["common"]}', created, updated from shelf;
insert into task_definitions (id, task_id, name, description, version, status, type, execution_config, metadata, created_at, updated_at)
select aos_uuid_v7(created), 'task-' || i / 400, 'Task ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, case when old then 'MANUAL' else 'AUTOMATED' end, '{}', '{"tags": ["common"]}', created, updated from shelf;
insert into event_definitions (id, event_id, name, description, version, status, pattern, created_at, updated_at)
select aos_uuid_v7(created), 'Event.' || i / 400, 'Event ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, 'common.e' || i / 400, created, updated from shelf;
insert into integration_definitions (id, integration_id, name, description, version, status, type, auth_type, created_at, updated_at)
select aos_uuid_v7(created), 'integration-' || i / 400, 'Integration ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, case when old then 'ai' else 'integration' end, 'apikey', created, updated from shelf;
insert into ui_components (id, component_id, name, description, version, status, component_type, created_at, updated_at)
select aos_uuid_v7(created), 'component-' || i / 400, 'Component ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, case when old then 'Modal' else 'Form' end, created, updated from shelf;
insert into test_definitions (id, test_id, name, description, version, status, type, target_id, tags, created_at, updated_at)
select aos_uuid_v7(created), 'test-' || i / 400, 'Test ' || i, 'common words', '1.' || i || '.0', case when old then 'deprecated' else 'draft' end, 'workflow', 'workflow-' || i / 400, '["common"]', created, updated from shelf;
insert into integration_instances (id, instance_id, integration_definition_id, name, description, context_type, context_id, status, last_used_at, created_at, updated_at)
select aos_uuid_v7(created), 'connection-' || i, d.id, 'Connection ' || i, 'common words', case when old then 'client' else 'global' end, case when old then 'client-' || i % 3 end, jsonb_build_object('state', case when old then 'error' else 'active' end),
  case when old then updated end, created, updated
from shelf, (select id from integration_definitions limit 1) d;
insert into event_queue_state (queue_id, status) select 'queue-' || i, 'active' from generate_series(1, 5) i;
insert into workflow_event_triggers (id, trigger_id, workflow_definition_id, event_pattern, enabled, priority, created_at, updated_at)
select aos_uuid_v7(created), 'trigger-' || i, d.id, 'common.*', not old, i % 7, created, updated from shelf, (select id from workflow_definitions order by id limit 1) d;

create temp table first as select (select id from workflow_definitions order by id limit 1) as workflow, (select id from workflow_definitions order by id desc limit 1) as rare_workflow,
  (select id from task_definitions order by id limit 1) as task, (select id from task_definitions order by id desc limit 1) as rare_task, (select id from event_definitions order by id limit 1) as event,
  (select id from test_definitions order by id limit 1) as test, (select id from workflow_event_triggers order by id limit 1) as trigger, aos_uuid_v7(now() - interval '56 days') as parent;

insert into workflow_instances (id, instance_id, workflow_definition_id, status, current_step_id, input, correlation_id, trigger_id, parent_instance_id, started_at, completed_at, created_at, updated_at)
select case when i = 1 then f.parent else aos_uuid_v7(created) end, 'run-' || i, case when rare then f.rare_workflow else f.workflow end, case when rare then 'FAILED' when half then 'COMPLETED' else 'RUNNING' end, 'step', '{"kind": "common"}',
  case when half then 'busy' when i % 3 = 0 then 'c' || i end, case when half then f.trigger end, case when half and i > 1 then f.parent end, spread, case when half then spread end, created, updated
from walk, first f;
insert into task_instances (id, task_instance_id, task_definition_id, workflow_instance_id, workflow_definition_id, step_id, status, type, error, executor_id, assignee, assignee_type, priority, retry_count, task_reference, due_at, created_at, updated_at)
select aos_uuid_v7(created), 'task-' || i, case when rare then f.rare_task else f.task end, case when half then f.parent end, case when rare then f.rare_workflow else f.workflow end, 'step', case when rare then 'FAILED' when half then 'COMPLETED' else 'ASSIGNED' end,
  case when half then 'MANUAL' else 'AUTOMATED' end, case when half then '{"code": "COMMON"}'::jsonb end, case when rare then 'seldom' else 'worker' end, case when rare then 'ann' when half then 'bob' end, 'USER', case when rare then 'CRITICAL' else 'MEDIUM' end, i % 3,
  'common reference ' || i, case when half then spread end, created, updated
from walk, first f;
insert into event_instances (id, event_id, event_definition_id, pattern, source, timestamp, payload, metadata, created_at, updated_at)
select aos_uuid_v7(created), 'event-' || i, f.event, case when rare then 'seldom.happened' else 'common.happened' end, jsonb_build_object('type', case when rare then 'external' else 'workflow' end, 'id', case when half then 'run-1' else 'run-' || i end),
  least(created, coalesce(spread, created)), '{"kind": "common"}', case when half then '{"correlationId": "busy", "causationId": "event-1"}'::jsonb else '{}' end, created, created
from walk, first f;
insert into workflow_event_subscriptions (id, subscription_id, workflow_instance_id, event_pattern, status, timeout_at, wait_step_id, created_at, updated_at)
select aos_uuid_v7(created), 'wait-' || i, f.parent, case when rare then 'common.*' else 'common.happened' end, case when rare then 'expired' else 'fulfilled' end, case when half then spread end, 'step', created, updated from walk, first f;
insert into event_sequences (id, sequence_id, name, description, status, metadata, completed_at, created_at, updated_at)
select aos_uuid_v7(created), 'sequence-' || i, 'Sequence ' || i, 'common words', case when rare then 'failed' else 'created' end, case when half then '{"correlationId": "busy"}'::jsonb else '{}' end, case when half then spread end, created, updated from walk;
insert into dead_letter_queue (id, entry_id, event_id, subscriber_id, original_event, error_message, error_type, error_code, retry_count, status, created_at, updated_at)
select aos_uuid_v7(created), 'dead-' || i, case when half then 'event-1' else 'event-' || i end, case when half then 'busy' end, jsonb_build_object('pattern', case when rare then 'seldom.happened' else 'common.happened' end), 'late', case when rare then 'Seldom' else 'Common' end, 'CODE', i % 5,
  case when rare then 'reprocessing' else 'pending' end, created, updated from walk;
insert into test_runs (id, run_id, test_definition_id, status, started_at, completed_at, environment, created_at, updated_at)
select aos_uuid_v7(created), 'run-' || i, f.test, case when rare then 'failed' else 'passed' end, coalesce(spread, created), case when half then spread end, case when rare then 'prod' else 'dev' end, created, updated from walk, first f;
insert into test_case_results (id, test_run_id, case_id, status, created_at, updated_at)
select aos_uuid_v7(w.created), case when half then r.id else f.id end, case when half then 'busy' else 'case-' || i end, case when rare then 'failed' else 'passed' end, w.created, w.updated
from walk w join test_runs r on r.run_id = 'run-' || i, (select id from test_runs order by id limit 1) f;
analyze;
