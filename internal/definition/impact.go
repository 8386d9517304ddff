package definition

import (
	"context"
	"fmt"
	"slices"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// maxUses bounds the lists of an impact.
const maxUses = 100

// impact is what changes when a version becomes active in the place of the one
// before. The references of both must be written.
func (v version) impact(ctx context.Context, tx *repository.Tx, before *version) (*model.DefinitionImpact, error) {
	out := &model.DefinitionImpact{Changes: []*model.DefinitionChange{}, Dependants: []*model.DefinitionUse{}}
	for _, part := range []func(context.Context, *repository.Tx, *version, *model.DefinitionImpact) error{
		v.contentImpact, v.referenceImpact, v.runningImpact, v.dependantImpact, v.testImpact,
	} {
		if err := part(ctx, tx, before, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// contentImpact compares what the versions say, and which triggers fire.
func (v version) contentImpact(ctx context.Context, tx *repository.Tx, before *version, out *model.DefinitionImpact) (err error) {
	now, was := Content{Row: v.row}, Content{}
	if now.Triggers, err = v.triggers(ctx, tx); err != nil {
		return err
	}
	if before != nil {
		out.Replaces, was.Row = before.row, before.row
		if was.Triggers, err = before.triggers(ctx, tx); err != nil {
			return err
		}
		out.Changes, err = Diff(v.of(), was, now, v.of().Content())
	}
	out.TriggersGained, out.TriggersLost = beyond(now.Triggers, was.Triggers), beyond(was.Triggers, now.Triggers)
	return err
}

// triggers are those of a version of a workflow in the order they fire; other
// kinds have none.
func (v version) triggers(ctx context.Context, tx *repository.Tx) ([]*model.WorkflowEventTrigger, error) {
	if _, ok := v.row.(*model.WorkflowDefinition); !ok {
		return nil, nil
	}
	found, err := tx.Triggers(ctx, v.id())
	return found[v.id()], err
}

// referenceImpact compares which versions of other definitions are used.
func (v version) referenceImpact(ctx context.Context, tx *repository.Tx, before *version, out *model.DefinitionImpact) error {
	ids := []uuid.UUID{v.id()}
	if before != nil {
		ids = append(ids, before.id())
	}
	pins, err := tx.Pins(ctx, v.of(), ids...)
	if err != nil {
		return err
	}
	var old []repository.Pin
	if before != nil {
		old = pins[before.id()]
	}
	out.References = referenceChanges(old, pins[v.id()])
	return nil
}

// referenceChanges tells each definition that is used in another version once.
func referenceChanges(old, new []repository.Pin) []*model.DefinitionReferenceChange {
	type used struct{ table, key string }
	changes := map[used]*model.DefinitionReferenceChange{}
	var order []used
	change := func(p repository.Pin) *model.DefinitionReferenceChange {
		key := used{p.Table, p.BusinessID}
		if changes[key] == nil {
			changes[key] = &model.DefinitionReferenceChange{Path: p.Path, BusinessID: p.BusinessID}
			order = append(order, key)
		}
		return changes[key]
	}
	for _, p := range new {
		change(p).New = p.Target()
	}
	for _, p := range old {
		change(p).Old = p.Target()
	}
	out := []*model.DefinitionReferenceChange{}
	for _, key := range order {
		if c := changes[key]; c.Old != c.New {
			out = append(out, c)
		}
	}
	return out
}

// beyond are the enabled triggers that have no like among others. They are told
// apart by what they do, since every version has rows of its own.
func beyond(triggers, others []*model.WorkflowEventTrigger) []*model.WorkflowEventTrigger {
	out := []*model.WorkflowEventTrigger{}
	for _, t := range triggers {
		if t.Enabled && !slices.ContainsFunc(others, func(o *model.WorkflowEventTrigger) bool { return o.Enabled && orders(o) == orders(t) }) {
			out = append(out, t)
		}
	}
	return out
}

// orders is what a trigger does, as a text to compare.
func orders(t *model.WorkflowEventTrigger) string {
	return fmt.Sprintf("%s %q %q %s %q", t.TriggerType, t.EventPattern, optional(t.EventCondition), t.InputMapping, optional(t.CorrelationKey))
}

// runningImpact counts what goes on on the versions there are.
func (v version) runningImpact(ctx context.Context, tx *repository.Tx, _ *version, out *model.DefinitionImpact) (err error) {
	out.Running = []*model.DefinitionRunning{}
	if unfinished := unfinishedOf(v.row); unfinished != nil {
		out.Running, err = tx.Running(ctx, v.of(), v.key(), unfinished)
	}
	return err
}

// unfinishedOf are the statuses of instances that have not ended, nil for
// definitions on which nothing runs.
func unfinishedOf(row model.Definition) []string {
	switch row.(type) {
	case *model.WorkflowDefinition:
		return slices.DeleteFunc(model.WorkflowInstanceStatus("").Values(), func(s string) bool {
			return (&model.WorkflowInstance{Status: model.WorkflowInstanceStatus(s)}).Terminal()
		})
	case *model.TaskDefinition:
		return slices.DeleteFunc(model.TaskInstanceStatus("").Values(), func(s string) bool {
			return (&model.TaskInstance{Status: model.TaskInstanceStatus(s)}).Terminal()
		})
	}
	return nil
}

// dependantImpact lists the active definitions that stay with another version.
func (v version) dependantImpact(ctx context.Context, tx *repository.Tx, _ *version, out *model.DefinitionImpact) error {
	uses, err := tx.Uses(ctx, v.of(), []any{v.key()}, maxUses)
	for _, use := range uses[v.key()] {
		if use.Active && use.Pinned && use.Goal.ID != v.id() {
			out.Dependants = append(out.Dependants, use)
		}
	}
	return err
}

func (v version) testImpact(ctx context.Context, tx *repository.Tx, _ *version, out *model.DefinitionImpact) error {
	out.Tests = []*model.TestDefinition{}
	r, ok := v.of().Relations["tests"]
	if !ok {
		return nil
	}
	active := model.DefinitionActive
	tests, err := repository.ListByKeys(ctx, tx.Store, repository.TestDefinitions, r, repository.ListQuery{
		Name: "tests", Columns: repository.TestDefinitions.Columns(), Order: "NAME_ASC", Page: page.Request{Size: maxUses},
		Where: &model.TestDefinitionWhere{Status: &model.DefinitionStatusFilter{Eq: &active}},
	}, []any{v.key()})
	out.Tests = append(out.Tests, tests[v.key()]...)
	return err
}
