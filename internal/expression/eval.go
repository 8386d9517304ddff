package expression

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/fault"
)

const (
	maxSteps     = 10_000
	bytesPerStep = 256 // text handled for the price of one step
)

// Env is the data an expression sees: one entry per root, holding JSON-like
// values. Place.Env adds the aliases a place documents.
type Env map[string]any

const (
	// Names is the key of an object in which names that are no root are looked
	// up: form fields in a visibility condition, variables in a transition.
	Names = "*"
	// Now is the key of the moment that now() returns, a time.Time or text;
	// without it now() is the time of evaluation.
	Now = "now()"
)

// evaluator is one evaluation: the budget that is left and the data. Data never
// makes it fail; only the budget and the context do, and then err is set and
// everything after that is Undefined.
type evaluator struct {
	ctx     context.Context
	env     Env
	now     time.Time
	steps   int
	err     error
	current []any  // entries that enclosing filters look at, innermost last
	trace   *Trace // where explanations go, nil when nobody asks
}

func newEvaluator(ctx context.Context, env Env) *evaluator {
	e := &evaluator{ctx: ctx, env: env, err: ctx.Err(), now: time.Now().UTC()}
	switch at := env[Now].(type) {
	case time.Time:
		e.now = at.UTC()
	case string:
		if t, ok := parseTime(at); ok {
			e.now = t
		}
	}
	return e
}

// spend takes steps from the budget and reports whether there were enough.
func (e *evaluator) spend(steps int) bool {
	before := e.steps
	e.steps += steps
	switch {
	case e.err != nil:
	case e.steps > maxSteps || steps < 0:
		e.err = fault.Errorf(fault.QueryTooComplex, "The expression needed more than %d steps on this data.", maxSteps).
			Hint("Shorten the lists and texts it looks at, or compute the value in a task.")
	case before>>8 != e.steps>>8: // every 256 steps
		e.err = e.ctx.Err()
	}
	return e.err == nil
}

// charge pays for handling that many bytes of text.
func (e *evaluator) charge(bytes int) bool { return e.spend(bytes / bytesPerStep) }

// eval is the value of n.
func (e *evaluator) eval(n node) any {
	if e.trace != nil {
		return e.explained(n)
	}
	return plain(e.value(n))
}

// value computes n; inside a path the result may still be spread.
func (e *evaluator) value(n node) any {
	if !e.spend(1) {
		return Undefined{}
	}
	switch n := n.(type) {
	case *literal:
		return n.value
	case *piece:
		return n.text
	case *name:
		return e.root(n.name)
	case *word:
		if _, ok := e.env[n.name]; !ok {
			return n.name
		}
		return e.root(n.name)
	case *current:
		return e.current[len(e.current)-1]
	case *member:
		return e.member(e.value(n.of), n.key)
	case *index:
		return e.index(e.value(n.of), e.eval(n.by))
	case *each:
		return e.each(e.value(n.of))
	case *filter:
		return e.filter(e.value(n.of), n.condition)
	case *call:
		return e.call(n)
	case *unary:
		return e.unary(n)
	case *binary:
		return e.binary(n)
	case *ternary:
		if truthy(e.eval(n.condition)) {
			defer e.skipped(n.otherwise)
			return e.eval(n.then)
		}
		e.skipped(n.then)
		return e.eval(n.otherwise)
	case *array:
		return e.all(n.items)
	case *text:
		return e.text(n)
	}
	return Undefined{}
}

func (e *evaluator) root(name string) any {
	if value, ok := e.env[name]; ok && name != Names && name != Now {
		return plain(value)
	}
	if names, ok := e.env[Names].(map[string]any); ok {
		if value, ok := names[name]; ok {
			return plain(value)
		}
	}
	return Undefined{}
}

func (e *evaluator) member(of any, key string) any {
	switch of := of.(type) {
	case map[string]any:
		if value, ok := of[key]; ok {
			return plain(value)
		}
		if key == "length" {
			return Undefined{}
		}
	case spread:
		if key == "length" {
			return float64(len(of))
		}
		return e.project(of, func(entry any) any { return e.member(entry, key) })
	case []any:
		if key == "length" {
			return float64(len(of))
		}
		if i, err := strconv.Atoi(key); err == nil {
			return entry(of, i)
		}
	case string:
		if key == "length" {
			return length(of)
		}
	}
	return Undefined{}
}

// project reads something from every entry; entries without it drop out.
func (e *evaluator) project(from spread, read func(any) any) spread {
	found := make(spread, 0, min(len(from), maxSteps))
	for _, entry := range from {
		if !e.spend(1) {
			break
		}
		if value := read(plain(entry)); !missing(value) {
			found = append(found, value)
		}
	}
	return found
}

func entry(of []any, i int) any {
	if i < 0 || i >= len(of) {
		return Undefined{}
	}
	return plain(of[i])
}

func (e *evaluator) index(of, by any) any {
	if s, ok := of.(spread); ok {
		of = []any(s)
	}
	if n, ok := asNumber(by); ok {
		switch of := of.(type) {
		case []any:
			if n.exact && n.whole >= 0 && n.whole < int64(len(of)) {
				return entry(of, int(n.whole))
			}
			return Undefined{}
		case map[string]any:
			return e.member(of, textOf(by))
		}
	}
	if key, ok := by.(string); ok {
		return e.member(of, key)
	}
	return Undefined{}
}

// each spreads the entries of a list, or of an object in the order of its keys.
func (e *evaluator) each(of any) any {
	entries, ok := e.entries(of)
	if !ok {
		return Undefined{}
	}
	return entries
}

