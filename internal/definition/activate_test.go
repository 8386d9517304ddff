package definition_test

import (
	"slices"
	"testing"

	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// shop has a component, a task that shows it and a workflow that does the task,
// all active and pinned to each other.
type shop struct {
	*desk
	component, task, workflow model.Definition
}

func newShop(t *testing.T) *shop {
	s := &shop{desk: newDesk(t)}
	key := "form"
	s.component = s.active("uic", &model.UIComponentSaveInput{DefinitionSave: named("Form"), ComponentID: &key, ComponentType: some(model.UIComponentType("Display"))})
	s.task = s.active("tkd", task(`[{"componentId": "form"}]`))
	s.workflow = s.active("wfd", workflow(`[{"stepId": "a", "taskId": "sell"}]`))
	return s
}

func task(components string) *model.TaskDefinitionSaveInput {
	key := "sell"
	return &model.TaskDefinitionSaveInput{DefinitionSave: named("Sell"), TaskID: &key, Type: some(model.TaskType("MANUAL")),
		ExecutionConfig: doc(`{"executor": "x"}`), UIComponents: doc(components)}
}

func workflow(steps string) *model.WorkflowDefinitionSaveInput {
	key := "shop"
	return &model.WorkflowDefinitionSaveInput{DefinitionSave: named("Shop"), WorkflowID: &key, Steps: doc(steps)}
}

// pins are the versions that a definition is pinned to, by business key.
func (d *desk) pins(row model.Definition) map[string]string {
	d.t.Helper()
	entity := repository.ByPrefix(row.Prefix())
	pins, err := d.Writer.Store.Pins(d.ctx(), entity, of(row).ID)
	require.NoError(d.t, err)
	found := map[string]string{}
	for _, p := range pins[of(row).ID] {
		target := repository.ByTable(p.Table)
		found[p.BusinessID] = number(d.reload(target.Prefix(), *p.TargetID).(model.Definition))
	}
	return found
}

func (d *desk) next(row model.Definition) model.Definition {
	d.t.Helper()
	out, err := d.NewDraft(d.ctx(), of(row), model.VersionBumpMinor)
	require.NoError(d.t, err)
	return out.Definition
}

func TestAnActiveVersionStaysWithWhatItWasPublishedWith(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	draft := s.next(s.task)
	require.Equal(t, "1.1.0", number(draft))
	require.Equal(t, map[string]string{"sell": "1.0.0"}, s.pins(s.workflow))
	follower := s.next(s.workflow)
	_, err := s.Activate(s.ctx(), definition.Activation{Target: of(draft)})
	require.NoError(t, err)
	require.Equal(t, map[string]string{"sell": "1.0.0"}, s.pins(s.workflow), "a pin stays")
	require.Equal(t, map[string]string{"sell": "1.1.0"}, s.pins(follower), "a draft follows the active version")
}

func TestChosenDependantsFollowInTheOrderOfTheirUse(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	draft := s.next(s.component)
	a := definition.Activation{Target: of(draft), Dependants: []definition.Target{of(s.workflow), of(s.task)}, Dry: true}
	out, err := s.Activate(s.ctx(), a)
	require.NoError(t, err)
	require.Len(t, out.Dependants, 2)
	require.Equal(t, model.DefinitionDraft, status(s.reload("uic", of(draft).ID).(model.Definition)), "a dry run changes nothing")
	require.Equal(t, "1", s.one(`select count(*)::text from workflow_definitions`))

	a.Dry = false
	out, err = s.Activate(s.ctx(), a)
	require.NoError(t, err)
	require.Equal(t, []string{"tkd", "wfd"}, []string{out.Dependants[0].Prefix(), out.Dependants[1].Prefix()}, "the task first: the workflow uses it")
	require.Equal(t, map[string]string{"form": "1.1.0"}, s.pins(out.Dependants[0]))
	require.Equal(t, map[string]string{"sell": "1.0.1"}, s.pins(out.Dependants[1]))
	require.Equal(t, "deprecated deprecated", s.one(`select string_agg(status, ' ') from (
		select status from task_definitions where version = '1.0.0' union all select status from workflow_definitions where version = '1.0.0') s`))
}

func TestARestoredVersionIsPreviewedAndFollowedLikeAnActivatedOne(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	published, err := s.Activate(s.ctx(), definition.Activation{Target: of(s.next(s.task)), Dependants: []definition.Target{of(s.workflow)}})
	require.NoError(t, err)
	follower := published.Dependants[0]

	preview, err := s.Restore(s.ctx(), definition.Activation{Target: of(s.task), Dry: true})
	require.NoError(t, err)
	require.Equal(t, "1.1.0", number(preview.Impact.Replaces))
	require.Equal(t, of(follower).ID, preview.Impact.Dependants[0].Source.ID, "the workflow would stay with 1.1.0")
	require.Equal(t, model.DefinitionDeprecated, status(s.reload("tkd", of(s.task).ID).(model.Definition)), "a dry run changes nothing")

	out, err := s.Restore(s.ctx(), definition.Activation{Target: of(s.task), Dependants: []definition.Target{of(follower)}})
	require.NoError(t, err)
	require.Equal(t, model.DefinitionActive, status(out.Definition))
	require.Equal(t, map[string]string{"sell": "1.0.0"}, s.pins(out.Dependants[0]))
}

func TestWhatCannotFollowStopsTheWholeActivation(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	other := s.active("evd", complete("other")["evd"])
	draft := s.next(s.component)
	for _, c := range []struct {
		dependants []definition.Target
		want       string
	}{
		{[]definition.Target{of(other)}, "VALIDATION_FAILED /dependants/0"},
		{[]definition.Target{of(s.workflow)}, "VALIDATION_FAILED /dependants/0"}, // the task between them stays
		{[]definition.Target{of(s.task), of(s.next(s.workflow))}, "ILLEGAL_TRANSITION /dependants/1"},
		{[]definition.Target{{Prefix: "tkd", ID: uuid.New()}}, "NOT_FOUND /dependants/0"},
	} {
		_, err := s.Activate(s.ctx(), definition.Activation{Target: of(draft), Dependants: c.dependants})
		require.Equal(t, []string{c.want}, faults(err))
	}
	require.Equal(t, model.DefinitionDraft, status(s.reload("uic", of(draft).ID).(model.Definition)))
	require.Equal(t, "1", s.one(`select count(*)::text from task_definitions`))
}

func TestActivationNeedsEverythingItNames(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	out, err := d.Save(d.ctx(), "wfd", workflow(`[{"stepId": "a", "taskId": "sell"}, {"stepId": "b", "taskId": "pay", "taskVersion": "2.0.0"}]`), false)
	require.NoError(t, err)
	require.Contains(t, said(out.Problems), "WARNING UNRESOLVED_REFERENCE /steps/0/taskId")
	draft := of(out.Definition)
	key, version := "pay", "2.0.0"
	d.save("tkd", &model.TaskDefinitionSaveInput{DefinitionSave: model.DefinitionSave{Name: some("Pay"), Version: &version}, TaskID: &key,
		Type: some(model.TaskType("AUTOMATED")), ExecutionConfig: doc(`{"executor": "x"}`)})
	out, err = d.Activate(d.ctx(), definition.Activation{Target: draft})
	require.Equal(t, []string{"VALIDATION_FAILED /id"}, faults(err))
	require.Nil(t, out.Definition)
	require.NotNil(t, out.Impact, "the impact is told beside the problems")
	require.Contains(t, said(out.Problems), "ERROR UNRESOLVED_REFERENCE /steps/0/taskId")
	require.Contains(t, said(out.Problems), "ERROR DRAFT_REFERENCE /steps/1/taskId", "a draft may change, so nothing is pinned to it")
	require.Equal(t, "f f", d.one(`select string_agg(pinned::text, ' ' order by path) from (select left(pinned::text, 1) as pinned, path from workflow_task_references) r`))
}

func TestOneActiveEventDefinitionHasAPattern(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.active("evd", complete("one")["evd"])
	two := complete("two")["evd"].(*model.EventDefinitionSaveInput)
	two.Pattern = some("thing.one")
	draft := of(d.save("evd", two))
	out, err := d.Activate(d.ctx(), definition.Activation{Target: draft})
	require.Equal(t, fault.Validation, fault.CodeOf(err))
	require.Contains(t, said(out.Problems), "PATTERN_TAKEN /pattern")
}

func TestTheImpactTellsWhatChangesForWhom(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	test := complete("t")["tsd"].(*model.TestDefinitionSaveInput)
	test.TargetID = some("sell")
	s.active("tsd", test)
	s.must(`insert into task_instances (task_definition_id, step_id, type, status) select id, 'a', 'MANUAL', unnest(array['PENDING', 'COMPLETED']) from task_definitions`)
	draft := s.next(s.task)
	id := draft.ID()
	s.save("tkd", &model.TaskDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}, Timeout: some(500), UIComponents: doc(`[]`)})
	out, err := s.Activate(s.ctx(), definition.Activation{Target: of(draft), Dry: true})
	require.NoError(t, err)
	impact := out.Impact
	require.Equal(t, "1.0.0", number(impact.Replaces))
	require.JSONEq(t, `[{"path": "/timeout", "kind": "ADDED", "to": 500}, {"path": "/uiComponents/0", "kind": "REMOVED", "from": {"componentId": "form"}}]`, text(impact.Changes))
	require.Len(t, impact.References, 1)
	require.Equal(t, "form", impact.References[0].BusinessID)
	require.Equal(t, of(s.component).ID, impact.References[0].Old.ID)
	require.Equal(t, model.DefinitionRef{}, impact.References[0].New)
	require.Len(t, impact.Running, 1)
	require.Equal(t, 1, impact.Running[0].Count, "what has ended does not run")
	require.Len(t, impact.Dependants, 1)
	require.Equal(t, of(s.workflow).ID, impact.Dependants[0].Source.ID)
	require.Len(t, impact.Tests, 1)
}

