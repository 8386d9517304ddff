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
		changes, err := definition.Diff(d.Descriptor, definition.Content{Row: &model.WorkflowDefinition{StepsJSON: []byte(c.old)}},
			definition.Content{Row: &model.WorkflowDefinition{StepsJSON: []byte(c.new)}}, []string{"steps"})
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

func TestADiffShowsTriggersGainedLostAndChanged(t *testing.T) {
	t.Parallel()
	trigger := func(key, name, pattern, condition string) *model.WorkflowEventTrigger {
		return &model.WorkflowEventTrigger{
			TriggerID: key, Name: &name, EventPattern: pattern, TriggerType: model.TriggerStart, EventCondition: &condition, Enabled: true, Priority: 100,
		}
	}
	mapped := trigger("n1", "asked", "loan.asked", "event.payload.days > 7")
	mapped.InputMapping = []byte(`{"days": "event.payload.days"}`)
	old := definition.Content{Row: &model.WorkflowDefinition{}, Triggers: []*model.WorkflowEventTrigger{
		trigger("o1", "asked", "loan.asked", "true"), trigger("o2", "left", "loan.left", "true"), trigger("o3", "same", "loan.same", "true"),
	}}
	now := definition.Content{Row: &model.WorkflowDefinition{}, Triggers: []*model.WorkflowEventTrigger{
		trigger("n3", "same", "loan.same", "true"), mapped, trigger("n4", "new", "loan.new", "true"),
	}}
	changes, err := definition.Diff(repository.WorkflowDefinitions.Descriptor, old, now, []string{"steps"})
	require.NoError(t, err)
	require.JSONEq(t, `[
		{"path": "/triggers/1", "kind": "REMOVED", "from": {"triggerId": "o2", "name": "left", "eventPattern": "loan.left", "triggerType": "START",
			"eventCondition": "true", "enabled": true, "priority": 100}},
		{"path": "/triggers/1/eventCondition", "kind": "CHANGED", "from": "true", "to": "event.payload.days > 7"},
		{"path": "/triggers/1/inputMapping", "kind": "ADDED", "to": {"days": "event.payload.days"}},
		{"path": "/triggers/2", "kind": "ADDED", "to": {"triggerId": "n4", "name": "new", "eventPattern": "loan.new", "triggerType": "START",
			"eventCondition": "true", "enabled": true, "priority": 100}}]`, text(changes))
}

func TestTheHistoryOfAWorkflowTellsOfItsTriggers(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	asked := &model.WorkflowEventTriggerInput{Name: ptr("asked"), EventPattern: "loan.asked", TriggerType: model.TriggerStart, Enabled: true, Priority: 100}
	first := complete("w")["wfd"].(*model.WorkflowDefinitionSaveInput)
	first.Triggers = graphqlList(asked)
	row := d.save("wfd", first)
	id, why := row.ID(), "only long loans"
	key := d.one(`select trigger_id from workflow_event_triggers`)
	changed := *asked
	changed.TriggerID, changed.EventCondition = &key, ptr("event.payload.days > 7")
	d.save("wfd", &model.WorkflowDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id, Reason: &why}, Triggers: graphqlList(&changed)})
	d.must(`update workflow_event_triggers set enabled = false`)
	d.save("wfd", &model.WorkflowDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}, Triggers: graphqlList[*model.WorkflowEventTriggerInput]()})

	records, err := repository.WorkflowRevisions(d.ctx(), d.Writer.Store, repository.HistoryQuery{First: 10}, []any{of(row).ID})
	require.NoError(t, err)
	entries, err := definition.History(repository.WorkflowDefinitions.Descriptor, records[of(row).ID], 10)
	require.NoError(t, err)
	require.Len(t, entries, 4)
	require.Equal(t, []int{3, 2, 2, 1}, []int{entries[0].Revision, entries[1].Revision, entries[2].Revision, entries[3].Revision})
	require.Len(t, entries[0].Changes, 1)
	require.Equal(t, "REMOVED /triggers/0", entries[0].Changes[0].Kind.String()+" "+entries[0].Changes[0].Path)
	require.JSONEq(t, `[{"path": "/triggers/0/enabled", "kind": "CHANGED", "from": true, "to": false}]`, text(entries[1].Changes))
	require.JSONEq(t, `[{"path": "/triggers/0/eventCondition", "kind": "ADDED", "to": "event.payload.days > 7"}]`, text(entries[2].Changes))
	require.Equal(t, why, *entries[2].Reason)
	require.Equal(t, entries[1].At, *entries[2].Until)
	require.Empty(t, entries[3].Changes)
	require.Contains(t, string(entries[3].Content), `"triggers":[{"enabled":true,"eventPattern":"loan.asked"`)

	late, err := repository.WorkflowRevisions(d.ctx(), d.Writer.Store, repository.HistoryQuery{First: 1, Before: &entries[1].At}, []any{of(row).ID})
	require.NoError(t, err)
	require.Len(t, late[of(row).ID], 2)
	require.Equal(t, entries[2].At, late[of(row).ID][0].At)
}
