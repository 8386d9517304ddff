package jsonschema

import (
	"fmt"
	"regexp"
	"strings"
)

// jsonPathPart is one part of a JSONPath after the root: .name, .*, ..name,
// [0], [-1], [1:3], [*], ['name'].
var jsonPathPart = regexp.MustCompile(`^(?:\.{1,2}(?:\*|[\pL_][\pL\pN_-]*)|\.?\.?\[(?:\*|-?\d{1,9}|-?\d{0,9}:-?\d{0,9}|'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\])`)

// jsonPathMistake says what is wrong with a JSONPath, "" when nothing is.
// Filters are left out: they are expressions, and expressions have their own
// places.
func jsonPathMistake(path string) string {
	rest, ok := strings.CutPrefix(path, "$")
	if !ok {
		return "must begin with $, such as $.output.total"
	}
	for rest != "" {
		part := jsonPathPart.FindString(rest)
		if part == "" {
			return fmt.Sprintf("cannot be read as a JSONPath from character %d on", len([]rune(path))-len([]rune(rest))+1)
		}
		rest = rest[len(part):]
	}
	return ""
}

const (
	maxPatternLength   = 255
	maxPatternSegments = 32
)

// patternMistake says what is wrong with an event pattern, "" when nothing is.
func patternMistake(pattern string, wildcards bool) string {
	if len(pattern) > maxPatternLength {
		return fmt.Sprintf("must have at most %d characters", maxPatternLength)
	}
	segments := strings.Split(pattern, ".")
	if len(segments) > maxPatternSegments {
		return fmt.Sprintf("must have at most %d segments", maxPatternSegments)
	}
	for _, segment := range segments {
		switch {
		case segment == "":
			return "must not have an empty segment"
		case strings.ContainsAny(segment, " \t\r\n"):
			return "must not contain blanks"
		case !wildcards && strings.ContainsAny(segment, "*#"):
			return "must be concrete, without wildcards"
		case segment == "**" || segment == "#":
		case strings.Contains(strings.TrimSuffix(segment, "*"), "*") || strings.Contains(segment, "#"):
			return "may have * only as a whole segment or at the end of one"
		}
	}
	return ""
}