func TestTriggersComeAlongAndTheImpactComparesThem(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	input := workflow(`[{"stepId": "a", "type": "END"}]`)
	input.Triggers = graphqlList(
		&model.WorkflowEventTriggerInput{EventPattern: "b.asked", TriggerType: model.TriggerStart, Enabled: true, Priority: 100},
		&model.WorkflowEventTriggerInput{EventPattern: "a.asked", TriggerType: model.TriggerStart, Enabled: true, Priority: 100},
		&model.WorkflowEventTriggerInput{EventPattern: "a.asked", TriggerType: model.TriggerStart, Enabled: false, Priority: 100})
	active := d.active("wfd", input)
	draft := d.next(active)
	patterns := func() (out []string) {
		found, err := d.Writer.Store.Triggers(d.ctx(), of(draft).ID)
		require.NoError(t, err)
		for _, trigger := range found[of(draft).ID] {
			out = append(out, trigger.EventPattern)
		}
		return out
	}
	require.Equal(t, []string{"b.asked", "a.asked", "a.asked"}, patterns(), "in the order they fired")

	id := draft.ID()
	keep := d.one(`select trigger_id from workflow_event_triggers where workflow_definition_id = $1 and event_pattern = 'b.asked'`, of(draft).ID)
	foreign := d.one(`select trigger_id from workflow_event_triggers where workflow_definition_id = $1 and event_pattern = 'b.asked'`, of(active).ID)
	change := func(key *string) error {
		_, err := d.Save(d.ctx(), "wfd", &model.WorkflowDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}, Triggers: graphqlList(
			&model.WorkflowEventTriggerInput{TriggerID: key, EventPattern: "b.asked", TriggerType: model.TriggerStart, Enabled: true, Priority: 100},
			&model.WorkflowEventTriggerInput{EventPattern: "c.asked", TriggerType: model.TriggerStart, Enabled: true, Priority: 100})}, false)
		return err
	}
	require.Equal(t, []string{"CONFLICT /triggers"}, faults(change(&foreign)), "a trigger of another version is not taken away from it")
	require.NoError(t, change(&keep))
	require.Equal(t, []string{"b.asked", "c.asked"}, patterns())
	out, err := d.Activate(d.ctx(), definition.Activation{Target: of(draft), Dry: true})
	require.NoError(t, err)
	require.Len(t, out.Impact.TriggersGained, 1)
	require.Equal(t, "c.asked", out.Impact.TriggersGained[0].EventPattern)
	require.Len(t, out.Impact.TriggersLost, 1, "one that was switched off is not lost")
	require.Equal(t, "a.asked", out.Impact.TriggersLost[0].EventPattern)
}

