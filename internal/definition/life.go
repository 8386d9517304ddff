package definition

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// NewDraft begins the next version with the content of this one.
func (d *Definitions) NewDraft(ctx context.Context, t Target, bump model.VersionBump) (out Outcome, err error) {
	k, err := kindOf(t.Prefix)
	if err != nil {
		return out, fault.Move(err, t.Path)
	}
	reason, err := because(t.Reason, "new draft")
	if err != nil {
		return out, err
	}
	out.Definition, err = k.once(ctx, d.Writer, reason, func(ctx context.Context, tx *repository.Tx) (model.Definition, error) {
		v, err := lock(ctx, tx, t, drafting)
		if err != nil {
			return nil, err
		}
		draft, err := v.follow(ctx, tx, bump)
		if err != nil {
			return nil, err
		}
		out.Problems, err = draft.problems(ctx, tx, false)
		return draft.row, err
	})
	return out, err
}

// follow makes a draft of the next version with what belongs to it.
func (v version) follow(ctx context.Context, tx *repository.Tx, bump model.VersionBump) (version, error) {
	d := v.of()
	highest, err := tx.HighestVersion(ctx, d, v.key())
	if err != nil {
		return version{}, err
	}
	values := repository.Values{"version": next(highest, bump), "status": string(model.DefinitionDraft)}
	for _, column := range d.Content() {
		values[column] = d.Value(v.row, column)
	}
	draft := version{kind: v.kind}
	if draft.row, err = v.insert(ctx, tx, values); err != nil {
		return version{}, err
	}
	if err := draft.writeReferences(ctx, tx, false); err != nil {
		return version{}, err
	}
	if _, ok := v.row.(*model.WorkflowDefinition); ok {
		err = repository.CopyTriggers(ctx, tx, v.id(), draft.id())
	}
	return draft, err
}

// writeReferences makes the reference tables say what the documents say.
func (v version) writeReferences(ctx context.Context, tx *repository.Tx, pin bool) error {
	row, ok := v.row.(model.Referrer)
	if !ok {
		return nil
	}
	return repository.WriteReferences(ctx, tx.DB, v.of().Table, repository.ReferenceSource{ID: v.id(), Pin: pin, References: row.References()})
}

// Deprecate takes the active version out of use. Since activating a successor
// deprecates it by itself, doing it alone always retires the definition, which
// its caller must mean.
func (d *Definitions) Deprecate(ctx context.Context, t Target, retire bool) (out Outcome, err error) {
	err = d.do(ctx, t.Reason, "retired", false, func(ctx context.Context, tx *repository.Tx) error {
		v, err := lock(ctx, tx, t, deprecating)
		if err != nil {
			return err
		}
		if !retire {
			return fault.Errorf(fault.Validation, "after this %q has no active version", v.key()).At("/retire").
				Hint("activate a successor, which deprecates this version by itself, or set retire to true")
		}
		if out.Problems, err = v.left(ctx, tx); err != nil {
			return err
		}
		out.Definition, err = v.update(ctx, tx, v.id(), repository.Values{"status": string(model.DefinitionDeprecated)})
		return err
	})
	return out, err
}

// left warns of active definitions that go on using a version.
func (v version) left(ctx context.Context, tx *repository.Tx) ([]*model.Problem, error) {
	uses, err := tx.Uses(ctx, v.of(), []any{v.key()}, maxUses)
	out := []*model.Problem{}
	sources := map[uuid.UUID]bool{}
	for _, use := range uses[v.key()] {
		if use.Active && use.Goal.ID == v.id() {
			sources[use.Source.ID] = true
		}
	}
	if len(sources) > 0 {
		out = append(out, &model.Problem{
			Severity: model.ProblemSeverityWarning, Code: "STILL_USED",
			Message: fmt.Sprintf("active definitions still use this version: %d; usedBy lists them", len(sources)),
		})
	}
	return out, err
}

// DeleteDraft throws a draft away.
func (d *Definitions) DeleteDraft(ctx context.Context, t Target) (out Outcome, err error) {
	err = d.do(ctx, t.Reason, "draft deleted", false, func(ctx context.Context, tx *repository.Tx) error {
		v, err := lock(ctx, tx, t, deleting)
		if err != nil {
			return err
		}
		if err := repository.ForgetTarget(ctx, tx, v.of(), v.id()); err != nil {
			return err
		}
		out.Definition = v.row
		return v.remove(ctx, tx, v.id())
	})
	return out, err
}
