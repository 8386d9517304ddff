package definition

import (
	"context"
	"fmt"
	"slices"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
)

// problems are everything that is wrong or doubtful about a version.
func (v version) problems(ctx context.Context, tx *repository.Tx, activating bool) ([]*model.Problem, error) {
	found, err := Problems(ctx, tx.Store, v.of(), []any{v.row}, activating)
	return append([]*model.Problem{}, found[v.row]...), err
}

// Problems are everything that is wrong or doubtful about rows of one kind: their
// documents, the definitions they name, and what their kind asks for beyond
// that. What a draft may lack is an error when activating. The number of
// statements does not depend on the number of rows, pointers to the kind's
// struct.
func Problems(ctx context.Context, s *repository.Store, d *repository.Descriptor, rows []any, activating bool) (map[any][]*model.Problem, error) {
	ids := make([]any, len(rows))
	for i, row := range rows {
		ids[i] = d.Value(row, "id")
	}
	references, err := s.ReferenceProblems(ctx, d, ids, activating)
	if err != nil {
		return nil, err
	}
	own, err := ownProblems(ctx, s, d, rows, activating)
	found := make(map[any][]*model.Problem, len(rows))
	for i, row := range rows {
		found[row] = append(append(d.Problems(row, activating), references[ids[i]]...), own[row]...)
	}
	return found, err
}

// ownProblems are those that only one kind of definition has, by row.
func ownProblems(ctx context.Context, s *repository.Store, d *repository.Descriptor, rows []any, activating bool) (map[any][]*model.Problem, error) {
	switch d {
	case repository.WorkflowDefinitions.Descriptor:
		return triggerProblems(ctx, s, rows, activating)
	case repository.EventDefinitions.Descriptor:
		return patternProblems(ctx, s, rows)
	case repository.TestDefinitions.Descriptor:
		return targetProblems(ctx, s, rows, activating)
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
func targetProblems(ctx context.Context, s *repository.Store, rows []any, activating bool) (map[any][]*model.Problem, error) {
	keys := map[model.TestTargetType][]any{}
	for _, row := range rows {
		test := row.(*model.TestDefinition)
		keys[test.Type] = append(keys[test.Type], targetKey(test))
	}
	exists := map[model.TestTargetType]map[any]model.Node{}
	for kind := range keys {
		d := repository.TestTarget(kind)
		var err error
		if exists[kind], err = d.NodesBy(ctx, s, d.AnyVersion(), []string{"id"}, keys[kind]); err != nil {
			return nil, err
		}
	}
	found := map[any][]*model.Problem{}
	for _, row := range rows {
		test := row.(*model.TestDefinition)
		if exists[test.Type][targetKey(test)] == nil {
			found[row] = []*model.Problem{{
				Severity: lacking(activating), Code: "UNRESOLVED_REFERENCE", Path: "/targetId",
				Message: fmt.Sprintf("there is no %s %q in the version asked for", test.Type, test.TargetID),
			}}
		}
	}
	return found, nil
}

// targetKey is the key of what a test is about in the edge AnyVersion.
func targetKey(test *model.TestDefinition) string {
	return test.TargetID + repository.VersionSeparator + optional(test.TargetVersion)
}

// patternProblems tell that another active definition has the pattern of an
// event: publishing must find exactly one.
func patternProblems(ctx context.Context, s *repository.Store, rows []any) (map[any][]*model.Problem, error) {
	patterns := make([]any, len(rows))
	for i, row := range rows {
		patterns[i] = row.(*model.EventDefinition).Pattern
	}
	taken := repository.Via("pattern", repository.EventDefinitions.Table, "t.pattern = k.key and t.status = 'active'")
	holders, err := repository.ByKeys(ctx, s, repository.EventDefinitions, taken, []string{"event_id"}, patterns)
	found := map[any][]*model.Problem{}
	for _, row := range rows {
		event := row.(*model.EventDefinition)
		if holder := holders[event.Pattern]; holder != nil && holder.EventID != event.EventID {
			found[row] = []*model.Problem{{
				Severity: model.ProblemSeverityError, Code: "PATTERN_TAKEN", Path: "/pattern",
				Message: fmt.Sprintf("the active event definition %q has this pattern already", holder.EventID),
			}}
		}
	}
	return found, err
}

// triggerProblems look at the triggers that versions of workflows have.
func triggerProblems(ctx context.Context, s *repository.Store, rows []any, activating bool) (map[any][]*model.Problem, error) {
	var ids []any
	for _, row := range rows {
		if id := any(row.(*model.WorkflowDefinition).UUID); !slices.Contains(ids, id) { // a page may show a row twice
			ids = append(ids, id)
		}
	}
	triggers, err := s.Triggers(ctx, ids...)
	found := map[any][]*model.Problem{}
	for _, row := range rows {
		found[row] = compareTriggers(triggers[row.(*model.WorkflowDefinition).UUID], activating)
	}
	return found, err
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
