package definition

import (
	"maps"

	"github.com/augmentedos/graph/internal/model"
)

// triggers compares the triggers of two versions. Each version has rows of its
// own, with keys of their own, so a trigger is the same as before when it has
// the key, or else the pattern. Their order is not compared: priority says it.
func (w *differ) triggers(path string, old, new []any) {
	was := pairTriggers(old, new)
	kept := map[int]bool{}
	for _, from := range was {
		kept[from] = true
	}
	for i, one := range old {
		if !kept[i] {
			w.note(model.DefinitionChangeKindRemoved, at(path, i), one, nil)
		}
	}
	for i, one := range new {
		if from, ok := was[i]; ok {
			w.compare(at(path, i), withoutKey(old[from]), withoutKey(one))
		} else {
			w.note(model.DefinitionChangeKindAdded, at(path, i), nil, one)
		}
	}
}

// likeness are the fields that tell a trigger, from the surest to the vaguest.
var likeness = [][]string{{"triggerId"}, {"triggerType", "eventPattern", "name"}, {"triggerType", "eventPattern"}, {"triggerType", "name"}}

// pairTriggers finds what each trigger was before: places in old by places in
// new.
func pairTriggers(old, new []any) map[int]int {
	was, taken := map[int]int{}, map[int]bool{}
	for _, fields := range likeness {
		for i, one := range new {
			if _, found := was[i]; found {
				continue
			}
			for from, other := range old {
				if !taken[from] && alike(one, other, fields) {
					was[i], taken[from] = from, true
					break
				}
			}
		}
	}
	return was
}

func alike(one, other any, fields []string) bool {
	a, b := one.(map[string]any), other.(map[string]any)
	for _, field := range fields {
		if a[field] == nil || a[field] != b[field] {
			return false
		}
	}
	return true
}

func withoutKey(trigger any) map[string]any {
	rest := maps.Clone(trigger.(map[string]any))
	delete(rest, "triggerId")
	return rest
}
