package jsonschema

import (
	"encoding/json"
	"slices"
	"strings"
)

// stepTypes are the kinds of step the product knows.
var stepTypes = []string{"TASK", "HUMAN_TASK", "EVENT_WAIT", "DECISION", "PARALLEL", "DELAYED_TASK", "START", "END"}

// steps brings the three dialects of a step list together: ways on are `next`
// (or `transitions` when they go by outcome), strands are `parallelBranches`,
// times are durations, and every step whose kind can be told says it.
func (n *normalizer) steps(value any) any {
	list, _ := value.([]any)
	n.stepList(list, "", true)
	return value
}

func (n *normalizer) stepList(list []any, path string, top bool) {
	for i, one := range list {
		step, ok := one.(*object)
		if !ok {
			continue
		}
		place := item(path, i)
		n.upperWord(step, place, "type", stepTypes)
		n.branches(step, place)
		decides := step.has("choices")
		n.choices(step, place)
		n.transitions(step, place)
		n.stepRetryPolicy(step, place)
		n.milliseconds(step, place, "timeout")
		n.milliseconds(step, place, "delay")
		if !step.has("type") {
			if kind := inferType(step, top, i == 0, decides); kind != "" {
				step.setAfter("stepId", "type", kind)
				n.added(join(place, "type"), kind, "the kind of step follows from its other keys")
			}
		}
	}
}

// upperWord spells a word of an enumeration the way it is stored.
func (n *normalizer) upperWord(o *object, path, key string, words []string) {
	text := o.text(key)
	upper := strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(text))
	if text != upper && slices.Contains(words, upper) {
		o.set(key, upper)
		n.changed(join(path, key), text, upper, "the word is stored in upper case")
	}
}

func (n *normalizer) branches(step *object, path string) {
	key := "parallelBranches"
	if !step.has(key) && step.list("branches") != nil {
		step.rename("branches", key)
		n.changed(join(path, "branches"), step.get(key), step.get(key), "branches is now called parallelBranches")
		key = "branches"
	}
	for i, one := range step.list("parallelBranches") {
		branch, ok := one.(*object)
		if !ok {
			continue
		}
		place := item(join(path, key), i)
		n.rename(branch, place, "name", "branchId")
		n.stepList(branch.list("steps"), join(place, "steps"), false)
	}
}

// choices turns a decision's choices and their default into ways on.
func (n *normalizer) choices(step *object, path string) {
	fallback, hasDefault := step.get("default").(string)
	if !step.has("choices") && !hasDefault || len(step.list("next")) > 0 {
		return
	}
	ways, ok := waysOn(step.list("choices"), fallback)
	if step.has("choices") && step.list("choices") == nil || !ok {
		return
	}
	before := withKeys(step, "choices", "default")
	if step.has("next") {
		step.delete("next")
	}
	if !step.rename("choices", "next") {
		step.rename("default", "next")
	}
	step.delete("default")
	step.set("next", ways)
	n.changed(path, before, newObject().set("next", ways), "choices and their default are ways on, in the same order")
}

// transitions turns conditions, and a default alone, into ways on. A map by
// outcome stays: an outcome is not a condition.
func (n *normalizer) transitions(step *object, path string) {
	old := step.object("transitions")
	if old == nil || len(step.list("next")) > 0 {
		return
	}
	fallback, hasDefault := old.get("default").(string)
	conditions, hasConditions := old.get("conditions").([]any)
	known := 0
	if hasDefault {
		known++
	}
	if hasConditions {
		known++
	}
	if known == 0 || known < len(old.keys) {
		return
	}
	ways, ok := waysOn(conditions, fallback)
	if !ok {
		return
	}
	step.delete("next")
	step.rename("transitions", "next")
	step.set("next", ways)
	n.changed(join(path, "transitions"), old, ways, "conditions and their default are ways on, in the same order")
}

// waysOn builds next entries from entries that call their target nextStep.
func waysOn(entries []any, fallback string) ([]any, bool) {
	ways := []any{}
	for _, one := range entries {
		entry, ok := one.(*object)
		if !ok {
			return nil, false
		}
		way := entry.clone()
		if !way.rename("nextStep", "nextStepId") && !way.has("nextStepId") {
			return nil, false
		}
		ways = append(ways, way)
	}
	if fallback != "" {
		ways = append(ways, newObject().set("nextStepId", fallback))
	}
	return ways, true
}

// milliseconds turns a number of milliseconds into a duration.
func (n *normalizer) milliseconds(o *object, path, key string) {
	number, ok := o.get(key).(json.Number)
	if !ok {
		return
	}
	if text, ok := durationOf(number); ok {
		o.set(key, text)
		n.changed(join(path, key), number, text, "milliseconds are written as a duration")
	}
}

// inferType tells the kind of step from its keys, "" for one that only passes
// control on. Within a branch the first and the last step are not the
// workflow's.
func inferType(step *object, top, first, decides bool) string {
	ends := len(step.list("next")) == 0 && !step.has("transitions")
	switch {
	case step.has("taskId") && step.has("delay"):
		return "DELAYED_TASK"
	case step.has("taskId"):
		return "TASK"
	case step.has("taskDefinition"):
		return "HUMAN_TASK"
	case step.has("eventPattern"):
		return "EVENT_WAIT"
	case step.has("parallelBranches"):
		return "PARALLEL"
	case decides:
		return "DECISION"
	case top && ends:
		return "END"
	case top && first:
		return "START"
	case slices.ContainsFunc(step.list("next"), isConditional):
		return "DECISION"
	}
	return ""
}

func isConditional(way any) bool {
	entry, ok := way.(*object)
	return ok && entry.text("condition") != ""
}

// compensationSteps only spells the type of its entries.
func (n *normalizer) compensationSteps(value any) any {
	list, _ := value.([]any)
	for i, one := range list {
		if step, ok := one.(*object); ok {
			n.upperWord(step, item("", i), "type", stepTypes)
		}
	}
	return value
}
