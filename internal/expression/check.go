package expression

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// Severity says whether an Issue prevents saving.
type Severity string

// Errors prevent saving, warnings do not.
const (
	Error   Severity = "ERROR"
	Warning Severity = "WARNING"
)

// Issue is something the author of an expression should know.
type Issue struct {
	Severity Severity
	Code     string // SYNTAX, UNKNOWN_ROOT, BARE_NAME, SINGLE_EQUALS, WORD_OPERATOR, ALWAYS_TRUE
	Message  string
	Remedy   string
	Column   int    // 1 is the first character of the expression
	Path     string // JSON Pointer of the expression inside a mapping
}

// Check reads text as it is read in that place and reports what is wrong or
// doubtful about it. Nothing to report is nil.
func Check(text string, place Place) []Issue {
	parse := Parse
	switch place {
	case StepInput, Handler, Assignment:
		parse = ParseMapping
	case Template:
		parse = ParseText
	}
	program, err := parse(text)
	if err != nil {
		return []Issue{syntaxIssue(err)}
	}
	return program.Check(place)
}

func syntaxIssue(err error) Issue {
	issue := Issue{Severity: Error, Code: "SYNTAX", Message: err.Error(), Column: 1}
	var f *fault.Fault
	if errors.As(err, &f) {
		issue.Remedy, issue.Path = f.Remedy, f.Path
		if column, ok := f.Details["column"].(int); ok {
			issue.Column = column
		}
	}
	return issue
}

// Check reports what is doubtful about p in a place.
func (p *Program) Check(place Place) []Issue {
	issues := slices.Clone(p.lints)
	available, names := place.Roots(), surroundingsOf(place).names
	for _, root := range p.Roots() {
		switch {
		case root.Word || slices.Contains(available, root.Name) || place == Visibility:
		case len(names) > 0:
			issues = append(issues, Issue{
				Severity: Warning, Code: "BARE_NAME", Column: root.Column,
				Message: fmt.Sprintf("%s is looked up in %s.", root.Name, strings.Join(names, ", then ")),
				Remedy:  fmt.Sprintf("Write %s.%s to say which one.", names[0], root.Path),
			})
		default:
			issues = append(issues, unknownRoot(root, available))
		}
	}
	if _, filled := p.root.(*text); filled && conditional(place) {
		issues = append(issues, Issue{
			Severity: Warning, Code: "ALWAYS_TRUE", Column: 1, Message: "This is a text, and as a condition a text always holds.",
			Remedy: "Compare the values: ${a} == 'text'.",
		})
	}
	return issues
}

func conditional(place Place) bool {
	return place != Template && place != StepInput && place != Handler && place != Assignment && place != Assertion
}

func unknownRoot(root Root, available []string) Issue {
	issue := Issue{
		Severity: Warning, Code: "UNKNOWN_ROOT", Column: root.Column,
		Message: fmt.Sprintf("There is no %s here, so %s is always missing.", root.Name, root.Path),
		Remedy:  "Available are " + strings.Join(available, ", ") + "; put text in quotes.",
	}
	if meant := nearest(root.Name, append(available, "true", "false", "null")); meant != "" {
		issue.Remedy = fmt.Sprintf("Did you mean %s? %s", meant, issue.Remedy)
	}
	return issue
}
