package expression

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"

	"github.com/augmentedos/graph/internal/fault"
)

// What the language leaves out, and what an author writes instead. A refusal is
// only useful when it names the equivalent, so they are kept together here.

// syntaxFault points at one place in a stored text.
func syntaxFault(src string, at int, problem, remedy string) *fault.Fault {
	line, column := place(src, at)
	where := fmt.Sprintf("column %d", column)
	if line > 1 {
		where = fmt.Sprintf("line %d, column %d", line, column)
	}
	f := fault.Errorf(fault.Validation, "Expression at %s: %s.", where, problem)
	if remedy != "" {
		f = f.Hint("%s.", strings.ToUpper(remedy[:1])+remedy[1:])
	}
	return f.With("line", line).With("column", column).With("excerpt", excerpt(src, at))
}

func place(src string, at int) (line, column int) {
	before := src[:min(at, len(src))]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// excerpt is the neighbourhood of a position, which ▸ marks.
func excerpt(src string, at int) string {
	const around = 30
	at = min(at, len(src))
	before, after := []rune(src[:at]), []rune(src[at:])
	head, tail := "", ""
	if len(before) > around {
		before, head = before[len(before)-around:], "…"
	}
	if len(after) > around {
		after, tail = after[:around], "…"
	}
	return head + string(before) + "▸" + string(after) + tail
}

func quoteRune(r rune) string { return fmt.Sprintf("%q", string(r)) }

type refusal struct{ spelling, problem, remedy string }

// refusedSpelling recognises what other languages allow at this point of the text.
func refusedSpelling(rest string) (problem, remedy string, refused bool) {
	for _, r := range refusedSpellings() {
		if strings.HasPrefix(rest, r.spelling) {
			return r.problem, r.remedy, r.problem != ""
		}
	}
	return "", "", false
}

func refusedSpellings() []refusal {
	const noAssignment = "an expression reads values and never changes them"
	const straight = "typographic quotes do not delimit text"
	return []refusal{
		{"<>", "<> is not an operator here", "write !="},
		{"**", "** is not an operator here", "write the factors out: x * x"},
		{"++", noAssignment, "write + 1, or put a space between the signs"},
		{"--", noAssignment, "write - 1, or put a space between the signs"},
		{"+=", noAssignment, "write the sum only: a + b"},
		{"-=", noAssignment, "write the difference only: a - b"},
		{"*=", noAssignment, "write the product only: a * b"},
		{"//", "comments are not part of an expression", "use the description beside it"},
		{"/*", "comments are not part of an expression", "use the description beside it"},
		{"...", "spread is not part of this language", "list[*].field reads a field of every entry"},
		{"..", "recursive descent is not part of this language", "write the whole path; list[*].field reads a field of every entry"},
		{"`", "template literals are not part of this language", "write 'text ' + value, or text with ${value} in a template"},
		{";", "an expression is one value, not a list of statements", "join conditions with && or ||"},
		{"{", "object literals are not part of this language", "use a mapping: a JSON object with one expression per field"},
		{"}", "there is no wrapper to close here", "remove the brace, or open it with ${"},
		{"\u201c", straight, `write "text" or 'text'`}, {"\u201d", straight, `write "text" or 'text'`},
		{"\u2018", straight, `write "text" or 'text'`}, {"\u2019", straight, `write "text" or 'text'`},
		{"&&", "", ""}, {"||", "", ""}, // accepted: only their single forms are refused
		{"&", "bitwise operators are not part of this language", "write && for and"},
		{"|", "bitwise operators and pipes are not part of this language", "write || for or"},
		{"^", "bitwise operators are not part of this language", "write x * x for a square"},
		{"~", "bitwise operators are not part of this language", "write ! for not"},
	}
}

// unitRemedy turns 30m into the ISO 8601 duration it meant.
func unitRemedy(number, unit string) string {
	parts := map[string]string{"s": "PT%sS", "m": "PT%sM", "min": "PT%sM", "h": "PT%sH", "d": "P%sD", "w": "P%sW"}
	if form, ok := parts[unit]; ok {
		return "write addTime(start, '" + fmt.Sprintf(form, number) + "') for a moment that long after start"
	}
	return "a name does not start with a digit; use ['" + number + unit + "'] for such a key, or quote it if it is text"
}

// refusedWord explains words that are statements or operators elsewhere.
func refusedWord(word string) (remedy string, refused bool) {
	switch word {
	case "typeof", "instanceof":
		return "write exists(x) to ask whether a value is there", true
	case "new":
		return "write date(x) for a moment in time; nothing else needs constructing", true
	case "function", "return":
		return "write the expression itself", true
	case "if", "switch", "case":
		return "write condition ? value : otherValue", true
	case "this":
		return "name the root: event, workflow, data, task", true
	case "let", "var", "const", "delete", "void", "await", "async", "yield", "class", "import", "throw", "for", "while":
		return "an expression is one value computed from the data around it", true
	}
	return "", false
}

// refusedReceiver recognises the global objects of JavaScript in front of a call.
func refusedReceiver(name string) bool {
	switch name {
	case "Math", "Number", "String", "Array", "Object", "JSON", "Date", "Boolean", "RegExp":
		return true
	}
	return false
}

func takesArrow(method string) bool {
	switch method {
	case "map", "filter", "find", "some", "every", "reduce", "forEach", "flatMap", "findIndex", "sort":
		return true
	}
	return false
}

var (
	arrowFunction = regexp.MustCompile(`(?s)^\s*\(?\s*([\w$]+)\s*(?:,\s*([\w$]+)\s*)?\)?\s*=>\s*(.+?)\s*$`)
	fieldOfEntry  = regexp.MustCompile(`^@(\.[\w$]+)+$`)
)

// arrowRemedy rewrites items.some(i => i.qty > 5) without its arrow function, as
// far as the language has an equivalent.
func arrowRemedy(list, method, arguments string) string {
	arrow := arrowFunction.FindStringSubmatch(arguments)
	general := "write " + list + "[*].field for the field of every entry, " + list + "[?(@.field == 1)] for some entries, and sum, min, max, length, contains over them"
	if arrow == nil {
		return general
	}
	if method == "reduce" {
		field := regexp.MustCompile(`^` + regexp.QuoteMeta(arrow[1]) + `\s*\+\s*` + regexp.QuoteMeta(arrow[2]) + `((?:\.[\w$]+)+)\s*(?:,\s*0\s*)?$`).FindStringSubmatch(arrow[3])
		if field == nil || arrow[2] == "" {
			return general
		}
		return "write sum(" + list + "[*]" + field[1] + ")"
	}
	body := regexp.MustCompile(`(^|[^\w$.])`+regexp.QuoteMeta(arrow[1])+`\b`).ReplaceAllString(arrow[3], "${1}@")
	switch method {
	case "map":
		if fieldOfEntry.MatchString(body) {
			return "write " + list + "[*]" + body[1:]
		}
	case "filter":
		return "write " + list + "[?(" + body + ")]"
	case "find":
		return "write " + list + "[?(" + body + ")][0]"
	case "some":
		return "write !isEmpty(" + list + "[?(" + body + ")])"
	case "every":
		return "write isEmpty(" + list + "[?(!(" + body + "))])"
	}
	return general
}

// nearest is the candidate an author most likely meant, "" when none is close.
func nearest(word string, candidates []string) string {
	best, distance := "", 3
	for _, candidate := range candidates {
		if d := levenshtein.ComputeDistance(strings.ToLower(word), strings.ToLower(candidate)); d < distance && d < len(word) {
			best, distance = candidate, d
		}
	}
	return best
}
