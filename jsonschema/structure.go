package jsonschema

import (
	"fmt"
	"strings"
)

// Severity ranks a problem. An ERROR refuses the definition, a WARNING or an
// INFO is told beside the saved one.
type Severity string

// The severities.
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
	Info    Severity = "INFO"
)

// Problem is something about a definition that no JSON Schema can express.
// Path is a JSON Pointer into the row seen as an object of its columns, such as
// /steps/3/next/0/nextStepId. Code is stable, Message continues a sentence that
// begins with the path.
type Problem struct {
	Severity Severity
	Code     string
	Path     string
	Message  string
}

// Options say how strictly a definition is looked at. References to other
// definitions are not followed here; the caller resolves them.
type Options struct {
	// Activating makes errors of what a draft may still lack.
	Activating bool
	// Expression checks one text where expressions stand. Its problems get the
	// path of the text in front of their own. Without it texts are not checked.
	Expression func(place ExpressionPlace, text string) []Problem
}

// ExpressionPlace tells where an expression stands, hence what it may refer
// to. The words are those of the expression language's own places.
type ExpressionPlace string

// The places of expressions in definitions.
const (
	PlaceTrigger      ExpressionPlace = "TRIGGER"
	PlaceFilter       ExpressionPlace = "SUBSCRIPTION_FILTER"
	PlaceCancellation ExpressionPlace = "CANCELLATION"
	PlaceTransition   ExpressionPlace = "TRANSITION"
	PlaceStepInput    ExpressionPlace = "STEP_INPUT"
	PlaceHandler      ExpressionPlace = "HANDLER"
	PlaceCompensation ExpressionPlace = "COMPENSATION"
	PlaceUICondition  ExpressionPlace = "UI_CONDITION"
	PlaceVisibility   ExpressionPlace = "VISIBILITY"
	PlaceAssignment   ExpressionPlace = "ASSIGNMENT"
)

// findings collects problems in the order of the document.
type findings struct {
	options  Options
	problems []Problem
}

func (f *findings) add(severity Severity, code, path, format string, args ...any) {
	f.problems = append(f.problems, Problem{Severity: severity, Code: code, Path: path, Message: fmt.Sprintf(format, args...)})
}

// lacks reports what a draft may still miss and an active version may not.
func (f *findings) lacks(code, path, format string, args ...any) {
	severity := Warning
	if f.options.Activating {
		severity = Error
	}
	f.add(severity, code, path, format, args...)
}

// read decodes one document of a definition; an absent one is nil.
func (f *findings) read(doc []byte, path string) any {
	if len(doc) == 0 {
		return nil
	}
	if v := inspect(doc, maxDocumentSize, maxDocumentDepth); v != nil {
		f.add(Error, "INVALID_JSON", path+v.Path, "%s", v.Message)
		return nil
	}
	value, err := decodeOrdered(doc)
	if err != nil {
		f.add(Error, "INVALID_JSON", path, "cannot be read")
		return nil
	}
	return value
}

func (f *findings) readList(doc []byte, path string) []any {
	list, _ := f.read(doc, path).([]any)
	return list
}

func (f *findings) readObject(doc []byte, path string) *object {
	o, _ := f.read(doc, path).(*object)
	return o
}

// expression has one text checked.
func (f *findings) expression(place ExpressionPlace, value any, path string) {
	text, ok := value.(string)
	if !ok || strings.TrimSpace(text) == "" || f.options.Expression == nil {
		return
	}
	for _, problem := range f.options.Expression(place, text) {
		problem.Path = path + problem.Path
		f.problems = append(f.problems, problem)
	}
}

// mapping has every text of a document with expressions checked.
func (f *findings) mapping(place ExpressionPlace, value any, path string) {
	switch value := value.(type) {
	case string:
		f.expression(place, value, path)
	case []any:
		for i, one := range value {
			f.mapping(place, one, item(path, i))
		}
	case *object:
		for _, key := range value.keys {
			f.mapping(place, value.get(key), join(path, key))
		}
	}
}

// schema reports a stored JSON Schema that does not compile.
func (f *findings) schema(doc []byte, path string) *Schema {
	if len(doc) == 0 {
		return nil
	}
	schema, err := Compile(doc)
	if err != nil {
		place, message := schemaMistake(err)
		f.add(Error, "INVALID_SCHEMA", path+place, "%s", message)
		return nil
	}
	return schema
}

// eachObject visits the objects of a list with their paths.
func eachObject(list []any, path string, visit func(path string, o *object)) {
	for i, one := range list {
		if o, ok := one.(*object); ok {
			visit(item(path, i), o)
		}
	}
}

// unique reports a name that was used before. Empty names are left to the
// schema.
type unique struct {
	f    *findings
	what string
	seen map[string]string
}

func (f *findings) unique(what string) unique {
	return unique{f: f, what: what, seen: map[string]string{}}
}

func (u unique) check(name, path string) {
	if name == "" {
		return
	}
	if first, taken := u.seen[name]; taken {
		u.f.add(Error, "DUPLICATE_ID", path, "repeats the %s %q of %s", u.what, name, first)
		return
	}
	u.seen[name] = path
}
