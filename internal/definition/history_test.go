package definition_test

import (
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func TestADiffTellsPartsOfListsApartByTheirNames(t *testing.T) {
	t.Parallel()
	d := repository.WorkflowDefinitions
	for _, c := range []struct{ old, new, want string }{
		{`[]`, `[]`, `[]`},
		{`[{"stepId": "a"}]`, `[{"stepId": "z"}, {"stepId": "a"}]`, `[{"path": "/steps/0", "kind": "ADDED", "to": {"stepId": "z"}}]`},
		{`[{"stepId": "a"}, {"stepId": "b", "x": 1}]`, `[{"stepId": "b", "x": 2}]`,
			`[{"path": "/steps/0", "kind": "REMOVED", "from": {"stepId": "a"}}, {"path": "/steps/0/x", "kind": "CHANGED", "from": 1, "to": 2}]`},
		{`[{"stepId": "a"}, {"stepId": "b"}, {"stepId": "c"}]`, `[{"stepId": "c"}, {"stepId": "a"}, {"stepId": "b"}]`,
			`[{"path": "/steps/0", "kind": "MOVED", "from": 2, "to": 0}]`},
		{`[{"stepId": "a", "next": [{"nextStepId": "b"}]}]`, `[{"stepId": "a", "next": [{"nextStepId": "b", "condition": "x/~"}]}]`,
			`[{"path": "/steps/0/next/0/condition", "kind": "ADDED", "to": "x/~"}]`},
		{`[{"stepId": "a"}, {"stepId": "a"}]`, `[{"stepId": "a"}, {"stepId": "c"}]`, `[{"path": "/steps/1/stepId", "kind": "CHANGED", "from": "a", "to": "c"}]`},
		{`[{"stepId": "a", "input": {"a/b": [1, 2]}}]`, `[{"stepId": "a", "input": {"a/b": [2]}}]`, `[{"path": "/steps/0/input/a~1b/0", "kind": "REMOVED", "from": 1}]`},
		{`[{"stepId": "a", "input": 1.0}]`, `[{"stepId": "a", "input": "1"}]`, `[{"path": "/steps/0/input", "kind": "CHANGED", "from": 1.0, "to": "1"}]`},
	} {
		changes, err := definition.Diff(d.Descriptor, &model.WorkflowDefinition{StepsJSON: []byte(c.old)}, &model.WorkflowDefinition{StepsJSON: []byte(c.new)}, []string{"steps"})
		require.NoError(t, err)
		require.JSONEq(t, c.want, text(changes), "%s to %s", c.old, c.new)
	}
}

func TestTheHistoryHoldsEveryContentWithWhoAndWhy(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	row := d.save("tkd", complete("t")["tkd"])
	id, why := row.ID(), "because"
	d.save("tkd", &model.TaskDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id, Reason: &why}, Timeout: some(5)})
	_, err := d.Activate(d.ctx(), definition.Activation{Target: of(row)})
	require.NoError(t, err)
	records, err := repository.Revisions(d.ctx(), d.Writer.Store, repository.TaskDefinitions, repository.HistoryQuery{First: 10}, []any{of(row).ID})
	require.NoError(t, err)
	entries, err := definition.History(repository.TaskDefinitions.Descriptor, records[of(row).ID], 10)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	require.JSONEq(t, `[{"path": "/status", "kind": "CHANGED", "from": "DRAFT", "to": "ACTIVE"}]`, text(entries[0].Changes))
	require.Nil(t, entries[0].Until)
	require.JSONEq(t, `[{"path": "/timeout", "kind": "ADDED", "to": 5}]`, text(entries[1].Changes))
	require.Equal(t, "because", *entries[1].Reason)
	require.Equal(t, "local", *entries[1].By)
	require.Equal(t, 2, entries[1].Revision)
	require.Empty(t, entries[2].Changes)
	require.JSONEq(t, `{"taskId": "t", "name": "T", "type": "AUTOMATED", "executionConfig": {"executor": "x"}, "inputSchema": {"type": "object"}, "outputSchema": {"type": "object"}}`, string(entries[2].Content))

	one, err := definition.History(repository.TaskDefinitions.Descriptor, records[of(row).ID], 1)
	require.NoError(t, err)
	require.Len(t, one, 1)
	require.NotEmpty(t, one[0].Changes, "compared with the one before, which is not shown")
}

func TestTheVersionThatWasActiveIsFound(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	for prefix, input := range complete("k") {
		if prefix == "tsd" {
			d.active("tkd", complete("tested")["tkd"])
		}
		first := d.active(prefix, input)
		between := d.clock()
		second := d.next(first)
		_, err := d.Activate(d.ctx(), definition.Activation{Target: of(second)})
		require.NoError(t, err)
		entity := repository.ByPrefix(prefix)
		for at, want := range map[time.Time]*uuid.UUID{
			between.Add(-time.Hour): nil, between: ptr(of(first).ID), d.clock(): ptr(of(second).ID),
		} {
			then, err := d.Writer.Store.ActiveAt(d.ctx(), entity, "k", at)
			require.NoError(t, err)
			require.Equal(t, want, then, prefix)
		}
	}
}

func (d *desk) clock() (now time.Time) {
	d.t.Helper()
	require.NoError(d.t, d.db.QueryRow(d.ctx(), `select clock_timestamp()`).Scan(&now))
	return now
}

func ptr[T any](v T) *T { return &v }
