package expression

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sosodev/duration"
)

// function is one built-in. Functions never fail: an argument of the wrong kind
// makes the result missing, or false where the answer is yes or no.
type function struct {
	name        string
	usage       string // how an author writes it
	least, most int    // arguments
	apply       func(e *evaluator, n *call, args []any) any
}

const many = 64 // arguments of a function that takes a list of them

// Functions lists the usage of every function, for help beside an editor.
func Functions() []string {
	var usages []string
	for _, f := range functions() {
		usages = append(usages, f.usage)
	}
	return usages
}

func functionNames() []string {
	var names []string
	for _, f := range functions() {
		names = append(names, f.name)
	}
	return names
}

func functionNamed(name string) (function, bool) {
	for _, f := range functions() {
		if f.name == name {
			return f, true
		}
	}
	return function{}, false
}

func functions() []function {
	return []function{
		{"exists", "exists(x)", 1, 1, func(_ *evaluator, _ *call, a []any) any { return !nothing(a[0]) }},
		{"isEmpty", "isEmpty(x)", 1, 1, func(_ *evaluator, _ *call, a []any) any { return empty(a[0]) }},
		{"coalesce", "coalesce(x, y, …)", 1, many, coalesce},
		{"contains", "contains(textOrList, x)", 2, 2, contains},
		{"in", "in(x, list)", 2, many, in},
		{"startsWith", "startsWith(text, start)", 2, 2, onTexts(strings.HasPrefix)},
		{"endsWith", "endsWith(text, end)", 2, 2, onTexts(strings.HasSuffix)},
		{"matches", "matches(text, 'regular expression')", 2, 2, matches},
		{"lower", "lower(text)", 1, 1, onText(strings.ToLower)},
		{"upper", "upper(text)", 1, 1, onText(strings.ToUpper)},
		{"trim", "trim(text)", 1, 1, onText(strings.TrimSpace)},
		{"length", "length(textOrList)", 1, 1, func(_ *evaluator, _ *call, a []any) any { return length(a[0]) }},
		{"sum", "sum(list)", 1, many, sum},
		{"min", "min(list)", 1, many, extreme(-1)},
		{"max", "max(list)", 1, many, extreme(1)},
		{"round", "round(x, digits)", 1, 2, round},
		{"toNumber", "toNumber(x)", 1, 1, toNumber},
		{"toString", "toString(x)", 1, 1, toString},
		{"now", "now()", 0, 0, func(e *evaluator, _ *call, _ []any) any { return moment(e.now) }},
		{"date", "date(x)", 1, 1, date},
		{"addTime", "addTime(moment, 'PT30M')", 2, 2, addTime},
		{"formatDate", "formatDate(moment, 'YYYY-MM-DD')", 1, 2, formatDate},
		{"hasRole", "user.hasRole('role')", 2, 2, hasRole},
	}
}

func empty(value any) bool {
	size, sized := length(value).(float64)
	return nothing(value) || sized && size == 0
}

func coalesce(_ *evaluator, _ *call, args []any) any {
	for _, arg := range args {
		if !nothing(arg) {
			return arg
		}
	}
	return args[len(args)-1]
}

// contains asks a text for a part, a list for an entry, an object for a key.
func contains(e *evaluator, n *call, args []any) any {
	switch in := args[0].(type) {
	case string:
		part := args[1]
		if nothing(part) || !e.charge(len(in)) {
			return false
		}
		return strings.Contains(in, textOf(part))
	case []any:
		return e.listHas(in, args[1], n.anyCase)
	case map[string]any:
		key, ok := args[1].(string)
		_, found := in[key]
		return ok && found
	}
	return false
}

// listHas looks for one entry; a missing value is not in any list.
func (e *evaluator) listHas(list []any, wanted any, anyCase bool) bool {
	return slices.ContainsFunc(list, func(candidate any) bool {
		return e.spend(1) && e.compare("==", plain(candidate), wanted, anyCase)
	})
}

// in is in(x, list), in(x, a, b, c) and x in list.
func in(e *evaluator, n *call, args []any) any {
	if missing(args[0]) {
		return false
	}
	if len(args) > 2 {
		return e.listHas(args[1:], args[0], n.anyCase)
	}
	if list, ok := args[1].([]any); ok {
		return e.listHas(list, args[0], n.anyCase)
	}
	if _, ok := args[1].(string); ok {
		return e.compare("==", args[0], args[1], n.anyCase)
	}
	return contains(e, n, []any{args[1], args[0]})
}

func onText(change func(string) string) func(*evaluator, *call, []any) any {
	return func(e *evaluator, _ *call, args []any) any {
		s, ok := args[0].(string)
		if !ok || !e.charge(len(s)) {
			return Undefined{}
		}
		return change(s)
	}
}

func onTexts(ask func(s, part string) bool) func(*evaluator, *call, []any) any {
	return func(_ *evaluator, _ *call, args []any) any {
		s, ok := args[0].(string)
		part, okPart := args[1].(string)
		return ok && okPart && ask(s, part)
	}
}

// compilePattern bounds regular expressions: RE2 needs time proportional to text
// times pattern, so the pattern stays short.
func compilePattern(source string) (*regexp.Regexp, error) {
	const longest = 256
	if len(source) > longest {
		return nil, fmt.Errorf("it has %d bytes, %d are allowed", len(source), longest)
	}
	return regexp.Compile(source)
}

// matches searches the text for a regular expression; anchor it with ^ and $.
func matches(e *evaluator, n *call, args []any) any {
	s, ok := args[0].(string)
	pattern := n.pattern
	if pattern == nil {
		source, isText := args[1].(string)
		compiled, err := compilePattern(source)
		if !isText || err != nil || !e.spend(len(source)) {
			return false
		}
		pattern = compiled
	}
	return ok && e.charge(len(s)*len(pattern.String())) && pattern.MatchString(s)
}

