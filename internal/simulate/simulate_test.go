package simulate

import (
	"context"
	"log/slog"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func newSimulator(t *testing.T) (*Simulator, *pgxpool.Pool) {
	t.Helper()
	db := testdb.New(t)
	_, err := demo.Load(t.Context(), db, demo.Options{Now: time.Now()})
	require.NoError(t, err)
	w := &repository.Writer{Store: repository.NewStore(db), DB: db}
	return &Simulator{
		Writer: w, Log: slog.New(slog.DiscardHandler), Rate: MaxRate, plans: map[uuid.UUID]*plan{},
		publisher: &routing.Publisher{Writer: w},
		tasks:     &instance.Tasks{Writer: w}, workflows: &instance.Workflows{Writer: w}, operations: &instance.Operations{Writer: w},
	}, db
}

func count(t *testing.T, db *pgxpool.Pool, sql string) (n int) {
	t.Helper()
	require.NoError(t, db.QueryRow(t.Context(), "select count(*) from "+sql).Scan(&n))
	return n
}

// A thousand moves are what a quarter of an hour in the demo world is like.
func TestTheWorldGoesOnBelievablyAndWithinItsBounds(t *testing.T) {
	t.Parallel()
	s, db := newSimulator(t)
	before := count(t, db, "workflow_instances where correlation_id not like 'SIM-%'")
	ctx := auth.With(t.Context(), engine)
	workers := routing.NewWorkers(routing.NewRouter(s.Writer, s.Log), routing.Options{})
	workers.Start(ctx)
	defer workers.Stop()
	for range 1000 {
		require.NoError(t, s.guarded(ctx))
	}
	require.Equal(t, before, count(t, db, "workflow_instances where correlation_id not like 'SIM-%'"), "what is not simulated is left alone")
	require.Positive(t, count(t, db, "workflow_instances where correlation_id like 'SIM-%' and status = 'COMPLETED'"))
	require.Positive(t, count(t, db, "workflow_instances where correlation_id like 'SIM-%' and trigger_event_id is not null"), "events start runs")
	require.Positive(t, count(t, db, "change_log where kind = 2 and new_status = 'FAILED'"))
	require.Positive(t, count(t, db, "change_log where kind = 6 and new_status = 'COMPLETED' and actor like '%quayside%'"), "people complete tasks")
	require.Positive(t, count(t, db, "dead_letter_queue where entry_id like 'SIM-%'"))
	require.LessOrEqual(t, count(t, db, "workflow_instances where correlation_id like 'SIM-%' and status in ('RUNNING', 'WAITING_FOR_EVENT')"), openRuns+queued)
	require.LessOrEqual(t, count(t, db, "dead_letter_queue where entry_id like 'SIM-%' and status = 'pending'"), openLetters)
	require.Zero(t, count(t, db, `task_instances k join workflow_instances w on w.id = k.workflow_instance_id
		where w.correlation_id like 'SIM-%' and w.status = 'COMPLETED' and k.status not in ('COMPLETED')`), "a run completes after its tasks")
}

func TestEveryWorkflowCanBeWalkedToItsEnd(t *testing.T) {
	t.Parallel()
	s, db := newSimulator(t)
	ctx := auth.With(t.Context(), engine)
	for i := range subjects {
		input, _ := subjects[i].input()
		key := prefix + subjects[i].workflow
		run, err := s.workflows.Start(ctx, instance.Start{WorkflowID: &subjects[i].workflow, CorrelationID: &key, Input: input})
		require.NoError(t, err, key)
		for range 200 {
			found, err := repository.ByKeys(ctx, s.Writer.Store, repository.WorkflowInstances, repository.Relation{}, repository.WorkflowInstances.Columns(), []any{run.UUID})
			require.NoError(t, err)
			if run = found[run.UUID]; run.Terminal() {
				break
			}
			require.NoError(t, s.advance(ctx, run), key)
		}
		require.True(t, run.Terminal(), "%s is %s at %s", key, run.Status, *run.CurrentStepID)
	}
	require.Zero(t, count(t, db, "workflow_instances where correlation_id like 'SIM-%' and status in ('RUNNING', 'WAITING_FOR_EVENT')"))
}

func TestWhatIsMoreThanKeptIsForgotten(t *testing.T) {
	t.Parallel()
	s, db := newSimulator(t)
	_, err := db.Exec(t.Context(), `insert into workflow_instances (correlation_id, status, started_at, completed_at)
		select 'SIM-' || n, 'COMPLETED', now(), now() from generate_series(1, 1130) n`)
	require.NoError(t, err)
	where := simulatedRuns(model.WorkflowInstanceCompleted)
	for range 2 {
		require.NoError(t, forget(t.Context(), s, repository.WorkflowInstances, where, keptRuns))
	}
	require.Equal(t, keptRuns, count(t, db, "workflow_instances where correlation_id like 'SIM-%'"))
}

func TestItEndsWithItsContext(t *testing.T) {
	t.Parallel()
	s, db := newSimulator(t)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	require.Eventually(t, func() bool { return count(t, db, "workflow_instances where correlation_id like 'SIM-%'") > 2 }, 30*time.Second, 20*time.Millisecond)
	cancel()
	require.NoError(t, <-done)
	s.Rate = 0
	require.Error(t, s.Run(t.Context()))
}
