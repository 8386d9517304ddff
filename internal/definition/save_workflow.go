package definition

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// maxTests is how many tests are saved with a workflow.
const maxTests = 50

// saveTriggers makes the triggers of a version those of the input, and tells
// what is doubtful about those it has.
func (v *version) saveTriggers(ctx context.Context, tx *repository.Tx, input *model.WorkflowDefinitionSaveInput, isNew bool) ([]*model.Problem, error) {
	if !input.Triggers.IsSet() {
		found, err := ownProblems(ctx, tx.Store, v.of(), []any{v.row}, false)
		return found[v.row], err
	}
	triggers, err := triggersOf(input.Triggers.Value())
	if err != nil {
		return nil, err
	}
	problems := compareTriggers(triggers, false)
	var faults fault.List
	for _, p := range problems {
		if p.Severity == model.ProblemSeverityError {
			faults = append(faults, mistake(p))
		}
	}
	if err := faults.OrNil(); err != nil {
		return problems, err
	}
	changed, err := repository.SaveTriggers(ctx, tx, v.id(), triggers)
	if err != nil || !changed || isNew {
		return problems, err
	}
	// Whoever expects the revision from before must be told.
	return problems, v.touch(ctx, tx)
}

// triggersOf are the triggers of an input, normalised, as rows.
func triggersOf(input []*model.WorkflowEventTriggerInput) ([]*model.WorkflowEventTrigger, error) {
	if len(input) > repository.MaxTriggers {
		return nil, fault.Errorf(fault.BadUserInput, "a version has at most %d triggers", repository.MaxTriggers).At("/triggers")
	}
	var faults fault.List
	seen := map[string]bool{}
	out := make([]*model.WorkflowEventTrigger, len(input))
	for i, t := range input {
		path := at("/triggers", i)
		out[i] = &model.WorkflowEventTrigger{
			TriggerID: optional(t.TriggerID), Name: t.Name, Description: t.Description, EventPattern: t.EventPattern, TriggerType: t.TriggerType,
			EventCondition: t.EventCondition, InputMapping: t.InputMapping, CorrelationKey: t.CorrelationKey, Enabled: t.Enabled, Priority: t.Priority,
		}
		for field, text := range map[string]string{"triggerId": out[i].TriggerID, "name": optional(t.Name), "eventPattern": t.EventPattern, "correlationKey": optional(t.CorrelationKey)} {
			if len([]rune(text)) > maxText {
				faults = append(faults, fault.Errorf(fault.Validation, "this is longer than %d characters", maxText).At(path+"/"+field))
			}
		}
		if seen[out[i].TriggerID] && out[i].TriggerID != "" {
			faults = append(faults, fault.Errorf(fault.Validation, "a trigger before has this key already").At(path+"/triggerId"))
		}
		seen[out[i].TriggerID] = true
	}
	return out, faults.OrNil()
}

// saveTests saves tests as drafts that are about this workflow.
func (v version) saveTests(ctx context.Context, tx *repository.Tx, tests []*model.TestDefinitionSaveInput) ([]*model.Problem, error) {
	if len(tests) > maxTests {
		return nil, fault.Errorf(fault.BadUserInput, "at most %d tests are saved with a workflow", maxTests).At("/tests")
	}
	var problems []*model.Problem
	for i, test := range tests {
		path := at("/tests", i)
		if test.Type.IsSet() || test.TargetID.IsSet() {
			return problems, fault.Errorf(fault.BadUserInput, "tests that are saved with a workflow are about it").At(path).Hint("leave type and targetId out")
		}
		about, key := model.TestsWorkflow, v.key()
		of := *test
		of.Type, of.TargetID = graphql.OmittableOf(&about), graphql.OmittableOf(&key)
		_, found, err := save(ctx, tx, kinds["tsd"], &of)
		for _, p := range found {
			p.Path = path + p.Path
		}
		problems = append(problems, found...)
		if err != nil {
			return problems, fault.Move(err, path)
		}
	}
	return problems, nil
}
