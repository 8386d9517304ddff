package repository_test

import (
	"fmt"
	"testing"

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
