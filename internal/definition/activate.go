package definition

import (
	"context"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// Activation asks for the publication of a version.
type Activation struct {
	Target
	Dependants []Target // active definitions that are to use the new version
	Dry        bool     // tell what would happen
}

// Activate publishes a draft in the place of the active version and has the
// chosen dependants follow.
func (d *Definitions) Activate(ctx context.Context, a Activation) (Outcome, error) {
	return d.publish(ctx, a, activating, "activated")
}

// Restore does the same with a deprecated version.
func (d *Definitions) Restore(ctx context.Context, a Activation) (Outcome, error) {
	return d.publish(ctx, a, restoring, "restored")
}

func (d *Definitions) publish(ctx context.Context, a Activation, m move, otherwise string) (out Outcome, err error) {
	err = d.do(ctx, a.Reason, otherwise, a.Dry, func(ctx context.Context, tx *repository.Tx) error {
		out = Outcome{}
		v, err := lock(ctx, tx, a.Target, m)
		if err != nil {
			return err
		}
		before, err := v.predecessor(ctx, tx)
		if err != nil {
			return err
		}
		if out.Problems, err = v.prepare(ctx, tx); err != nil {
			return err
		}
		if out.Impact, err = v.impact(ctx, tx, before); err != nil {
			return err
		}
		if out.Definition, err = v.replace(ctx, tx, before, out.Problems); err != nil {
			return fault.Move(err, a.Path)
		}
		out.Dependants, err = v.carry(ctx, tx, a.Dependants)
		return err
	})
	if err != nil {
		out.Definition, out.Dependants = nil, nil
	}
	return out, err
}

// predecessor is the version that is active now, nil when there is none.
func (v version) predecessor(ctx context.Context, tx *repository.Tx) (*version, error) {
	row, err := v.active(ctx, tx.Store, v.key())
	if row == nil || err != nil {
		return nil, err
	}
	return &version{v.kind, row}, nil
}

// publish is prepare and replace together.
func (v version) publish(ctx context.Context, tx *repository.Tx, before *version) (model.Definition, []*model.Problem, error) {
	problems, err := v.prepare(ctx, tx)
	if err != nil {
		return nil, nil, err
	}
	row, err := v.replace(ctx, tx, before, problems)
	return row, problems, err
}

// prepare pins the references and tells what stands in the way of activation.
func (v version) prepare(ctx context.Context, tx *repository.Tx) ([]*model.Problem, error) {
	if err := v.writeReferences(ctx, tx, true); err != nil {
		return nil, err
	}
	return v.problems(ctx, tx, true)
}

// replace makes a version active in the place of the one before, unless a
// problem forbids it. The old one goes first: two are never active.
func (v version) replace(ctx context.Context, tx *repository.Tx, before *version, problems []*model.Problem) (model.Definition, error) {
	if err := ready(v.key(), v.number(), problems); err != nil {
		return nil, err
	}
	if before != nil {
		if _, err := v.update(ctx, tx, before.id(), repository.Values{"status": string(model.DefinitionDeprecated)}); err != nil {
			return nil, err
		}
	}
	return v.update(ctx, tx, v.id(), repository.Values{"status": string(model.DefinitionActive)})
}

// ready refuses a version whose problems forbid activation.
func ready(key, number string, problems []*model.Problem) error {
	n := errorsIn(problems)
	if n == 0 {
		return nil
	}
	return fault.Errorf(fault.Validation, "%s %s has problems that forbid activation: %d", key, number, n).
		Hint("mend the errors in problems, then activate it again")
}

func errorsIn(problems []*model.Problem) (n int) {
	for _, p := range problems {
		if p.Severity == model.ProblemSeverityError {
			n++
		}
	}
	return n
}
