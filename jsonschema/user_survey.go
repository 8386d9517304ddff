package jsonschema

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

const (
	maxSchemaObjects = 5000 // compiling takes time that grows with their square
	maxAnchors       = 100  // resolving them takes time that grows with their product
	maxPatternSize   = 1000 // steps of one pattern with its repetitions written out
	maxPatternText   = 1024
	maxInPlace       = 32 // schemas applied to one value through $ref, allOf and their like
)

// survey looks at a user's schema before the compiler does: what it is written
// in, where it refers to, and whether checking with it can be bounded.
func survey(root any) error {
	if _, ok := root.(bool); ok {
		return nil
	}
	object, ok := root.(map[string]any)
	if !ok {
		return refuse("", "must be an object, not %s", kindOf(root))
	}
	if err := checkDraft(object); err != nil {
		return err
	}
	m := schemaMap{root: root, parts: map[string]map[string]any{}, anchors: map[string][]string{}, chains: map[string]int{}}
	if err := m.walk("", object); err != nil {
		return err
	}
	for _, pointer := range slices.Sorted(maps.Keys(m.parts)) {
		if _, err := m.chain(pointer); err != nil {
			return err
		}
	}
	return nil
}

// checkDraft refuses dialects we do not speak, rather than guess.
func checkDraft(root map[string]any) error {
	declared, present := root["$schema"]
	if !present {
		return nil
	}
	name, ok := declared.(string)
	if !ok {
		return refuse("/$schema", "must be a string, not %s", kindOf(declared))
	}
	switch strings.TrimSuffix(name, "#") {
	case "http://json-schema.org/draft-07/schema", "https://json-schema.org/draft/2020-12/schema":
		return nil
	}
	return refuse("/$schema", "names a dialect that is not supported; use https://json-schema.org/draft/2020-12/schema or http://json-schema.org/draft-07/schema#")
}

// schemaMap knows the parts of one schema document by their pointers.
type schemaMap struct {
	root    any
	parts   map[string]map[string]any
	anchors map[string][]string
	chains  map[string]int // longest way in place from a part; -1 while it is followed
}

// named are keywords whose value maps names to schemas.
var named = map[string]bool{
	"properties": true, "patternProperties": true, "$defs": true, "definitions": true,
	"dependentSchemas": true, "dependencies": true,
}

// data are keywords whose value is no schema, whatever it looks like.
var data = map[string]bool{"const": true, "enum": true, "default": true, "examples": true, "required": true}

// walk visits a schema and everything that may be a schema below it, unknown
// keywords included, because a reference may lead there.
func (m *schemaMap) walk(pointer string, schema map[string]any) error {
	m.parts[pointer] = schema
	if len(m.parts) > maxSchemaObjects {
		return refuse("", "has more than %d parts", maxSchemaObjects)
	}
	if err := m.keywords(pointer, schema); err != nil {
		return err
	}
	for _, keyword := range slices.Sorted(maps.Keys(schema)) {
		if data[keyword] {
			continue
		}
		if err := m.below(join(pointer, keyword), schema[keyword], named[keyword]); err != nil {
			return err
		}
	}
	return nil
}

func (m *schemaMap) below(pointer string, value any, names bool) error {
	switch value := value.(type) {
	case map[string]any:
		if !names {
			return m.walk(pointer, value)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if err := m.below(join(pointer, name), value[name], false); err != nil {
				return err
			}
		}
	case []any:
		for i, one := range value {
			if err := m.below(item(pointer, i), one, false); err != nil {
				return err
			}
		}
	}
	return nil
}