func (e *evaluator) entries(of any) (spread, bool) {
	switch of := of.(type) {
	case []any:
		return of, e.spend(len(of))
	case map[string]any:
		if !e.spend(len(of)) {
			return nil, false
		}
		entries := make(spread, 0, len(of))
		for _, key := range slices.Sorted(maps.Keys(of)) {
			entries = append(entries, of[key])
		}
		return entries, true
	case spread:
		flat := spread{}
		for _, inner := range of {
			if entries, ok := e.entries(plain(inner)); ok {
				flat = append(flat, entries...)
			}
		}
		return flat, true
	}
	return nil, false
}

func (e *evaluator) filter(of any, condition node) any {
	if s, ok := of.(spread); ok {
		of = []any(s)
	}
	entries, ok := e.entries(of)
	if !ok {
		return Undefined{}
	}
	trace := e.trace
	e.trace = nil // a verdict per entry would bury the explanation
	defer func() { e.trace = trace }()
	found := spread{}
	for _, candidate := range entries {
		e.current = append(e.current, plain(candidate))
		if truthy(e.eval(condition)) {
			found = append(found, candidate)
		}
		e.current = e.current[:len(e.current)-1]
		if e.err != nil {
			break
		}
	}
	return found
}

func (e *evaluator) all(nodes []node) []any {
	values := make([]any, len(nodes))
	for i, n := range nodes {
		values[i] = e.eval(n)
	}
	return values
}

func (e *evaluator) call(n *call) any {
	return n.function.apply(e, n, e.all(n.args))
}

func (e *evaluator) unary(n *unary) any {
	of := e.eval(n.of)
	if n.operator == "!" {
		return !truthy(of)
	}
	if number, ok := coerced(of); ok {
		return e.arithmetic("-", numberOf(0), number)
	}
	return Undefined{}
}

func (e *evaluator) binary(n *binary) any {
	left := e.operand(n)
	decided := false
	switch n.operator {
	case "&&":
		decided = !truthy(left)
	case "||":
		decided = truthy(left)
	case "??":
		decided = !nothing(left)
	}
	if decided {
		e.skipped(n.right)
		return left
	}
	right := e.eval(n.right)
	switch n.operator {
	case "&&", "||", "??":
		return right
	case "+":
		if text, ok := e.concatenated(left, right); ok {
			return text
		}
	case "-", "*", "/", "%":
	default:
		return e.compare(n.operator, left, right, n.anyCase)
	}
	a, okA := coerced(left)
	b, okB := coerced(right)
	if !okA || !okB {
		return Undefined{}
	}
	return e.arithmetic(n.operator, a, b)
}

// operand is the left side of n. In an explanation a && b && c is one entry with
// three below it, not a pair in a pair.
func (e *evaluator) operand(n *binary) any {
	left, chained := n.left.(*binary)
	if chained && e.trace != nil && left.operator == n.operator && level(n.operator) <= andLevel {
		return plain(e.value(left))
	}
	return e.eval(n.left)
}

// concatenated is a + b when one of them is text.
func (e *evaluator) concatenated(a, b any) (string, bool) {
	_, left := a.(string)
	_, right := b.(string)
	if !left && !right {
		return "", false
	}
	before, after := textOf(a), textOf(b)
	if !e.charge(len(before) + len(after)) {
		return "", true
	}
	return before + after, true
}

func numberOf(i int64) number { return number{float64(i), i, true} }

// arithmetic is exact on whole numbers while they fit, otherwise float64; what
// has no finite result is missing.
func (e *evaluator) arithmetic(operator string, a, b number) any {
	if a.exact && b.exact {
		if result, ok := wholeArithmetic(operator, a.whole, b.whole); ok {
			return wholeNumber(result)
		}
	}
	var result float64
	switch operator {
	case "+":
		result = a.float + b.float
	case "-":
		result = a.float - b.float
	case "*":
		result = a.float * b.float
	case "/":
		result = a.float / b.float
	case "%":
		result = math.Mod(a.float, b.float)
	}
	if math.IsNaN(result) || math.IsInf(result, 0) {
		return Undefined{}
	}
	return result
}

func wholeArithmetic(operator string, a, b int64) (int64, bool) {
	switch operator {
	case "+":
		return a + b, (a+b > a) == (b > 0)
	case "-":
		return a - b, (a-b < a) == (b > 0)
	case "*":
		if a == 0 || b == 0 {
			return 0, true
		}
		return a * b, a*b/b == a && (a != -1 || b != math.MinInt64) && (b != -1 || a != math.MinInt64)
	case "%":
		if b == 0 || b == -1 {
			return 0, b == -1
		}
		return a % b, true
	}
	return 0, false
}

// text fills the wrappers of a text; what is missing leaves a gap.
func (e *evaluator) text(n *text) string {
	var b strings.Builder
	for _, part := range n.parts {
		value := textOf(e.eval(part))
		if !e.charge(len(value)) {
			return ""
		}
		b.WriteString(value)
	}
	return b.String()
}

// failure is the error of an evaluation that stopped early.
func (e *evaluator) failure() error {
	if e.err == nil {
		return nil
	}
	return fmt.Errorf("evaluate expression: %w", e.err)
}

func length(value any) any {
	switch v := value.(type) {
	case string:
		return float64(len([]rune(v)))
	case []any:
		return float64(len(v))
	case map[string]any:
		return float64(len(v))
	}
	return Undefined{}
}

var _ json.Marshaler = Undefined{}
