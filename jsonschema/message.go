package jsonschema

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// failure is one broken keyword with what is needed to explain it. Its texts
// never quote the document's value, which may be a secret.
type failure struct {
	path    string
	keyword string
	value   any            // what the document has at path
	limit   any            // what the schema says under keyword
	schema  map[string]any // the schema the keyword stands in
	raw     string         // the validator's own words
}

// describe is what a person should read. Keywords it does not know keep the
// validator's words.
func (f failure) describe() (keyword, message string) {
	if f.limit == nil && f.keyword != "type" {
		return f.foreign()
	}
	switch f.keyword {
	case "type":
		return f.keyword, fmt.Sprintf("must be %s, not %s", kinds(f.limit, f.raw), kindOf(f.value))
	case "enum":
		return f.keyword, "must be " + choices(f.limit)
	case "const":
		return f.keyword, "must be " + literal(f.limit)
	case "format":
		return f.keyword, "must be " + formatName(f.limit)
	case "pattern":
		return f.keyword, fmt.Sprintf("must match the pattern %v", f.limit)
	case "minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties":
		return f.keyword, fmt.Sprintf(sizes[f.keyword], f.limit, plural(f.limit))
	case "minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum", "multipleOf":
		return f.keyword, fmt.Sprintf(bounds[f.keyword], f.limit)
	case "uniqueItems":
		return f.keyword, "must not hold the same item twice"
	case "not":
		return f.keyword, "is not allowed here" + f.reason()
	case "contains", "minContains":
		return f.keyword, "lacks a required item"
	case "oneOf":
		return f.keyword, "fits more than one of the allowed forms"
	case "unevaluatedProperties", "unevaluatedItems":
		return f.keyword, "is not allowed here"
	}
	return f.foreign()
}

// foreign explains a failure whose keyword is not at hand: a metaschema's, or
// a schema that is just false.
func (f failure) foreign() (keyword, message string) {
	switch {
	case f.raw == "not allowed":
		return "false", "is not allowed here"
	case f.keyword == "format" && strings.HasSuffix(f.raw, `'regex'`):
		return f.keyword, "must be " + formatName("regex")
	case f.keyword == "format" || f.keyword == "const":
		return f.keyword, "does not have the required form"
	}
	return f.keyword, strings.TrimPrefix(f.raw, "value ")
}

var sizes = map[string]string{
	"minLength": "must have at least %v character%s", "maxLength": "must have at most %v character%s",
	"minItems": "must have at least %v item%s", "maxItems": "must have at most %v item%s",
	"minProperties": "must have at least %v key%s", "maxProperties": "must have at most %v key%s",
}

var bounds = map[string]string{
	"minimum": "must be %v or more", "exclusiveMinimum": "must be more than %v",
	"maximum": "must be %v or less", "exclusiveMaximum": "must be less than %v",
	"multipleOf": "must be a multiple of %v",
}

func plural(limit any) string {
	if fmt.Sprint(limit) == "1" {
		return ""
	}
	return "s"
}

func (f failure) reason() string {
	if text, ok := f.schema["description"].(string); ok {
		return ": " + text
	}
	return ""
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case string:
		return "a string"
	case json.Number, float64:
		return "a number"
	case []any:
		return "an array"
	}
	return "an object"
}

var kindNames = map[string]string{
	"null": "null", "boolean": "a boolean", "string": "a string", "number": "a number",
	"integer": "a whole number", "array": "an array", "object": "an object",
}

func kinds(limit any, raw string) string {
	var names []string
	switch kind := limit.(type) {
	case string:
		names = []string{kindNames[kind]}
	case []any:
		for _, one := range kind {
			name, _ := one.(string)
			names = append(names, kindNames[name])
		}
	default:
		expected, _, _ := strings.Cut(strings.TrimPrefix(raw, "expected "), ",")
		for _, name := range strings.Split(expected, " or ") {
			names = append(names, kindNames[name])
		}
	}
	return strings.Join(names, " or ")
}

// choices lists the values of an enumeration, cut when there are many.
func choices(limit any) string {
	values, _ := limit.([]any)
	if len(values) == 0 {
		return "one of the allowed values"
	}
	const most = 20
	var names []string
	for _, value := range values[:min(len(values), most)] {
		names = append(names, literal(value))
	}
	if len(values) == 1 {
		return names[0]
	}
	if len(values) > most {
		names = append(names, "…")
	}
	return "one of " + strings.Join(names, ", ")
}

// literal is a value of the schema, as JSON, cut to a readable length.
func literal(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "the value the schema names"
	}
	return shorten(string(text), 100)
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

func formatName(limit any) string {
	switch limit {
	case "date-time":
		return "a date and time with offset, such as 2026-03-04T09:30:00Z"
	case "date":
		return "a date, such as 2026-03-04"
	case "duration":
		return "an ISO 8601 duration, such as PT5M"
	case "semver":
		return "a semantic version, such as 1.2.0"
	case "event-pattern":
		return "words separated by dots, where * stands for a word, a trailing * for one or more and ** for any number"
	case "uri":
		return "an absolute URI, such as https://example.com/token"
	case "uuid":
		return "a UUID"
	case "email":
		return "an e-mail address"
	case "regex":
		return "a regular expression of RE2 (no look-around, no back-references)"
	case nil:
		return "in the form the schema names"
	}
	return fmt.Sprintf("in the form %v", limit)
}

// knownKeys are the keys a closed object allows by name, and a test for those
// it allows by pattern.
func (f failure) knownKeys() (names []string, matches func(string) bool) {
	properties, _ := f.schema["properties"].(map[string]any)
	for name := range properties {
		names = append(names, name)
	}
	slices.Sort(names)
	var patterns []*regexp.Regexp
	byPattern, _ := f.schema["patternProperties"].(map[string]any)
	for pattern := range byPattern {
		if compiled, err := regexp.Compile(pattern); err == nil {
			patterns = append(patterns, compiled)
		}
	}
	return names, func(key string) bool {
		return slices.ContainsFunc(patterns, func(p *regexp.Regexp) bool { return p.MatchString(key) })
	}
}

// suggestion names the key that was probably meant, else the allowed ones.
func suggestion(key string, known []string) string {
	for _, name := range known {
		if squeeze(name) == squeeze(key) {
			return fmt.Sprintf("; did you mean %s?", name)
		}
	}
	if len(known) == 0 || len(known) > 12 {
		return ""
	}
	return "; known keys are " + strings.Join(known, ", ")
}

// squeeze drops what spellings of one name differ in.
func squeeze(name string) string {
	return strings.ToLower(strings.NewReplacer("_", "", "-", "", " ", "").Replace(name))
}
