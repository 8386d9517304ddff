package definition

import (
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// move is a verb of the life cycle: the statuses it begins at and the one it
// leads to, in the spelling of the graph; a deleted draft has none.
type move struct {
	name string
	from []model.DefinitionStatus
	to   string
}

var (
	saving      = move{"a save", []model.DefinitionStatus{model.DefinitionDraft}, "DRAFT"}
	activating  = move{"definitionActivate", []model.DefinitionStatus{model.DefinitionDraft}, "ACTIVE"}
	deprecating = move{"definitionDeprecate", []model.DefinitionStatus{model.DefinitionActive}, "DEPRECATED"}
	restoring   = move{"definitionRestore", []model.DefinitionStatus{model.DefinitionDeprecated}, "ACTIVE"}
	drafting    = move{"definitionNewDraft", []model.DefinitionStatus{model.DefinitionActive, model.DefinitionDeprecated}, "DRAFT"}
	deleting    = move{"definitionDeleteDraft", []model.DefinitionStatus{model.DefinitionDraft}, "DELETED"}
	following   = move{"a dependant", []model.DefinitionStatus{model.DefinitionActive}, "DEPRECATED"}
)

// begins refuses a verb that does not start at a status.
func (m move) begins(at model.DefinitionStatus) error {
	if slices.Contains(m.from, at) {
		return nil
	}
	names, allowed := []string{}, []string{}
	for _, status := range m.from {
		names = append(names, model.SpellEnum(string(status)))
	}
	for _, to := range model.DefinitionTransitions[at] {
		allowed = append(allowed, model.SpellEnum(string(to)))
	}
	from := model.SpellEnum(string(at))
	return fault.Errorf(fault.IllegalTransition, "%s begins at %s, and this version is %s", m.name, strings.Join(names, " or "), from).
		Hint("%s", instead[at]).With("from", from).With("to", m.to).With("allowed", allowed)
}

// instead says what can be done with a version of each status.
var instead = map[model.DefinitionStatus]string{
	model.DefinitionDraft:      "a draft is changed by its save, published by definitionActivate and thrown away by definitionDeleteDraft",
	model.DefinitionActive:     "an active version is followed by definitionNewDraft and taken out of use by definitionDeprecate",
	model.DefinitionDeprecated: "a deprecated version is brought back by definitionRestore and followed by definitionNewDraft",
}

// Actions are what may be done to a version of d, by the same checks that the
// verbs make. problems are those of the version, and matter where it could be
// published; runs is how often a draft was tried.
func Actions(d *repository.Descriptor, row model.Definition, problems []*model.Problem, runs int) []*model.AllowedAction {
	number, status := row.DefinitionVersion()
	fit := ready(d.Value(row, d.Key).(string), number, problems)
	save := strings.ToLower(d.Name[:1]) + d.Name[1:] + "Save"
	if rest, isUI := strings.CutPrefix(d.Name, "UI"); isUI {
		save = "ui" + rest + "Save"
	}
	return []*model.AllowedAction{
		model.NewAllowedAction(save, saving.to, saving.begins(status)),
		model.NewAllowedAction(activating.name, activating.to, activating.begins(status), fit),
		model.NewAllowedAction(deprecating.name, deprecating.to, deprecating.begins(status)),
		model.NewAllowedAction(restoring.name, restoring.to, restoring.begins(status), fit),
		model.NewAllowedAction(drafting.name, drafting.to, drafting.begins(status)),
		model.NewAllowedAction(deleting.name, deleting.to, deleting.begins(status), untried(runs)),
	}
}

// Publishable tells whether a version could become active if nothing is wrong
// with it.
func Publishable(status model.DefinitionStatus) bool {
	return activating.begins(status) == nil || restoring.begins(status) == nil
}

// untried refuses to throw a draft away that test runs belong to.
func untried(runs int) error {
	if runs == 0 {
		return nil
	}
	return fault.Errorf(fault.Conflict, "test runs belong to this draft: %d", runs).Hint("activate it, or leave it be")
}
