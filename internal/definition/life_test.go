package definition_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/stretchr/testify/require"
)

// verbs are all moves; each answers the status that the acted-on version has
// then.
var verbs = map[string]func(*desk, definition.Target) (definition.Outcome, error){
	"newDraft": func(d *desk, t definition.Target) (definition.Outcome, error) {
		return d.NewDraft(d.ctx(), t, model.VersionBumpMinor)
	},
	"activate": func(d *desk, t definition.Target) (definition.Outcome, error) {
		return d.Activate(d.ctx(), definition.Activation{Target: t})
	},
	"deprecate": func(d *desk, t definition.Target) (definition.Outcome, error) { return d.Deprecate(d.ctx(), t, true) },
	"restore": func(d *desk, t definition.Target) (definition.Outcome, error) {
		return d.Restore(d.ctx(), definition.Activation{Target: t})
	},
	"deleteDraft": func(d *desk, t definition.Target) (definition.Outcome, error) { return d.DeleteDraft(d.ctx(), t) },
	"save": func(d *desk, t definition.Target) (definition.Outcome, error) {
		input := complete("k")[t.Prefix]
		id := d.reload(t.Prefix, t.ID).ID()
		input.Common().ID, input.Common().Name = &id, some("changed")
		return d.Save(d.ctx(), t.Prefix, input, false)
	},
}

// legal says which status the answered version has after a verb on a version of
// a status; what is missing is refused.
var legal = map[model.DefinitionStatus]map[string]model.DefinitionStatus{
	model.DefinitionDraft:      {"activate": "active", "deleteDraft": "draft", "save": "draft"},
	model.DefinitionActive:     {"newDraft": "draft", "deprecate": "deprecated"},
	model.DefinitionDeprecated: {"newDraft": "draft", "restore": "active"},
}

func TestEveryMoveOfEveryKindIsDoneOrRefused(t *testing.T) {
	t.Parallel()
	for prefix := range complete("k") {
		t.Run(prefix, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.active("tkd", complete("tested")["tkd"])
			for from, moves := range legal {
				for verb, run := range verbs {
					key := fmt.Sprintf("%s-%s", from, verb)
					version := d.at(from, prefix, key)
					if verb == "save" {
						key = "k"
						d.must(`delete from ` + tables[prefix] + ` where ` + keys[prefix] + ` = 'k'`)
						version = d.at(from, prefix, "k")
					}
					out, err := run(d, of(version))
					to, allowed := moves[verb]
					if !allowed {
						require.Equal(t, fault.IllegalTransition, fault.CodeOf(err), key)
						require.Nil(t, out.Definition)
						require.Equal(t, from, status(d.reload(prefix, of(version).ID).(model.Definition)), "nothing was changed")
						continue
					}
					require.NoError(t, err, "%s: %s", key, said(out.Problems))
					require.Equal(t, to, status(out.Definition), key)
					require.Equal(t, verb == "deleteDraft", d.reload(prefix, of(version).ID) == nil, key)
				}
			}
		})
	}
}

var tables = map[string]string{"wfd": "workflow_definitions", "tkd": "task_definitions", "evd": "event_definitions", "ind": "integration_definitions", "uic": "ui_components", "tsd": "test_definitions"}

var keys = map[string]string{"wfd": "workflow_id", "tkd": "task_id", "evd": "event_id", "ind": "integration_id", "uic": "component_id", "tsd": "test_id"}

// at makes a version that has a status.
func (d *desk) at(want model.DefinitionStatus, prefix, key string) model.Definition {
	d.t.Helper()
	input := complete(key)[prefix]
	if want == model.DefinitionDraft {
		return d.save(prefix, input)
	}
	row := d.active(prefix, input)
	if want == model.DefinitionActive {
		return row
	}
	out, err := d.Deprecate(d.ctx(), of(row), true)
	require.NoError(d.t, err)
	return out.Definition
}

func TestOfManyWhoActivateExactlyOneDoes(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	draft := of(d.save("tkd", complete("t")["tkd"]))
	expected := 1
	draft.Expected = &expected
	winners := race(24, func(int) error {
		_, err := d.Activate(d.ctx(), definition.Activation{Target: draft})
		return err
	}, func(err error) { require.Equal(t, fault.Conflict, fault.CodeOf(err), "%v", err) })
	require.Equal(t, 1, winners)
	require.Equal(t, "1", d.one(`select count(*)::text from task_definitions where status = 'active'`))
}

func TestOfManyDraftsOneIsActiveInTheEnd(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var drafts []definition.Target
	for range 8 {
		drafts = append(drafts, of(d.save("evd", complete("e")["evd"])))
	}
	winners := race(8, func(i int) error {
		_, err := d.Activate(d.ctx(), definition.Activation{Target: drafts[i]})
		return err
	}, func(err error) { require.NoError(t, err) })
	require.Equal(t, 8, winners, "each replaces the one before")
	require.Equal(t, "1 7", d.one(`select count(*) filter (where status = 'active') || ' ' || count(*) filter (where status = 'deprecated') from event_definitions`))
}

func TestOfManyWhoSaveExactlyOneDoes(t *testing.T) {
	t.Parallel()
	for what, change := range map[string]func(*model.WorkflowDefinitionSaveInput, int){
		"the row": func(w *model.WorkflowDefinitionSaveInput, i int) { w.Name = some(fmt.Sprint("name ", i)) },
		"its triggers": func(w *model.WorkflowDefinitionSaveInput, i int) {
			w.Triggers = graphqlList(&model.WorkflowEventTriggerInput{EventPattern: fmt.Sprintf("order.n%d", i), TriggerType: model.TriggerStart})
		},
	} {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			id := d.save("wfd", complete("w")["wfd"]).ID()
			expected := 1
			winners := race(24, func(i int) error {
				input := &model.WorkflowDefinitionSaveInput{DefinitionSave: model.DefinitionSave{ID: &id, ExpectedRevision: &expected}}
				change(input, i)
				_, err := d.Save(d.ctx(), "wfd", input, false)
				return err
			}, func(err error) {
				require.Equal(t, fault.Conflict, fault.CodeOf(err), "%v", err)
				require.Equal(t, 2, fault.ListOf(err)[0].Details["currentRevision"])
			})
			require.Equal(t, 1, winners)
		})
	}
}

// race runs n at once and counts those that succeed; lost judges the others.
func race(n int, run func(int) error, lost func(error)) (winners int) {
	errs := make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() { errs[i] = run(i) })
	}
	all.Wait()
	for _, err := range errs {
		if err == nil {
			winners++
		} else {
			lost(err)
		}
	}
	return winners
}
