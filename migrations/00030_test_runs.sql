-- Executions of test definitions and the results of their cases. A result is written once.
-- Locks: none, the tables are new.

-- +goose Up
create table test_runs (
  id                 uuid         primary key default aos_uuid_v7(),
  run_id             varchar(255) not null,
  test_definition_id uuid         not null references test_definitions,
  status             varchar(50)  not null default 'running' check (status in ('running', 'passed', 'failed', 'error', 'cancelled')),
  started_at         timestamptz  not null default now(),
  completed_at       timestamptz,
  completed_sort     timestamptz  not null generated always as (coalesce(completed_at, '9999-12-31 00:00:00+00'::timestamptz)) stored,
  environment        varchar(50)  not null default 'dev' check (environment in ('dev', 'staging', 'prod', 'local', 'ci')),
  triggered_by       varchar(255) not null default 'system',
  revision           integer      not null default 1 check (revision > 0),
  created_at         timestamptz  not null default now(),
  updated_at         timestamptz  not null default now(),
  constraint test_runs_run_id_key unique (run_id)
);
create index test_runs_by_definition on test_runs (test_definition_id, id);
create index test_runs_by_definition_started on test_runs (test_definition_id, started_at, id);
create index test_runs_by_status on test_runs (status, id);
create index test_runs_by_environment on test_runs (environment, id);
create index test_runs_by_started on test_runs (started_at, id);
create index test_runs_by_completed on test_runs (completed_sort, id);
create index test_runs_by_updated on test_runs (updated_at, id);

select aos_install_row_triggers('test_runs', 'run_id', 'tsr');

create table test_case_results (
  id           uuid         primary key default aos_uuid_v7(),
  test_run_id  uuid         not null references test_runs on delete cascade,
  case_id      varchar(255) not null,
  status       varchar(50)  not null check (status in ('passed', 'failed', 'error', 'skipped', 'timeout')),
  duration_ms  integer      check (duration_ms >= 0),
  input        jsonb        not null default '{}',
  output       jsonb,
  error        jsonb,
  assertions   jsonb        not null default '[]',
  started_at   timestamptz,
  completed_at timestamptz,
  created_at   timestamptz  not null default now(),
  updated_at   timestamptz  not null default now(),
  constraint test_case_results_test_run_id_case_id_key unique (test_run_id, case_id)
);
create index test_case_results_by_run on test_case_results (test_run_id, id);
create index test_case_results_by_status on test_case_results (status, id);
create index test_case_results_by_case on test_case_results (case_id, id);
create index test_case_results_by_updated on test_case_results (updated_at, id);

select aos_install_row_triggers('test_case_results', null, null);