// numbers collects the numeric entries of lists and arguments.
func numbers(args []any) (found []any, something bool) {
	for _, arg := range args {
		entries, isList := arg.([]any)
		if !isList {
			entries = args[:0:0]
			entries = append(entries, arg)
		}
		something = something || isList
		for _, entry := range entries {
			if _, ok := coerced(plain(entry)); ok {
				found, something = append(found, plain(entry)), true
			}
		}
	}
	return found, something
}

// sum of an empty list is 0; of nothing at all it is missing.
func sum(e *evaluator, _ *call, args []any) any {
	entries, something := numbers(args)
	if !something || !e.spend(len(entries)) {
		return Undefined{}
	}
	total := any(float64(0))
	for _, entry := range entries {
		before, _ := coerced(total)
		n, _ := coerced(entry)
		total = e.arithmetic("+", before, n)
	}
	return total
}

// extreme is the smallest (-1) or largest (1) number.
func extreme(direction int) func(*evaluator, *call, []any) any {
	return func(e *evaluator, _ *call, args []any) any {
		entries, _ := numbers(args)
		if len(entries) == 0 || !e.spend(len(entries)) {
			return Undefined{}
		}
		best := entries[0]
		for _, entry := range entries[1:] {
			n, _ := coerced(entry)
			leader, _ := coerced(best)
			if n.compare(leader) == direction {
				best = entry
			}
		}
		return toNumber(e, nil, []any{best})
	}
}

// round rounds half away from zero, at most 15 digits behind the point.
func round(_ *evaluator, _ *call, args []any) any {
	n, ok := coerced(args[0])
	if !ok {
		return Undefined{}
	}
	if n.exact {
		return wholeNumber(n.whole)
	}
	scale := 1.0
	if len(args) == 2 {
		digits, ok := asNumber(args[1])
		if !ok || !digits.exact || digits.whole < 0 || digits.whole > 15 {
			return Undefined{}
		}
		scale = math.Pow10(int(digits.whole))
	}
	rounded := math.Round(n.float*scale) / scale
	if math.IsInf(rounded, 0) {
		return n.float
	}
	return rounded
}

func toNumber(_ *evaluator, _ *call, args []any) any {
	if b, ok := args[0].(bool); ok {
		return map[bool]float64{true: 1}[b]
	}
	n, ok := coerced(args[0])
	switch {
	case !ok:
		return Undefined{}
	case n.exact:
		return wholeNumber(n.whole)
	}
	return n.float
}

func toString(e *evaluator, _ *call, args []any) any {
	if nothing(args[0]) {
		return Undefined{}
	}
	s := textOf(args[0])
	e.charge(len(s))
	return s
}

func moment(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }

// asTime reads ISO 8601 text, or milliseconds since 1970 as stored by browsers.
func asTime(value any) (time.Time, bool) {
	if s, ok := value.(string); ok {
		return parseTime(s)
	}
	n, ok := asNumber(value)
	const latest = 253402300799999 // the end of the year 9999
	if !ok || n.float < 0 || n.float > latest {
		return time.Time{}, false
	}
	return time.UnixMilli(int64(n.float)).UTC(), true
}

func date(_ *evaluator, _ *call, args []any) any {
	t, ok := asTime(args[0])
	if !ok {
		return Undefined{}
	}
	return moment(t)
}

// addTime moves a moment by an ISO 8601 duration; years, months and days follow
// the calendar.
func addTime(_ *evaluator, _ *call, args []any) any {
	t, ok := asTime(args[0])
	s, isText := args[1].(string)
	if !ok || !isText || len(s) > 64 {
		return Undefined{}
	}
	by, err := duration.Parse(s)
	if err != nil {
		return Undefined{}
	}
	sign := 1
	if by.Negative {
		sign = -1
	}
	days := by.Weeks*7 + by.Days
	clock := (days-math.Trunc(days))*24 + by.Hours
	seconds := (clock*60+by.Minutes)*60 + by.Seconds
	if math.Abs(by.Years)+math.Abs(by.Months)+math.Abs(days) > 1e6 || math.Abs(seconds) > 1e9 {
		return Undefined{}
	}
	t = t.AddDate(sign*int(by.Years), sign*int(by.Months), sign*int(days))
	t = t.Add(time.Duration(float64(sign) * seconds * float64(time.Second)))
	if t.Year() < 0 || t.Year() > 9999 {
		return Undefined{}
	}
	return moment(t)
}

// formatDate writes a moment in UTC; the pattern knows YYYY MM DD HH mm ss.
func formatDate(_ *evaluator, _ *call, args []any) any {
	t, ok := asTime(args[0])
	if !ok {
		return Undefined{}
	}
	pattern := "YYYY-MM-DD"
	if len(args) == 2 {
		given, isText := args[1].(string)
		if !isText || utf8.RuneCountInString(given) > 64 {
			return Undefined{}
		}
		pattern = given
	}
	return strings.NewReplacer("YYYY", t.Format("2006"), "MM", t.Format("01"), "DD", t.Format("02"),
		"HH", t.Format("15"), "mm", t.Format("04"), "ss", t.Format("05")).Replace(pattern)
}

// hasRole asks the caller's roles; spelling counts.
func hasRole(e *evaluator, _ *call, args []any) any {
	user, _ := args[0].(map[string]any)
	roles, _ := plain(user["roles"]).([]any)
	role, isText := args[1].(string)
	return isText && e.listHas(roles, role, false)
}
