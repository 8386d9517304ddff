package definition

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// maxChanges bounds a diff; who has changed that much reads the whole.
const maxChanges = 1000

// Content is what a version says: its row and, of a workflow, its triggers.
type Content struct {
	Row      any
	Triggers []*model.WorkflowEventTrigger
}

// Diff is how the content of one version differs from that of another version
// of the same kind, in the given columns. Parts of lists are told apart by their
// names where they have some, so that a new step at the front is one addition.
func Diff(d *repository.Descriptor, old, new Content, columns []string) ([]*model.DefinitionChange, error) {
	before, err := old.document(d, columns)
	if err != nil {
		return nil, err
	}
	after, err := new.document(d, columns)
	if err != nil {
		return nil, err
	}
	w := &differ{changes: []*model.DefinitionChange{}}
	w.compare("", before, after)
	return w.changes, nil
}

// document is the content as a save spells it.
func (c Content) document(d *repository.Descriptor, columns []string) (map[string]any, error) {
	out, err := document(d, c.Row, columns)
	if err != nil || d != repository.WorkflowDefinitions.Descriptor {
		return out, err
	}
	triggers := make([]any, len(c.Triggers))
	for i, t := range c.Triggers {
		if triggers[i], err = document(repository.WorkflowEventTriggers.Descriptor, t, triggerColumns); err != nil {
			return nil, err
		}
	}
	out[triggersField] = triggers
	return out, nil
}

// triggerColumns are what a save says of a trigger.
var triggerColumns = []string{
	"trigger_id", "name", "description", "event_pattern", "trigger_type", "event_condition", "input_mapping", "correlation_key", "enabled", "priority",
}

// triggersField is where a save has them.
const triggersField = "triggers"

// document is the content of a row as a save spells it; what is null is absent.
func document(d *repository.Descriptor, row any, columns []string) (map[string]any, error) {
	out := make(map[string]any, len(columns))
	for _, column := range columns {
		text, err := json.Marshal(spelled(d.Value(row, column)))
		if err != nil {
			return nil, fmt.Errorf("%s.%s: %w", d.Table, column, err)
		}
		decoder := json.NewDecoder(bytes.NewReader(text))
		decoder.UseNumber()
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, fmt.Errorf("%s.%s: %w", d.Table, column, err)
		}
		if value != nil {
			out[model.InputField(column)] = value
		}
	}
	return out, nil
}

// spelled is a value of a closed vocabulary as GraphQL spells it, another value
// as it is.
func spelled(value any) any {
	if _, closed := value.(interface{ Values() []string }); closed {
		return model.SpellEnum(fmt.Sprint(value))
	}
	return value
}

// differ collects differences in the order of the document.
type differ struct{ changes []*model.DefinitionChange }

func (w *differ) note(kind model.DefinitionChangeKind, path string, from, to any) {
	if len(w.changes) < maxChanges {
		w.changes = append(w.changes, &model.DefinitionChange{Kind: kind, Path: path, From: written(from), To: written(to)})
	}
}

func written(value any) scalar.JSON {
	if value == nil {
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil { // it was read from JSON
		return nil
	}
	return text
}

func (w *differ) compare(path string, old, new any) {
	oldObject, isObject := old.(map[string]any)
	newObject, stillObject := new.(map[string]any)
	oldList, isList := old.([]any)
	newList, stillList := new.([]any)
	switch {
	case isObject && stillObject:
		w.objects(path, oldObject, newObject)
	case isList && stillList && path == "/"+triggersField:
		w.triggers(path, oldList, newList)
	case isList && stillList:
		w.lists(path, oldList, newList)
	case !bytes.Equal(written(old), written(new)):
		w.note(model.DefinitionChangeKindChanged, path, old, new)
	}
}

var pointerToken = strings.NewReplacer("~", "~0", "/", "~1")

func (w *differ) objects(path string, old, new map[string]any) {
	keys := maps.Clone(old)
	maps.Copy(keys, new)
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		place := path + "/" + pointerToken.Replace(key)
		from, was := old[key]
		to, is := new[key]
		switch {
		case !was:
			w.note(model.DefinitionChangeKindAdded, place, nil, to)
		case !is:
			w.note(model.DefinitionChangeKindRemoved, place, from, nil)
		default:
			w.compare(place, from, to)
		}
	}
}

func (w *differ) lists(path string, old, new []any) {
	names := namesOf(old, new)
	if names == nil {
		w.byPlace(path, old, new)
		return
	}
	was := map[string]int{}
	for i, one := range old {
		was[names(one)] = i
	}
	var kept []int // places in old, in the order of new
	is := map[string]bool{}
	for _, one := range new {
		is[names(one)] = true
		if i, ok := was[names(one)]; ok {
			kept = append(kept, i)
		}
	}
	for i, one := range old {
		if !is[names(one)] {
			w.note(model.DefinitionChangeKindRemoved, at(path, i), one, nil)
		}
	}
	stays := inOrder(kept)
	for i, one := range new {
		from, ok := was[names(one)]
		switch {
		case !ok:
			w.note(model.DefinitionChangeKindAdded, at(path, i), nil, one)
			continue
		case !stays[from]:
			w.note(model.DefinitionChangeKindMoved, at(path, i), from, i)
		}
		w.compare(at(path, i), old[from], one)
	}
}

func (w *differ) byPlace(path string, old, new []any) {
	for i := range max(len(old), len(new)) {
		switch {
		case i >= len(old):
			w.note(model.DefinitionChangeKindAdded, at(path, i), nil, new[i])
		case i >= len(new):
			w.note(model.DefinitionChangeKindRemoved, at(path, i), old[i], nil)
		default:
			w.compare(at(path, i), old[i], new[i])
		}
	}
}

func at(path string, index int) string { return path + "/" + strconv.Itoa(index) }

// nameKeys are the keys under which the parts of our documents have their
// names.
var nameKeys = []string{"stepId", "branchId", "nextStepId", "fieldKey", "actionKey", "caseId", "componentId", "id", "key", "taskId", "eventPattern", "title", "value"}

// namesOf finds what tells the parts of two lists apart: a key that all of them
// have with different values, or the values themselves; nil when nothing does.
func namesOf(old, new []any) func(any) string {
	for _, key := range nameKeys {
		name := func(one any) string {
			o, _ := one.(map[string]any)
			text, _ := o[key].(string)
			return text
		}
		if distinct(old, name) && distinct(new, name) {
			return name
		}
	}
	value := func(one any) string {
		switch one.(type) {
		case map[string]any, []any:
			return ""
		}
		return string(written(one))
	}
	if distinct(old, value) && distinct(new, value) {
		return value
	}
	return nil
}

func distinct(list []any, name func(any) string) bool {
	seen := make(map[string]bool, len(list))
	for _, one := range list {
		if n := name(one); n == "" || seen[n] {
			return false
		}
		seen[name(one)] = true
	}
	return true
}

// inOrder finds a longest selection of places that kept their order; the others
// were moved.
func inOrder(places []int) map[int]bool {
	length, before := make([]int, len(places)), make([]int, len(places))
	last := -1
	for i, place := range places {
		length[i], before[i] = 1, -1
		for j := range i {
			if places[j] < place && length[j]+1 > length[i] {
				length[i], before[i] = length[j]+1, j
			}
		}
		if last < 0 || length[i] > length[last] {
			last = i
		}
	}
	stays := map[int]bool{}
	for ; last >= 0; last = before[last] {
		stays[places[last]] = true
	}
	return stays
}