func TestRetiringTellsWhoIsLeft(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	_, err := s.Deprecate(s.ctx(), of(s.task), false)
	require.Equal(t, []string{"VALIDATION_FAILED /retire"}, faults(err))
	out, err := s.Deprecate(s.ctx(), of(s.task), true)
	require.NoError(t, err)
	require.Contains(t, said(out.Problems), "WARNING STILL_USED")
	require.Equal(t, map[string]string{"sell": "1.0.0"}, s.pins(s.workflow), "the workflow goes on")
}

func TestADraftThatOthersNameIsLetGo(t *testing.T) {
	t.Parallel()
	s := newShop(t)
	draft := s.next(s.task)
	id, version := s.next(s.workflow).ID(), "1.1.0"
	s.save("wfd", &model.WorkflowDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id}, Steps: doc(`[{"stepId": "a", "taskId": "sell", "taskVersion": "` + version + `"}]`)})
	_, err := s.DeleteDraft(s.ctx(), of(draft))
	require.NoError(t, err)
	uses, err := s.Writer.Store.Uses(s.ctx(), repository.TaskDefinitions.Descriptor, []any{"sell"}, 100)
	require.NoError(t, err)
	require.Len(t, uses["sell"], 2)
	require.True(t, slices.ContainsFunc(uses["sell"], func(u *model.DefinitionUse) bool { return u.Goal == model.DefinitionRef{} }), "its use leads nowhere now")
}
