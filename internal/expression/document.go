package expression

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// Style says how the texts inside a document are read.
type Style int

const (
	// Mapping reads every text with ParseMapping and takes dotted keys for
	// nested targets: input_mapping, step input.
	Mapping Style = iota
	// Filled reads every text with ParseTemplate and leaves keys alone:
	// payload_template.
	Filled
)

const maxDocument = 256 << 10 // bytes of a document with expressions

// Document is a parsed JSON document with expressions in place of values. All
// its expressions share one budget when it is evaluated.
type Document struct {
	style Style
	root  any // *Program, map[string]any and []any of such, or a constant
}

// ParseDocument reads a stored mapping or template. A fault's Path points at the
// expression that does not parse.
func ParseDocument(raw []byte, style Style) (*Document, error) {
	if len(raw) > maxDocument {
		return nil, fault.Errorf(fault.Validation, "The mapping has %d bytes, %d are allowed.", len(raw), maxDocument).
			Hint("Map fewer fields, or pass a whole object with one expression.")
	}
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fault.Wrap(err, fault.Validation, "The mapping is not valid JSON.").Hint("Write one JSON object: target field, expression.")
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.Errorf(fault.Validation, "The mapping has text behind its end.").Hint("Write one JSON object.")
	}
	d := &Document{style: style}
	root, err := d.compile(value, "", 0)
	if err != nil {
		return nil, err
	}
	d.root = root
	return d, nil
}

func (d *Document) compile(value any, path string, depth int) (any, error) {
	if depth > maxDepth {
		return nil, fault.Errorf(fault.Validation, "The mapping is nested more than %d levels deep.", maxDepth).
			Hint("Pass a whole object with one expression.").At(path)
	}
	switch v := value.(type) {
	case string:
		return d.program(v, path)
	case []any:
		entries := make([]any, len(v))
		for i, entry := range v {
			compiled, err := d.compile(entry, path+"/"+strconv.Itoa(i), depth+1)
			if err != nil {
				return nil, err
			}
			entries[i] = compiled
		}
		return entries, nil
	case map[string]any:
		return d.compileObject(v, path, depth)
	}
	return value, nil
}

func (d *Document) program(source, path string) (any, error) {
	parse := ParseMapping
	if d.style == Filled {
		parse = ParseTemplate
	}
	program, err := parse(source)
	var f *fault.Fault
	if errors.As(err, &f) {
		return nil, f.At(path)
	}
	return program, nil
}

func (d *Document) compileObject(object map[string]any, path string, depth int) (any, error) {
	compiled := map[string]any{}
	for _, key := range slices.Sorted(maps.Keys(object)) {
		at := path + "/" + pointerEscape(key)
		value, err := d.compile(object[key], at, depth+1)
		if err != nil {
			return nil, err
		}
		if !d.place(compiled, key, value) {
			return nil, fault.Errorf(fault.Validation, "The target %s is given twice.", key).
				Hint("Give each target one value; a.b is field b of target a.").At(at)
		}
	}
	return compiled, nil
}

func pointerEscape(key string) string {
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(key)
}

// place puts value under key, taking a dotted key of a mapping apart.
func (d *Document) place(object map[string]any, key string, value any) bool {
	first, rest, dotted := strings.Cut(key, ".")
	if d.style != Mapping || !dotted || first == "" || rest == "" {
		before, taken := object[key]
		inner, okInner := value.(map[string]any)
		outer, okOuter := before.(map[string]any)
		if taken && okInner && okOuter {
			for key, value := range inner {
				if !d.place(outer, key, value) {
					return false
				}
			}
			return true
		}
		object[key] = value
		return !taken
	}
	inner, ok := object[first].(map[string]any)
	if _, taken := object[first]; taken && !ok {
		return false
	} else if !taken {
		inner = map[string]any{}
		object[first] = inner
	}
	return d.place(inner, rest, value)
}

// Eval computes every expression of the document. A field whose source is
// missing is left out; an entry of a list becomes null, so that the others keep
// their positions. A document that is one missing expression is Undefined.
func (d *Document) Eval(ctx context.Context, env Env) (any, error) {
	e := newEvaluator(ctx, env)
	value := e.document(d.root)
	if e.err != nil {
		return Undefined{}, e.failure()
	}
	return value, nil
}

func (e *evaluator) document(n any) any {
	if !e.spend(1) {
		return Undefined{}
	}
	switch n := n.(type) {
	case *Program:
		return e.eval(n.root)
	case []any:
		entries := make([]any, len(n))
		for i, entry := range n {
			if entries[i] = e.document(entry); missing(entries[i]) {
				entries[i] = nil
			}
		}
		return entries
	case map[string]any:
		return e.object(n)
	}
	return n
}

// object leaves out what is missing, and targets that exist only for what is.
func (e *evaluator) object(n map[string]any) map[string]any {
	object := make(map[string]any, len(n))
	for key, entry := range n {
		value := e.document(entry)
		inner, nested := value.(map[string]any)
		_, given := entry.(map[string]any)
		if missing(value) || nested && given && len(inner) == 0 && len(entry.(map[string]any)) > 0 {
			continue
		}
		object[key] = value
	}
	return object
}

// Programs visits every expression of the document with its JSON Pointer.
func (d *Document) Programs(visit func(path string, p *Program)) { visitPrograms(d.root, "", visit) }

func visitPrograms(n any, path string, visit func(string, *Program)) {
	switch n := n.(type) {
	case *Program:
		visit(path, n)
	case []any:
		for i, entry := range n {
			visitPrograms(entry, path+"/"+strconv.Itoa(i), visit)
		}
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(n)) {
			visitPrograms(n[key], path+"/"+pointerEscape(key), visit)
		}
	}
}
