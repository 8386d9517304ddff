package jsonschema_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/jsonschema"
)

func TestTheExampleOfEveryColumnIsAccepted(t *testing.T) {
	t.Parallel()
	for _, name := range jsonschema.Columns() {
		table, column, _ := strings.Cut(name, ".")
		require.Empty(t, jsonschema.Validate(table, column, example(t, name)), name)
	}
}

// Every named property of every schema file occurs in its example; each example
// is then broken in every way the schema speaks about, one at a time, and each
// broken copy must be refused.
func TestEveryBrokenCopyOfAnExampleIsRefused(t *testing.T) {
	t.Parallel()
	total := map[string]int{}
	for _, name := range jsonschema.Columns() {
		table, column, _ := strings.Cut(name, ".")
		m := newMutator(t, name)
		m.visit(m.schema, m.doc, "", func(v any) []byte { return encode(t, v) })
		for _, mutant := range m.mutants {
			total[mutant.kind]++
			violations := jsonschema.Validate(table, column, mutant.doc)
			require.NotEmpty(t, violations, "%s: %s at %q is accepted:\n%s", name, mutant.kind, mutant.path, mutant.doc)
			for _, v := range violations {
				require.NotEmpty(t, v.Message, "%s: %+v", name, v)
				require.NotEmpty(t, v.Keyword, "%s: %+v", name, v)
			}
		}
		require.Empty(t, m.unseen(), "%s: the example lacks these properties, so they are never tested", name)
	}
	t.Logf("mutants refused: %v", total)
	require.GreaterOrEqual(t, total["wrong type"], 450)
	require.GreaterOrEqual(t, total["unknown key"], 60)
	require.GreaterOrEqual(t, total["missing key"], 80)
	require.GreaterOrEqual(t, total["not in the enumeration"], 40)
	require.GreaterOrEqual(t, total["wrong form"], 40)
	require.GreaterOrEqual(t, total["out of range"], 60)
}

type mutant struct {
	kind, path string
	doc        []byte
}

// mutator walks schema and example side by side. Schemas are taken from the
// files as text, independently of how the package reads them.
type mutator struct {
	t       *testing.T
	files   map[string]any
	schema  map[string]any
	file    string
	doc     any
	mutants []mutant
	named   map[string]bool // schema address of a named property: seen in the example
}

func newMutator(t *testing.T, name string) *mutator {
	m := &mutator{t: t, files: map[string]any{}, file: name + ".schema.json", named: map[string]bool{}}
	for source, text := range sources() {
		var schema any
		require.NoError(t, json.Unmarshal(text, &schema))
		m.files[source+".schema.json"] = schema
	}
	m.schema = m.files[m.file].(map[string]any)
	m.note(m.schema)
	require.NoError(t, json.Unmarshal(example(t, name), &m.doc))
	return m
}

// note lists the named properties a schema has, references followed once.
func (m *mutator) note(schema any) {
	switch schema := schema.(type) {
	case []any:
		for _, one := range schema {
			m.note(one)
		}
	case map[string]any:
		for keyword, value := range schema {
			switch keyword {
			case "properties":
				for _, property := range value.(map[string]any) {
					address := fmt.Sprintf("%p", property)
					if _, known := m.named[address]; !known {
						_, refused := property.(map[string]any)["not"]
						m.named[address] = refused
						m.note(property)
					}
				}
			case "if", "then":
			case "$ref":
				m.note(m.deref(value.(string)))
			default:
				if keyword != "$defs" {
					m.note(value)
				}
			}
		}
	}
}

func (m *mutator) unseen() []string {
	var left []string
	for name, text := range m.files {
		eachNamed(text, "", func(pointer string, property map[string]any) {
			if seen, known := m.named[fmt.Sprintf("%p", property)]; known && !seen {
				left = append(left, name+"#"+pointer)
			}
		})
	}
	sort.Strings(left)
	return left
}

