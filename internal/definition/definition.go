// Package definition moves versions of definitions through their life and
// writes what they say. All six kinds share one life cycle and one way of
// writing; what differs between them is told by kinds. Each verb is one
// transaction.
package definition

import (
	"cmp"
	"context"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Definitions are the verbs on definitions.
type Definitions struct{ Writer *repository.Writer }

// Target is the version a verb is about and what its caller says about it.
type Target struct {
	Prefix   string // of its id: the kind of definition
	ID       uuid.UUID
	Expected *int   // revision it must still have; nil = any
	Reason   string // for the history; empty = the verb says it itself
	Path     string // of the id in the input
}

// Outcome is what a verb answers. With an error the problems tell why, as far
// as they are known, and nothing was changed.
type Outcome struct {
	Definition model.Definition
	Problems   []*model.Problem
	Impact     *model.DefinitionImpact // of an activation
	Dependants []model.Definition      // versions made for dependants, of an activation
}

// maxReason bounds what people write into the change log.
const maxReason = 2000

// because is the reason that a caller gave, else what the verb says itself.
func because(reason, otherwise string) (string, error) {
	reason = strings.TrimSpace(reason)
	if len([]rune(reason)) > maxReason {
		return "", fault.Errorf(fault.Validation, "this is longer than %d characters", maxReason).At("/reason")
	}
	return cmp.Or(reason, otherwise), nil
}

// do runs work in one transaction in the name of the caller. A dry run does
// everything and takes it back.
func (d *Definitions) do(ctx context.Context, reason, otherwise string, dry bool, work func(context.Context, *repository.Tx) error) error {
	reason, err := because(reason, otherwise)
	if err != nil {
		return err
	}
	err = d.Writer.Do(ctx, reason, func(ctx context.Context, tx *repository.Tx) error {
		if err := work(ctx, tx); err != nil || !dry {
			return err
		}
		return rollback{}
	})
	if _, undone := err.(rollback); undone { //nolint:errorlint // it comes from right above
		return nil
	}
	return err
}

// rollback ends the transaction of a dry run.
type rollback struct{}

func (rollback) Error() string { return "dry run" }

// version is a row of some kind while a verb works on it.
type version struct {
	kind
	row model.Definition
}

func (v version) id() uuid.UUID { return v.of().Value(v.row, "id").(uuid.UUID) }

func (v version) key() string { d := v.of(); return d.Value(v.row, d.Key).(string) }

func (v version) number() string { number, _ := v.row.DefinitionVersion(); return number }

func (v version) status() model.DefinitionStatus {
	_, status := v.row.DefinitionVersion()
	return status
}

// lock finds the version a target names, keeps other writers of its business
// key out until the transaction ends, and refuses a verb that does not begin at
// the version's status.
func lock(ctx context.Context, tx *repository.Tx, t Target, m move) (version, error) {
	k, err := kindOf(t.Prefix)
	if err != nil {
		return version{}, fault.Move(err, t.Path)
	}
	v := version{kind: k}
	if v.row, err = k.find(ctx, tx.Store, t.ID); err != nil {
		return version{}, fault.Move(err, t.Path)
	}
	if err := repository.LockKey(ctx, tx, v.of(), v.key()); err != nil {
		return version{}, err
	}
	if v.row, err = k.lock(ctx, tx, t.ID, t.Expected); err != nil {
		return version{}, err
	}
	return v, fault.Move(m.begins(v.status()), t.Path)
}

// touch counts the revision up although the row itself stays as it is.
func (v *version) touch(ctx context.Context, tx *repository.Tx) (err error) {
	revision := v.of().Value(v.row, "revision").(int)
	v.row, err = v.update(ctx, tx, v.id(), repository.Values{"revision": revision + 1})
	return err
}