// keywords checks what one part says about identity, references and patterns.
func (m *schemaMap) keywords(pointer string, schema map[string]any) error {
	if id, ok := schema["$id"].(string); ok && pointer != "" {
		if !strings.HasPrefix(id, "#") {
			return refuse(join(pointer, "$id"), "gives itself an address; only the root may have a $id, use $anchor here")
		}
		m.anchors[id[1:]] = append(m.anchors[id[1:]], pointer)
	}
	for _, keyword := range []string{"$anchor", "$dynamicAnchor"} {
		if name, ok := schema[keyword].(string); ok {
			m.anchors[name] = append(m.anchors[name], pointer)
		}
	}
	if len(m.anchors) > maxAnchors {
		return refuse("", "has more than %d anchors; refer to #/$defs/… instead", maxAnchors)
	}
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if target, ok := schema[keyword].(string); ok && !strings.HasPrefix(target, "#") {
			return refuse(join(pointer, keyword), "refers to another document; only references inside the schema, such as #/$defs/address, are allowed")
		}
	}
	if pattern, ok := schema["pattern"].(string); ok {
		if err := checkPattern(join(pointer, "pattern"), pattern); err != nil {
			return err
		}
	}
	patterns, _ := schema["patternProperties"].(map[string]any)
	for _, pattern := range slices.Sorted(maps.Keys(patterns)) {
		if err := checkPattern(join(pointer, "patternProperties", pattern), pattern); err != nil {
			return err
		}
	}
	return nil
}

// checkPattern bounds a regular expression. Go's matcher is linear in the
// text, but each step costs as much as the pattern is large.
func checkPattern(pointer, pattern string) error {
	if len(pattern) > maxPatternText {
		return refuse(pointer, "is a regular expression of more than %d characters", maxPatternText)
	}
	if patternSize(pattern) > maxPatternSize {
		return refuse(pointer, "repeats too much: written out, the regular expression has more than %d steps", maxPatternSize)
	}
	return nil
}

// chain is the longest way from a part over schemas that apply to the same
// value. Bounding it bounds the validator's stack.
func (m *schemaMap) chain(pointer string) (int, error) {
	if length, known := m.chains[pointer]; known {
		if length < 0 {
			return 0, refuse(pointer, "refers to itself without end")
		}
		return length, nil
	}
	m.chains[pointer] = -1
	next, err := m.inPlace(pointer)
	if err != nil {
		return 0, err
	}
	longest := 1
	for _, to := range next {
		length, err := m.chain(to)
		if err != nil {
			return 0, err
		}
		longest = max(longest, length+1)
	}
	if longest > maxInPlace {
		return 0, refuse(pointer, "applies more than %d schemas to one value, one within the other", maxInPlace)
	}
	m.chains[pointer] = longest
	return longest, nil
}

// inPlace lists the parts that a part applies to the same value.
func (m *schemaMap) inPlace(pointer string) ([]string, error) {
	schema := m.parts[pointer]
	var next []string
	add := func(candidates ...string) {
		for _, candidate := range candidates {
			if _, ok := m.parts[candidate]; ok {
				next = append(next, candidate)
			}
		}
	}
	for _, keyword := range []string{"not", "if", "then", "else"} {
		add(join(pointer, keyword))
	}
	for _, keyword := range []string{"allOf", "anyOf", "oneOf"} {
		branches, _ := schema[keyword].([]any)
		for i := range branches {
			add(item(join(pointer, keyword), i))
		}
	}
	for _, keyword := range []string{"dependentSchemas", "dependencies"} {
		byName, _ := schema[keyword].(map[string]any)
		for name := range byName {
			add(join(pointer, keyword, name))
		}
	}
	for _, keyword := range []string{"$ref", "$dynamicRef", "$recursiveRef"} {
		if target, ok := schema[keyword].(string); ok {
			targets, err := m.targets(join(pointer, keyword), target)
			if err != nil {
				return nil, err
			}
			add(targets...)
		}
	}
	return next, nil
}

// targets resolves a reference inside the document.
func (m *schemaMap) targets(place, ref string) ([]string, *fault.Fault) {
	fragment, err := url.PathUnescape(strings.TrimPrefix(ref, "#"))
	if err != nil {
		return nil, refuse(place, "is not a valid reference")
	}
	if fragment == "" || fragment == "/" {
		return []string{""}, nil
	}
	if !strings.HasPrefix(fragment, "/") {
		if pointers := m.anchors[fragment]; len(pointers) > 0 {
			return pointers, nil
		}
		return nil, refuse(place, "refers to an anchor that does not exist")
	}
	if _, ok := m.parts[fragment]; ok {
		return []string{fragment}, nil
	}
	if _, ok := at(m.root, fragment).(bool); ok {
		return nil, nil
	}
	return nil, refuse(place, "refers to a place that does not exist or holds no schema")
}
