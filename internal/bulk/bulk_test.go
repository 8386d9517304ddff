package bulk_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// office is a database with tasks and, while work runs, somebody who works on
// bulk operations.
type office struct {
	*testing.T
	db      *pgxpool.Pool
	writer  *repository.Writer
	service *bulk.Service
	ctx     context.Context
}

func newOffice(t *testing.T, tasks int) *office {
	db := testdb.New(t)
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	service, err := bulk.New(writer, db, slog.New(slog.DiscardHandler))
	require.NoError(t, err)
	o := &office{t, db, writer, service, auth.With(t.Context(), auth.Identity{Name: "ann", Roles: []string{"admin"}})}
	o.exec(`insert into task_definitions (task_id, name, version, type, execution_config) values ('decide', 'Decide', '1.0.0', 'MANUAL', '{"executor": "x"}')`)
	o.exec(`insert into task_instances (task_definition_id, step_id, type, status) select d.id, 's', 'MANUAL', 'PENDING' from task_definitions d, generate_series(1, $1)`, tasks)
	return o
}

func (o *office) exec(sql string, args ...any) {
	o.Helper()
	_, err := o.db.Exec(o.Context(), sql, args...)
	require.NoError(o, err)
}

func (o *office) count(sql string, args ...any) (n int) {
	o.Helper()
	require.NoError(o, o.db.QueryRow(o.Context(), sql, args...).Scan(&n))
	return n
}

// work runs a worker until stop.
func (o *office) work() (stop func()) {
	ctx, cancel := context.WithCancel(o.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- bulk.Run(ctx, o.writer, o.db, bulk.RunOptions{Log: slog.New(slog.NewTextHandler(o.Output(), nil)), ImportDir: o.service.ImportDir})
	}()
	return func() {
		cancel()
		require.NoError(o, <-ended)
	}
}

func cancelTasks(atMost int) bulk.Start {
	return bulk.Start{Kind: model.BulkCancelTasks, Where: &model.TaskInstanceWhere{}, Filter: scalar.JSON("{}"), AtMost: atMost, Reason: "the project ended"}
}

// wait reads an operation until it stands at a status.
func (o *office) wait(id string, until func(*model.BulkOperation) bool) *model.BulkOperation {
	o.Helper()
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		rows, err := repository.List(o.Context(), o.writer.Store, repository.BulkOperations, repository.ListQuery{
			Name: "test", Columns: repository.BulkOperations.Columns(), Order: "CREATED_AT_DESC", Page: page.Request{Size: 100},
		})
		require.NoError(o, err)
		for _, row := range rows {
			if row.ID() == id && until(row) {
				return row
			}
		}
	}
	require.Fail(o, "the operation did not get there")
	return nil
}

func at(status model.BulkOperationStatus) func(*model.BulkOperation) bool {
	return func(b *model.BulkOperation) bool { return b.Status == status }
}

func TestEveryChosenRowIsChangedOnceAsIfByHand(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 30)
	o.exec(`update task_instances set status = 'COMPLETED' where id in (select id from task_instances order by id limit 10)`)
	stop := o.work()
	defer stop()
	started, err := o.service.Start(o.ctx, cancelTasks(20))
	require.NoError(t, err)
	require.Equal(t, 20, started.Total, "what has ended is not chosen")
	o.exec(`insert into task_instances (task_definition_id, step_id, type, status) select id, 's', 'MANUAL', 'PENDING' from task_definitions`)

	done := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{20, 0}, []int{done.Done, done.Failed})
	require.Equal(t, "ann", done.RequestedBy)
	require.NotNil(t, done.Rate())
	require.Equal(t, 20, o.count(`select count(*) from task_instances where status = 'CANCELLED'`))
	require.Equal(t, 1, o.count(`select count(*) from task_instances where status = 'PENDING'`), "what came later is not chosen")
	require.Equal(t, 20, o.count(`select count(*) from change_log where new_status = 'CANCELLED' and actor = 'ann' and reason = 'the project ended'`))
}

