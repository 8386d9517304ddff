package definition

import (
	"context"
	"slices"
	"strconv"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// maxDependants bounds how many definitions follow in one transaction.
const maxDependants = 50

// dependant is a definition that is to follow, and its place in the input.
type dependant struct {
	version
	path string
}

// carry gives each chosen definition a new version that uses what became
// active, and publishes it. One that uses another chosen one comes after it.
func (v version) carry(ctx context.Context, tx *repository.Tx, chosen []Target) ([]model.Definition, error) {
	waiting, err := dependants(ctx, tx, chosen)
	if err != nil {
		return nil, err
	}
	made := []model.Definition{}
	done := []version{v}
	for len(waiting) > 0 {
		i := max(0, slices.IndexFunc(waiting, func(d dependant) bool { return !d.uses(versionsOf(waiting)) }))
		one := waiting[i]
		waiting = slices.Delete(waiting, i, i+1)
		if !one.uses(done) {
			return nil, fault.Errorf(fault.Validation, "%s does not use %s, or names its version itself", one.key(), v.key()).At(one.path).
				Hint("choose from impact.dependants; a version that a document names is changed in a new draft by hand")
		}
		next, err := one.renew(ctx, tx)
		if err != nil {
			return nil, err
		}
		made, done = append(made, next.row), append(done, next)
	}
	return made, nil
}

// dependants reads the chosen definitions and refuses what cannot follow.
func dependants(ctx context.Context, tx *repository.Tx, chosen []Target) ([]dependant, error) {
	if len(chosen) > maxDependants {
		return nil, fault.Errorf(fault.BadUserInput, "at most %d dependants follow at once", maxDependants).At("/dependants")
	}
	var out []dependant
	for i, t := range chosen {
		path := "/dependants/" + strconv.Itoa(i)
		t.Path = path
		one, err := lock(ctx, tx, t, following)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(d dependant) bool { return d.id() == one.id() }) {
			continue
		}
		out = append(out, dependant{one, path})
	}
	return out, nil
}

func versionsOf(list []dependant) []version {
	out := make([]version, len(list))
	for i, d := range list {
		out[i] = d.version
	}
	return out
}

// uses tells whether the documents of a version name one of others without
// asking for a version of it.
func (d dependant) uses(others []version) bool {
	row, ok := d.row.(model.Referrer)
	return ok && slices.ContainsFunc(row.References(), func(r model.Reference) bool {
		return r.Version == nil && slices.ContainsFunc(others, func(o version) bool {
			return o.id() != d.id() && o.key() == r.BusinessID && o.of().Table == repository.TargetOf(r.Table)
		})
	})
}

// renew publishes the next version with the same content, whose references are
// resolved anew.
func (d dependant) renew(ctx context.Context, tx *repository.Tx) (version, error) {
	draft, err := d.follow(ctx, tx, model.VersionBumpPatch)
	if err != nil {
		return version{}, err
	}
	row, _, err := draft.publish(ctx, tx, &d.version)
	return version{d.kind, row}, fault.Move(err, d.path)
}
