package resolvers

import (
	"context"
	"strconv"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
)

// life runs a verb of the life cycle on the version that the input names.
func life(ctx context.Context, input model.ChangeInput, verb func(definition.Target) (definition.Outcome, error)) (*model.DefinitionPayload, error) {
	return settled(ctx, func() (definition.Outcome, error) {
		t, err := versionOf(input.ID, "/id")
		if err != nil {
			return definition.Outcome{}, err
		}
		return verb(because(t, input))
	})
}

// save writes a draft.
func save(ctx context.Context, d *definition.Definitions, prefix string, input model.SaveInput, dry bool) (*model.DefinitionPayload, error) {
	return settled(ctx, func() (definition.Outcome, error) { return d.Save(ctx, prefix, input, dry) })
}

// settled makes a payload of what came of a change.
func settled(ctx context.Context, run func() (definition.Outcome, error)) (*model.DefinitionPayload, error) {
	out, errs, err := done(ctx, run)
	return &model.DefinitionPayload{Definition: out.Definition, Problems: out.Problems, UserErrors: errs}, err
}

// published runs a verb that makes a version active, and has the chosen
// definitions follow.
func published(ctx context.Context, verb func(context.Context, definition.Activation) (definition.Outcome, error), input model.ChangeInput, dependants []string, dry bool) (*model.DefinitionActivatePayload, error) {
	out, errs, err := done(ctx, func() (out definition.Outcome, err error) {
		a := definition.Activation{Dry: dry, Dependants: make([]definition.Target, len(dependants))}
		if a.Target, err = versionOf(input.ID, "/id"); err != nil {
			return out, err
		}
		a.Target = because(a.Target, input)
		for i, id := range dependants {
			if a.Dependants[i], err = versionOf(id, "/dependants/"+strconv.Itoa(i)); err != nil {
				return out, err
			}
		}
		return verb(ctx, a)
	})
	return &model.DefinitionActivatePayload{
		Definition: out.Definition, Problems: out.Problems, Impact: out.Impact, Dependants: append([]model.Definition{}, out.Dependants...), UserErrors: errs,
	}, err
}

// done runs a change and sorts what came of it: refused, nothing was changed,
// but its problems are told.
func done(ctx context.Context, run func() (definition.Outcome, error)) (definition.Outcome, []model.UserError, error) {
	out, err := run()
	loader.From(ctx).Reset()
	if err != nil {
		out.Definition = nil
	}
	out.Problems = append([]*model.Problem{}, out.Problems...)
	errs, err := userErrors(err)
	return out, errs, err
}

// versionOf is the version of any definition that a global id names.
func versionOf(id, path string) (definition.Target, error) {
	prefix, uid, err := nodeid.Decode(id)
	if err != nil {
		return definition.Target{}, fault.Errorf(fault.BadUserInput, "%q is not an id", id).At(path).Hint("pass the id field of a definition on unchanged")
	}
	return definition.Target{Prefix: prefix, ID: uid, Path: path}, nil
}

func because(t definition.Target, input model.ChangeInput) definition.Target {
	t.Expected = value(input.ExpectedRevision)
	if reason := value(input.Reason); reason != nil {
		t.Reason = *reason
	}
	return t
}