func TestMoreRowsThanAllowedStartNothing(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 12)
	preview, err := o.service.Preview(o.ctx, cancelTasks(10))
	require.NoError(t, err)
	require.Equal(t, 12, preview.Count)
	require.Len(t, preview.Sample, 5)
	_, err = o.service.Start(o.ctx, cancelTasks(10))
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	require.Equal(t, "/atMost", f.Path)
	require.Equal(t, 12, f.Details["count"])
	require.Zero(t, o.count(`select (select count(*) from bulk_operations) + (select count(*) from river.river_job)`))
	few := cancelTasks(10)
	few.Where = &model.TaskInstanceWhere{Status: &model.TaskInstanceStatusFilter{In: []model.TaskInstanceStatus{model.TaskInstanceAssigned, model.TaskInstanceRunning}}}
	preview, err = o.service.Preview(o.ctx, few)
	require.NoError(t, err)
	require.Zero(t, preview.Count, "every kind of predicate narrows")
	nothing := cancelTasks(10)
	nothing.Where = &model.TaskInstanceWhere{TaskInstanceID: &model.StringFilter{In: []string{"none"}}}
	empty, err := o.service.Start(o.ctx, nothing)
	require.NoError(t, err)
	require.Equal(t, model.BulkCompleted, empty.Status)
}

func TestARowThatCannotBeChangedIsToldAndTheOthersGoOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 5)
	started, err := o.service.Start(o.ctx, cancelTasks(10))
	require.NoError(t, err)
	o.exec(`update task_instances set status = 'COMPLETED' where id = (select id from task_instances order by id offset 2 limit 1)`)
	stop := o.work()
	defer stop()
	done := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{4, 1}, []int{done.Done, done.Failed})
	require.Equal(t, 1, o.count(`select count(*) from bulk_operation_items where status = 'FAILED' and place = 3 and code = 'ILLEGAL_TRANSITION' and message like '%COMPLETED%'`))
}

func TestAfterAPauseIsAnsweredNoRowIsChangedUntilItGoesOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 300)
	stop := o.work()
	defer stop()
	slow := cancelTasks(300)
	rate := 200
	slow.PerSecond = &rate
	started, err := o.service.Start(o.ctx, slow)
	require.NoError(t, err)
	o.wait(started.ID(), func(b *model.BulkOperation) bool { return b.Done > 3 })
	target := instance.Target{ID: started.UUID}
	paused, err := o.service.SetStatus(o.ctx, target, model.BulkPaused)
	require.NoError(t, err)
	require.Less(t, paused.Done, 300)
	cancelled := func() int { return o.count(`select count(*) from task_instances where status = 'CANCELLED'`) }
	require.Equal(t, paused.Done, cancelled(), "the progress is what was done")
	_, err = o.service.SetStatus(o.ctx, target, model.BulkCompleted)
	require.Equal(t, fault.BadUserInput, fault.CodeOf(err))
	o.exec(`select pg_sleep(0.1)`)
	require.Equal(t, paused.Done, cancelled())

	_, err = o.service.SetStatus(o.ctx, target, model.BulkRunning)
	require.NoError(t, err)
	require.Equal(t, 300, o.wait(started.ID(), at(model.BulkCompleted)).Done)
	require.Equal(t, 300, o.count(`select count(*) from change_log where new_status = 'CANCELLED'`), "each once")
	_, err = o.service.SetStatus(o.ctx, target, model.BulkPaused)
	require.Equal(t, fault.IllegalTransition, fault.CodeOf(err))
}

