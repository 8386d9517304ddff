package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/jsonschema"
)

// node is a part of a JSON Schema file.
type node map[string]any

// documentOf is the schema of a column, nil for one without.
func documentOf(table, column string) node {
	source := jsonschema.Source(table, column)
	if source == nil {
		return nil
	}
	return parsed(source)
}

func parsed(source []byte) node {
	var n node
	if err := json.Unmarshal(source, &n); err != nil {
		panic(err) // an embedded file, which the tests of jsonschema read
	}
	return n
}

func (n node) text(key string) string { s, _ := n[key].(string); return s }

func (n node) part(key string) node {
	m, _ := n[key].(map[string]any)
	return m
}

// property is one line of a page.
type property struct {
	path, kind, meaning string
	required            bool
}

// deepest bounds how far a page follows a document into itself.
const deepest = 4

func (n node) properties() []property {
	w := walker{root: n, common: parsed(jsonschema.Common())}
	w.walk(n, "", 0, nil)
	return w.found
}

type walker struct {
	root, common node
	found        []property
}

// resolve follows a reference within the file or into the shared shapes. What
// stands beside the reference wins.
func (w *walker) resolve(n node) (node, string) {
	ref := n.text("$ref")
	if ref == "" {
		return n, ""
	}
	file, pointer, _ := strings.Cut(ref, "#/")
	target := w.root
	if file != "" {
		target = w.common
	}
	for key := range strings.SplitSeq(pointer, "/") {
		if target = target.part(key); target == nil {
			return n, ref
		}
	}
	merged := node{}
	for _, from := range []node{target, n} {
		for key, value := range from {
			if key != "$ref" {
				merged[key] = value
			}
		}
	}
	if inner := target.text("$ref"); inner != "" {
		merged["$ref"] = inner
		return w.resolve(merged)
	}
	return merged, ref
}

// walk lists the properties below n; seen are the references on the way, which
// a shape that contains itself would follow for ever.
func (w *walker) walk(n node, path string, depth int, seen []string) {
	n, ref := w.resolve(n)
	if ref != "" {
		if slices.Contains(seen, ref) {
			return
		}
		seen = append(slices.Clone(seen), ref)
	}
	if items := n.part("items"); items != nil {
		w.walk(items, path+"[]", depth, seen)
	}
	if more := n.part("additionalProperties"); more != nil {
		w.entry(more, path, "*", false, depth, seen)
	}
	required, _ := n["required"].([]any)
	for _, name := range sortedKeys(n.part("properties")) {
		w.entry(n.part("properties").part(name), path, name, slices.Contains(required, any(name)), depth, seen)
	}
	for _, key := range []string{"oneOf", "anyOf", "allOf"} {
		ways, _ := n[key].([]any)
		for _, way := range ways {
			if m, ok := way.(map[string]any); ok {
				w.walk(m, path, depth, seen)
			}
		}
	}
}

func (w *walker) entry(n node, path, name string, required bool, depth int, seen []string) {
	full := strings.TrimPrefix(path+"."+name, ".")
	resolved, _ := w.resolve(n)
	meaning := resolved.text("description")
	known := slices.ContainsFunc(w.found, func(p property) bool { return p.path == full })
	if !known && (meaning != "" || name == "*") {
		w.found = append(w.found, property{path: full, kind: w.kind(resolved), meaning: meaning, required: required})
	}
	if depth < deepest {
		w.walk(n, full, depth+1, seen)
	}
}

// kind is the type with what narrows it most.
func (w *walker) kind(n node) string {
	text := ""
	switch t := n["type"].(type) {
	case string:
		text = t
	case []any:
		var names []string
		for _, name := range t {
			names = append(names, fmt.Sprint(name))
		}
		text = strings.Join(names, " or ")
	}
	if values, ok := n["enum"].([]any); ok {
		var words []string
		for _, v := range values {
			words = append(words, fmt.Sprint(v))
		}
		text = strings.Join(words, ", ")
	} else if value, ok := n["const"]; ok {
		text = fmt.Sprint(value)
	} else if format := n.text("format"); format != "" {
		text = strings.TrimSpace(text + " (" + format + ")")
	}
	if items := n.part("items"); items != nil && text == "array" {
		inner, _ := w.resolve(items)
		if kind := w.kind(inner); kind != "" {
			text = "array of " + kind
		}
	}
	if text == "" {
		return "any"
	}
	return text
}