func (m *mutator) deref(ref string) map[string]any {
	file, pointer, _ := strings.Cut(ref, "#/$defs/")
	if file == "" {
		file = m.file
	}
	return m.files[file].(map[string]any)["$defs"].(map[string]any)[pointer].(map[string]any)
}

func (m *mutator) visit(schema map[string]any, value any, path string, rebuild func(any) []byte) {
	add := func(kind string, broken any) {
		m.mutants = append(m.mutants, mutant{kind: kind, path: path, doc: rebuild(broken)})
	}
	if ref, ok := schema["$ref"].(string); ok {
		m.visit(m.deref(ref), value, path, rebuild)
	}
	if kinds := typesOf(schema["type"]); len(kinds) > 0 {
		add("wrong type", wrongType(kinds))
	}
	if schema["enum"] != nil {
		add("not in the enumeration", "no-such-word")
	}
	if schema["format"] != nil {
		switch value.(type) {
		case string:
			add("wrong form", "not in this form")
		default:
			add("wrong form", map[string]any{"type": "no-such-type"})
		}
	}
	if low, ok := schema["minimum"].(float64); ok {
		add("out of range", low-1)
	}
	if _, ok := schema["maxLength"]; ok && len(typesOf(schema["type"])) == 1 {
		add("out of range", strings.Repeat("x", int(schema["maxLength"].(float64))+1))
	}
	if schema["minLength"] != nil {
		add("out of range", "")
	}
	switch value := value.(type) {
	case map[string]any:
		m.object(schema, value, path, rebuild)
	case []any:
		m.array(schema, value, path, rebuild)
	}
}

func (m *mutator) object(schema, value map[string]any, path string, rebuild func(any) []byte) {
	with := func(key string, child any) map[string]any {
		copied := map[string]any{}
		for k, v := range value {
			copied[k] = v
		}
		copied[key] = child
		return copied
	}
	if schema["additionalProperties"] == false {
		m.mutants = append(m.mutants, mutant{"unknown key", path, rebuild(with("noSuchKey", 1))})
	}
	required, _ := schema["required"].([]any)
	for _, key := range required {
		copied := with("", nil)
		delete(copied, "")
		delete(copied, key.(string))
		m.mutants = append(m.mutants, mutant{"missing key", path, rebuild(copied)})
	}
	properties, _ := schema["properties"].(map[string]any)
	other, _ := schema["additionalProperties"].(map[string]any)
	for key, child := range value {
		property, _ := properties[key].(map[string]any)
		if property != nil {
			m.named[fmt.Sprintf("%p", any(property))] = true
		} else {
			property = other
		}
		if property != nil {
			m.visit(property, child, path+"/"+key, func(v any) []byte { return rebuild(with(key, v)) })
		}
	}
	for key, property := range properties {
		if _, refused := property.(map[string]any)["not"]; refused {
			m.mutants = append(m.mutants, mutant{"refused key", path, rebuild(with(key, "x"))})
		}
	}
}

func (m *mutator) array(schema map[string]any, value []any, path string, rebuild func(any) []byte) {
	items, ok := schema["items"].(map[string]any)
	if !ok {
		return
	}
	if schema["uniqueItems"] == true {
		m.mutants = append(m.mutants, mutant{"repeated item", path, rebuild(append(slices.Clone(value), value[0]))})
	}
	for i, child := range value {
		m.visit(items, child, fmt.Sprintf("%s/%d", path, i), func(v any) []byte {
			copied := slices.Clone(value)
			copied[i] = v
			return rebuild(copied)
		})
	}
}

func typesOf(kind any) []string {
	switch kind := kind.(type) {
	case string:
		return []string{kind}
	case []any:
		var kinds []string
		for _, one := range kind {
			kinds = append(kinds, one.(string))
		}
		return kinds
	}
	return nil
}

// wrongType is a value of a type the schema does not allow.
func wrongType(kinds []string) any {
	for kind, value := range map[string]any{"boolean": true, "array": []any{}} {
		if !slices.Contains(kinds, kind) {
			return value
		}
	}
	return nil
}

func encode(t *testing.T, value any) []byte {
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return text
}
