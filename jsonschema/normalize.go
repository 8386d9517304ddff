package jsonschema

import (
	"encoding/json"
	"slices"

	"github.com/augmentedos/graph/internal/fault"
)

// Change is one thing Normalize did. Path is where it was in the document as
// it came; From is what stood there, nil when something was added; To is what
// stands there now, nil when it was removed or went where Note says.
type Change struct {
	Path string
	From json.RawMessage
	To   json.RawMessage
	Note string
}

// Normalize turns the older spellings of a column's document into the one the
// column's schema describes. What it does not recognise it leaves alone, for
// Validate to judge. It never loses anything without a Change that holds it.
// Key order and the text of numbers survive; a document that is canonical
// already comes back as it is, so normalising twice changes nothing. The error
// is a *fault.Fault for text that cannot be stored at all.
func Normalize(table, column string, doc []byte) (canonical []byte, changes []Change, err error) {
	if v := inspect(doc, maxDocumentSize, maxDocumentDepth); v != nil {
		return nil, nil, fault.Errorf(fault.Validation, "the document %s", v.Message).At(v.Path)
	}
	value, err := decodeOrdered(doc)
	if err != nil {
		return nil, nil, fault.Wrap(err, fault.Validation, "the document cannot be read")
	}
	n := &normalizer{}
	rule, hasRule := rules()[table+"."+column]
	file := table + "." + column + suffix
	schema, _ := parsedFiles()[file].(map[string]any)
	// A key that went away or got its name can let another rule apply, so the
	// rules run until they have nothing left to do.
	for range maxPasses {
		before := len(n.changes)
		n.dropNulls(schema, value, "", file)
		if hasRule {
			value = rule(n, value)
		}
		if len(n.changes) == before {
			break
		}
	}
	if len(n.changes) == 0 {
		return doc, nil, nil
	}
	return encodeOrdered(value), n.changes, nil
}

// maxPasses is beyond what any document needs; it only makes the end certain.
const maxPasses = 8

// rules are the columns that have older spellings.
func rules() map[string]func(*normalizer, any) any {
	return map[string]func(*normalizer, any) any{
		"workflow_definitions.steps":              (*normalizer).steps,
		"workflow_definitions.compensation_steps": (*normalizer).compensationSteps,
		"workflow_definitions.ui_components":      (*normalizer).componentList,
		"workflow_definitions.execution_log":      (*normalizer).executionLog,
		"workflow_instances.state":                (*normalizer).state,
		"task_definitions.retry_policy":           (*normalizer).taskRetryPolicy,
		"task_definitions.execution_config":       (*normalizer).executionConfig,
		"task_definitions.ui_components":          (*normalizer).componentList,
		"task_instances.retry_policy":             (*normalizer).taskRetryPolicy,
		"integration_definitions.methods":         (*normalizer).methods,
		"integration_definitions.config_schema":   (*normalizer).configSchema,
		"integration_instances.status":            (*normalizer).connectionStatus,
		"integration_instances.credentials_meta":  (*normalizer).credentialsMeta,
		"test_definitions.cases":                  (*normalizer).cases,
	}
}

// normalizer collects what it changes.
type normalizer struct{ changes []Change }

func (n *normalizer) changed(path string, from, to any, note string) {
	n.changes = append(n.changes, Change{Path: path, From: encodeOrdered(from), To: encodeOrdered(to), Note: note})
}

func (n *normalizer) added(path string, to any, note string) {
	n.changes = append(n.changes, Change{Path: path, To: encodeOrdered(to), Note: note})
}

func (n *normalizer) removed(path string, from any, note string) {
	n.changes = append(n.changes, Change{Path: path, From: encodeOrdered(from), Note: note})
}

// rename moves a value to its present name.
func (n *normalizer) rename(o *object, path, from, to string) {
	if o.rename(from, to) {
		n.changed(join(path, from), o.get(to), o.get(to), from+" is now called "+to)
	}
}

// dropNulls takes away keys that hold null where the schema knows the key, does
// not require it and has no use for null: a writer's way of saying "absent".
func (n *normalizer) dropNulls(schema map[string]any, value any, path, file string) {
	if ref, ok := schema["$ref"].(string); ok {
		target, targetFile := deref(ref, file)
		n.dropNulls(target, value, path, targetFile)
	}
	switch value := value.(type) {
	case []any:
		items, _ := schema["items"].(map[string]any)
		if items == nil {
			return
		}
		for i, one := range value {
			n.dropNulls(items, one, item(path, i), file)
		}
	case *object:
		properties, _ := schema["properties"].(map[string]any)
		others, _ := schema["additionalProperties"].(map[string]any)
		required, _ := schema["required"].([]any)
		for _, key := range slices.Clone(value.keys) {
			property, named := properties[key].(map[string]any)
			if !named {
				property = others
			}
			if property == nil {
				continue
			}
			if value.get(key) == nil {
				if named && !slices.Contains(required, any(key)) && !admitsNull(property, file) {
					n.removed(join(path, key), nil, "null stands for an absent key")
					value.delete(key)
				}
				continue
			}
			n.dropNulls(property, value.get(key), join(path, key), file)
		}
	}
}

// admitsNull tells whether null is a value of its own for a property.
func admitsNull(schema map[string]any, file string) bool {
	if ref, ok := schema["$ref"].(string); ok {
		target, targetFile := deref(ref, file)
		return admitsNull(target, targetFile)
	}
	switch kind := schema["type"].(type) {
	case string:
		return kind == "null"
	case []any:
		return slices.Contains(kind, any("null"))
	}
	return true
}

// deref follows a reference between our own schema files.
func deref(ref, file string) (schema map[string]any, inFile string) {
	url := base + file + ref
	inFile = file
	if ref[0] != '#' {
		url = base + ref
		inFile = common
	}
	schema, _ = embedded(url).(map[string]any)
	return schema, inFile
}

// withKeys copies the named keys of an object into a new one, in their order.
func withKeys(o *object, keys ...string) *object {
	picked := newObject()
	for _, key := range o.keys {
		if slices.Contains(keys, key) {
			picked.set(key, o.get(key))
		}
	}
	return picked
}

// otherKeys lists the keys of an object beyond the named ones.
func otherKeys(o *object, known ...string) []string {
	return slices.DeleteFunc(slices.Clone(o.keys), func(key string) bool { return slices.Contains(known, key) })
}
