package jsonschema

import (
	"errors"
	"slices"
	"strings"

	engine "github.com/santhosh-tekuri/jsonschema/v5"

	"github.com/augmentedos/graph/internal/fault"
)

// maxViolations bounds an answer: who has fifty mistakes fixes them in rounds.
const maxViolations = 50

// Violation is one place where a document breaks its schema. Path is a JSON
// Pointer; for a missing key it names where the key belongs. Keyword is the
// JSON Schema keyword that was broken, or size, depth, json, nul, unicode,
// number, budget for what is refused before or beyond any schema. Message
// continues a sentence that begins with the path.
type Violation struct {
	Path    string
	Keyword string
	Message string
}

// Refusal makes violations faults that point into an input, where the document
// stands at path; nil when there are none.
func Refusal(found []Violation, path string) error {
	var all fault.List
	for _, v := range found {
		at := path + v.Path
		all = append(all, fault.Errorf(fault.Validation, "%s %s", at, v.Message).At(at).With("keyword", v.Keyword))
	}
	return all.OrNil()
}

// report turns the validator's error tree into violations.
type report struct {
	schema func(url string) any // part of the schema an address names, nil when unknown
	doc    any
	found  []Violation
}

func (r report) of(err error) []Violation {
	if err == nil {
		return nil
	}
	var tree *engine.ValidationError
	if errors.As(err, &tree) {
		r.collect(tree)
	} else {
		r.add("", "$ref", "cannot be checked: the schema refers to itself without end")
	}
	return sorted(r.found)
}

func sorted(found []Violation) []Violation {
	slices.SortFunc(found, func(a, b Violation) int {
		if c := comparePointers(a.Path, b.Path); c != 0 {
			return c
		}
		if c := strings.Compare(a.Keyword, b.Keyword); c != 0 {
			return c
		}
		return strings.Compare(a.Message, b.Message)
	})
	found = slices.Compact(found)
	return found[:min(len(found), maxViolations)]
}

func (r *report) add(path, keyword, message string) {
	r.found = append(r.found, Violation{Path: path, Keyword: keyword, Message: message})
}

func (r *report) collect(e *engine.ValidationError) {
	if len(e.Causes) == 0 {
		r.leaf(e)
		return
	}
	keyword := lastToken(e.KeywordLocation)
	if e.Message != "" && (keyword == "anyOf" || keyword == "oneOf") {
		r.alternatives(e, keyword)
		return
	}
	for _, cause := range e.Causes {
		r.collect(cause)
	}
}

// alternatives explains a failed anyOf or oneOf by its closest branch, when one
// branch alone fits the kind of value; a list of every branch's complaints
// would bury the one that matters.
func (r *report) alternatives(e *engine.ValidationError, keyword string) {
	branches := e.Causes
	for _, excluding := range []string{"type", "const", "enum"} {
		var left []*engine.ValidationError
		for _, branch := range branches {
			if !failsAt(branch, excluding, e.InstanceLocation) {
				left = append(left, branch)
			}
		}
		if len(left) == 1 {
			r.collect(left[0])
			return
		}
		branches = left
	}
	r.add(plain(e.InstanceLocation), keyword, "fits none of the allowed forms")
}

// failsAt tells that a branch was meant for another value: the keyword is
// broken at the very place of the choice.
func failsAt(branch *engine.ValidationError, keyword, place string) bool {
	if len(branch.Causes) > 0 {
		return slices.ContainsFunc(branch.Causes, func(c *engine.ValidationError) bool { return failsAt(c, keyword, place) })
	}
	return branch.InstanceLocation == place && lastToken(branch.KeywordLocation) == keyword
}

func (r *report) leaf(e *engine.ValidationError) {
	f := failure{
		path:    plain(e.InstanceLocation),
		keyword: lastToken(plain(e.KeywordLocation)),
		raw:     e.Message,
	}
	f.value = at(r.doc, f.path)
	address, pointer, _ := strings.Cut(e.AbsoluteKeywordLocation, "#")
	pointer = plain(pointer)
	f.limit = r.schema(address + "#" + pointer)
	f.schema, _ = r.schema(address + "#" + parentPointer(pointer)).(map[string]any)
	switch f.keyword {
	case "required":
		r.missing(f)
	case "additionalProperties":
		r.unknown(f)
	case "format":
		r.format(f)
	default:
		keyword, message := f.describe()
		r.add(f.path, keyword, message)
	}
}

// missing reports each absent key at its own place.
func (r *report) missing(f failure) {
	object, _ := f.value.(map[string]any)
	required, ok := f.limit.([]any)
	if !ok {
		r.add(f.path, f.keyword, "lacks a required key: "+f.raw)
		return
	}
	for _, key := range required {
		name, _ := key.(string)
		if _, present := object[name]; !present {
			r.add(join(f.path, name), f.keyword, "is required")
		}
	}
}

// unknown reports each key a closed object does not know.
func (r *report) unknown(f failure) {
	object, _ := f.value.(map[string]any)
	known, matches := f.knownKeys()
	if f.schema == nil || len(object) == 0 {
		r.add(f.path, f.keyword, "has a key that is not allowed")
		return
	}
	for key := range object {
		if !slices.Contains(known, key) && !matches(key) {
			r.add(join(f.path, key), f.keyword, "is not a known key"+suggestion(key, known))
		}
	}
}

// format looks into a schema that is part of the document, so that the report
// names the mistake and not just the schema.
func (r *report) format(f failure) {
	if f.limit != "json-schema" && f.limit != "object-schema" {
		keyword, message := f.describe()
		r.add(f.path, keyword, message)
		return
	}
	var broken *fault.Fault
	if errors.As(embeddedSchema(f.value), &broken) {
		r.add(f.path+broken.Path, "schema", broken.Message)
		return
	}
	r.add(join(f.path, "type"), "schema", `must be "object" at the root of this schema`)
}

func lastToken(pointer string) string {
	return unescaper.Replace(pointer[strings.LastIndexByte(pointer, '/')+1:])
}

func parentPointer(pointer string) string {
	if i := strings.LastIndexByte(pointer, '/'); i >= 0 {
		return pointer[:i]
	}
	return ""
}
