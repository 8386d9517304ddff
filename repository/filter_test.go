package repository_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

func TestAFilterIsNoLongerThanAStatementShouldBe(t *testing.T) {
	t.Parallel()
	s := repository.NewStore(testdb.New(t))
	words := make([]string, 501)
	ids := make([]string, 501)
	branches := make([]*model.TaskInstanceWhere, 21)
	for i := range words {
		words[i], ids[i] = fmt.Sprint("word", i), "tkd_00000000000000000000000000"
	}
	for i := range branches {
		branches[i] = &model.TaskInstanceWhere{StepID: &model.StringFilter{Eq: &words[i]}}
	}
	list := func(where model.TaskInstanceWhere) error {
		_, err := repository.List(t.Context(), s, repository.TaskInstances, repository.ListQuery{
			Name: "list", Where: &where, Order: "CREATED_AT_DESC", Page: page.Request{Size: 20},
		})
		return err
	}
	for path, where := range map[string]model.TaskInstanceWhere{
		"/where/stepId/in":            {StepID: &model.StringFilter{In: words}},
		"/where/stepId/notIn":         {StepID: &model.StringFilter{NotIn: words}},
		"/where/taskDefinitionId/in":  {TaskDefinitionID: &model.IDFilter{In: ids}},
		"/where/anyOf":                {AnyOf: branches},
		"/where/anyOf/0/stepId/in":    {AnyOf: []*model.TaskInstanceWhere{{StepID: &model.StringFilter{In: words}}}},
		"/where/definition/taskId/in": {Definition: &model.TaskDefinitionWhere{TaskID: &model.StringFilter{In: words}}},
	} {
		t.Run(path, func(t *testing.T) {
			err := list(where)
			var f *fault.Fault
			require.ErrorAs(t, err, &f)
			require.Equal(t, fault.BadUserInput, f.Code)
			require.Equal(t, path, f.Path)
			require.NotEmpty(t, f.Remedy)
		})
	}
	require.NoError(t, list(model.TaskInstanceWhere{StepID: &model.StringFilter{In: words[:500]}}))
	require.NoError(t, list(model.TaskInstanceWhere{TaskDefinitionID: &model.IDFilter{In: ids[:500]}}))
	require.NoError(t, list(model.TaskInstanceWhere{AnyOf: branches[:20]}))
}

// A filter of a few hundred bytes must not take the planner seconds.
func TestAFilterGoesThroughAFewRelationsOnly(t *testing.T) {
	t.Parallel()
	s := repository.NewStore(testdb.New(t))
	id := "wfd_00000000000000000000000000"
	where := &model.WorkflowInstanceWhere{WorkflowDefinitionID: &model.IDFilter{Eq: &id}}
	around := func(w *model.WorkflowInstanceWhere) *model.WorkflowInstanceWhere {
		return &model.WorkflowInstanceWhere{Definition: &model.WorkflowDefinitionWhere{Instances: w}}
	}
	for _, c := range []struct {
		where *model.WorkflowInstanceWhere
		path  string
	}{
		{around(where), ""},
		{around(around(where)), "/where/definition/instances/definition/instances"},
		{&model.WorkflowInstanceWhere{AnyOf: []*model.WorkflowInstanceWhere{{AnyOf: []*model.WorkflowInstanceWhere{where}}}}, "/where/anyOf/0/anyOf"},
		{&model.WorkflowInstanceWhere{AnyOf: []*model.WorkflowInstanceWhere{around(where)}}, ""},
	} {
		_, err := s.Count(t.Context(), repository.WorkflowInstances.Descriptor, c.where)
		if c.path == "" {
			require.NoError(t, err)
			continue
		}
		var f *fault.Fault
		require.ErrorAs(t, err, &f)
		require.Equal(t, c.path, f.Path)
		require.NotEmpty(t, f.Remedy)
	}
}

func TestAFilterTakesIDsOfTheTypeItsColumnLeadsTo(t *testing.T) {
	t.Parallel()
	s := repository.NewStore(testdb.New(t))
	task := "tki_00000000000000000000000000"
	_, err := s.Count(t.Context(), repository.WorkflowInstances.Descriptor, &model.WorkflowInstanceWhere{ParentInstanceID: &model.IDFilter{In: []string{task}}})
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	require.Equal(t, "/where/parentInstanceId/in/0", f.Path)
	require.Contains(t, f.Remedy, "wfi_")
}

func TestATimeBeforeAllTimesIsTheBeginning(t *testing.T) {
	t.Parallel()
	s := repository.NewStore(testdb.New(t))
	for _, span := range []scalar.Duration{{Days: 99_999_999}, {Months: -99_999_999}} {
		for _, where := range []*model.TaskInstanceWhere{{CreatedAt: &model.DateTimeFilter{Ago: &span}}, {DueAt: &model.DateTimeFilter{Ago: &span}}} {
			_, err := s.Count(t.Context(), repository.TaskInstances.Descriptor, where)
			require.NoError(t, err)
		}
	}
}

func TestCreationIsSelectedToTheMicrosecond(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), `insert into event_instances (id, event_id, pattern, source, timestamp, created_at)
select aos_uuid_v7(at), 'e-' || n, 'thing.happened', '{"type": "system", "id": "s"}', at, at
from (select n, timestamptz '2026-11-20 12:00:00.001Z' + n * interval '250 microseconds' as at from generate_series(0, 7) n) t`)
	require.NoError(t, err)
	s := repository.NewStore(db)
	count := func(from, to string) int {
		where := &model.EventInstanceWhere{CreatedAt: &model.DateTimeFilter{Gte: moment(t, from), Lt: moment(t, to)}}
		n, err := s.Count(t.Context(), repository.EventInstances.Descriptor, where)
		require.NoError(t, err)
		return n.Total
	}
	require.Equal(t, 8, count("1950-01-01T00:00:00Z", "2026-11-20T12:00:00.003Z"), "nothing is older than ids can say")
	require.Equal(t, 4, count("2026-11-20T12:00:00.001Z", "2026-11-20T12:00:00.002Z"))
	require.Equal(t, 3, count("2026-11-20T12:00:00.00125Z", "2026-11-20T12:00:00.002Z"))
	require.Equal(t, 5, count("2026-11-20T12:00:00.001Z", "2026-11-20T12:00:00.002001Z"))
	require.Equal(t, 0, count("2026-11-20T12:00:00.002751Z", "2026-11-20T12:00:00.003Z"))
}

func moment(t *testing.T, text string) *time.Time {
	at, err := time.Parse(time.RFC3339Nano, text)
	require.NoError(t, err)
	return &at
}
