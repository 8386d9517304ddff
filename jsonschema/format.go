package jsonschema

import (
	"encoding/json"
	"regexp"
)

var (
	durationForm = regexp.MustCompile(`^P(?:\d+W|(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d{1,9})?S)?)?)$`)
	semverForm   = regexp.MustCompile(`^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?$`)
)

// formats are the named forms our schema files use beyond the standard ones.
// json-schema and object-schema apply to objects: a user's schema inside a
// document is compiled while the document is checked.
func formats() map[string]func(any) bool {
	return map[string]func(any) bool{
		"duration":      onText(isDuration),
		"semver":        onText(semverForm.MatchString),
		"event-pattern": onText(func(text string) bool { return patternMistake(text, true) == "" }),
		"json-schema":   func(v any) bool { return embeddedSchema(v) == nil },
		"object-schema": func(v any) bool { return embeddedSchema(v) == nil && rootIsObject(v) },
	}
}

// onText lets values of other types pass: their type is reported already.
func onText(valid func(string) bool) func(any) bool {
	return func(v any) bool {
		text, ok := v.(string)
		return !ok || valid(text)
	}
}

// isDuration accepts ISO 8601 with fractions of a second and refuses a
// designator that nothing follows.
func isDuration(text string) bool {
	last := len(text) - 1
	return last > 0 && text[last] != 'P' && text[last] != 'T' && durationForm.MatchString(text)
}

// embeddedSchema compiles a user's schema found inside a document.
func embeddedSchema(v any) error {
	if _, ok := v.(map[string]any); !ok {
		return nil
	}
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	_, err = Compile(text)
	return err
}

// rootIsObject holds when a schema admits objects at its root, as far as its
// type says.
func rootIsObject(v any) bool {
	schema, ok := v.(map[string]any)
	if !ok {
		return true
	}
	switch kind := schema["type"].(type) {
	case string:
		return kind == "object"
	case []any:
		for _, one := range kind {
			if one == "object" {
				return true
			}
		}
		return false
	}
	return true
}
