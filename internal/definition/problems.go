package definition

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
)

// problems are everything that is wrong or doubtful about a version: its
// documents, the definitions it names, and what its kind asks for beyond that.
func (v version) problems(ctx context.Context, tx *repository.Tx, activating bool) ([]*model.Problem, error) {
	out := append([]*model.Problem{}, v.of().Problems(v.row, activating)...)
	references, err := tx.ReferenceProblems(ctx, v.of(), []any{v.id()}, activating)
	if err != nil {
		return nil, err
	}
	out = append(out, references[v.id()]...)
	own, err := v.ownProblems(ctx, tx, activating)
	return append(out, own...), err
}

func (v version) ownProblems(ctx context.Context, tx *repository.Tx, activating bool) ([]*model.Problem, error) {
	switch row := v.row.(type) {
	case *model.WorkflowDefinition:
		return triggerProblems(ctx, tx, row, activating)
	case *model.EventDefinition:
		return patternProblems(ctx, tx, row)
	case *model.TestDefinition:
		return targetProblems(ctx, tx, row, activating)
	}
	return nil, nil
}

// lacking is the severity of what a draft may miss and an active version not.
func lacking(activating bool) model.ProblemSeverity {
	if activating {
		return model.ProblemSeverityError
	}
	return model.ProblemSeverityWarning
}

// targetProblems tell that what a test is about does not exist.
func targetProblems(ctx context.Context, tx *repository.Tx, test *model.TestDefinition, activating bool) ([]*model.Problem, error) {
	key := test.TargetID + repository.VersionSeparator
	if test.TargetVersion != nil {
		key += *test.TargetVersion
	}
	d := repository.TestTarget(test.Type)
	found, err := d.NodesBy(ctx, tx.Store, d.AnyVersion(), []string{"id"}, []any{key})
	if err != nil || found[key] != nil {
		return nil, err
	}
	return []*model.Problem{{
		Severity: lacking(activating), Code: "UNRESOLVED_REFERENCE", Path: "/targetId",
		Message: fmt.Sprintf("there is no %s %q in the version asked for", test.Type, test.TargetID),
	}}, nil
}

// patternProblems tell that another active definition has the pattern of an
// event: publishing must find exactly one.
func patternProblems(ctx context.Context, tx *repository.Tx, event *model.EventDefinition) ([]*model.Problem, error) {
	taken := repository.Via("pattern", repository.EventDefinitions.Table, "t.pattern = k.key and t.status = 'active'")
	found, err := repository.ByKeys(ctx, tx.Store, repository.EventDefinitions, taken, []string{"event_id"}, []any{event.Pattern})
	other := found[event.Pattern]
	if err != nil || other == nil || other.EventID == event.EventID {
		return nil, err
	}
	return []*model.Problem{{
		Severity: model.ProblemSeverityError, Code: "PATTERN_TAKEN", Path: "/pattern",
		Message: fmt.Sprintf("the active event definition %q has this pattern already", other.EventID),
	}}, nil
}

// triggerProblems look at the triggers that a version has.
func triggerProblems(ctx context.Context, tx *repository.Tx, workflow *model.WorkflowDefinition, activating bool) ([]*model.Problem, error) {
	found, err := tx.Triggers(ctx, workflow.UUID)
	return compareTriggers(found[workflow.UUID], activating), err
}

// compareTriggers looks at triggers one by one and together. One that does what
// another one does is doubtful: every firing starts an instance.
func compareTriggers(triggers []*model.WorkflowEventTrigger, activating bool) []*model.Problem {
	type order struct {
		kind      model.WorkflowEventTriggerType
		pattern   string
		condition string
	}
	var out []*model.Problem
	first := map[order]int{}
	for i, t := range triggers {
		path := at("/triggers", i)
		out = append(out, triggerMistakes(t, path, activating)...)
		same := order{t.TriggerType, t.EventPattern, optional(t.EventCondition)}
		if n, twice := first[same]; twice {
			out = append(out, &model.Problem{
				Severity: model.ProblemSeverityWarning, Code: "CONFLICTING_TRIGGERS", Path: path,
				Message: fmt.Sprintf("does the same for the same events as %s", at("/triggers", n)),
			})
			continue
		}
		first[same] = i
	}
	return out
}

// triggerMistakes are what a trigger's pattern, expressions and mapping break.
func triggerMistakes(t *model.WorkflowEventTrigger, path string, activating bool) []*model.Problem {
	found := repository.WorkflowEventTriggers.Problems(t, activating)
	for _, p := range found {
		p.Path = path + p.Path
	}
	return found
}

func optional(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// legacy tells how the documents of an input became canonical.
func legacy(path string, changes []jsonschema.Change) []*model.Problem {
	out := make([]*model.Problem, len(changes))
	for i, c := range changes {
		out[i] = &model.Problem{
			Severity: model.ProblemSeverityInfo, Code: "LEGACY_SHAPE", Path: path + c.Path,
			Message: "was written in an older form and is stored in the present one: " + c.Note,
		}
	}
	return out
}