// TestWorkersThatComeAndGoDoEveryRowOnce stops workers in the middle and lets
// two work at the same operation.
func TestWorkersThatComeAndGoDoEveryRowOnce(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 400)
	started, err := o.service.Start(o.ctx, cancelTasks(400))
	require.NoError(t, err)
	for i := range 3 {
		stop := o.work()
		o.wait(started.ID(), func(b *model.BulkOperation) bool { return b.Done > 50*(i+1) })
		stop()
	}
	// A second job for the same operation, as after a pause that was taken back at once.
	_, err = o.service.SetStatus(o.ctx, instance.Target{ID: started.UUID}, model.BulkPaused)
	require.NoError(t, err)
	_, err = o.service.SetStatus(o.ctx, instance.Target{ID: started.UUID}, model.BulkRunning)
	require.NoError(t, err)
	one, two := o.work(), o.work()
	done := o.wait(started.ID(), at(model.BulkCompleted))
	one()
	two()
	require.Equal(t, []int{400, 0}, []int{done.Done, done.Failed})
	require.Equal(t, 400, o.count(`select count(*) from change_log where new_status = 'CANCELLED'`))
}

func TestTheOptionsOfAnOperationAreThoseOfItsVerb(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 3)
	start := cancelTasks(10)
	start.Kind = model.BulkReassignTasks
	_, err := o.service.Start(o.ctx, start)
	require.Equal(t, fault.BadUserInput, fault.CodeOf(err), "nobody to assign to")
	start.Options = bulk.Options{Assignee: "bob", AssigneeType: model.AssigneeUser}
	stop := o.work()
	defer stop()
	started, err := o.service.Start(o.ctx, start)
	require.NoError(t, err)
	var options map[string]any
	require.NoError(t, json.Unmarshal(started.Options, &options))
	require.Equal(t, map[string]any{"assignee": "bob", "assigneeType": "USER"}, options, fmt.Sprint(options))
	o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, 3, o.count(`select count(*) from task_instances where assignee = 'bob' and status = 'ASSIGNED'`))
}

func TestStoredEventsAreReplayedAndDeadLettersTriedAgain(t *testing.T) {
	t.Parallel()
	o := newOffice(t, 0)
	o.exec(`insert into workflow_definitions (workflow_id, name, version, steps) values ('loan', 'Loan', '1.0.0', '[{"stepId": "s", "taskId": "decide"}]')`)
	o.exec(`insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern, enabled) select 'asked', id, 'loan.asked', true from workflow_definitions`)
	o.exec(`update workflow_definitions set status = 'active'`)
	o.exec(`insert into event_instances (pattern, event_id) select 'loan.asked', 'e' || n from generate_series(1, 3) n`)
	o.exec(`insert into dead_letter_queue (event_id, original_event, subscriber_id, error_message) values ('e1', '{"eventId": "e1", "pattern": "loan.asked"}', 'asked', 'off'), ('gone', '{"eventId": "gone", "pattern": "loan.asked"}', 'asked', 'off')`)
	stop := o.work()
	defer stop()
	replay := bulk.Start{Kind: model.BulkReplayEvents, Where: &model.EventInstanceWhere{}, Filter: scalar.JSON("{}"), AtMost: 10, Reason: "the trigger was off"}
	started, err := o.service.Start(o.ctx, replay)
	require.NoError(t, err)
	done := o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{3, 0}, []int{done.Done, done.Failed})
	require.Equal(t, 3, o.count(`select count(*) from workflow_instances`))
	require.Equal(t, 3, o.count(`select count(*) from event_instances where metadata ->> 'replayId' = $1`, started.ID()))

	again := bulk.Start{Kind: model.BulkReprocessDeadLetters, Where: &model.DeadLetterWhere{}, Filter: scalar.JSON("{}"), AtMost: 10, Reason: "mended"}
	started, err = o.service.Start(o.ctx, again)
	require.NoError(t, err)
	done = o.wait(started.ID(), at(model.BulkCompleted))
	require.Equal(t, []int{1, 1}, []int{done.Done, done.Failed})
	require.Equal(t, 1, o.count(`select count(*) from dead_letter_queue where status = 'resolved' and event_id = 'e1'`))
	require.Equal(t, 1, o.count(`select count(*) from dead_letter_queue where status = 'pending' and event_id = 'gone' and jsonb_array_length(retry_history) = 1`), "the try is kept")
	require.Equal(t, 3, o.count(`select count(*) from workflow_instances`), "no second one")
}
