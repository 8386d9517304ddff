package expression

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"
)

// Trace says what one sub-expression came to, so that a person can see why a
// trigger did not fire. A path is one entry; what && and || never looked at is
// skipped.
type Trace struct {
	Text     string   `json:"text"`
	Value    any      `json:"value"`
	Holds    bool     `json:"holds"`             // the value read as a condition
	Missing  bool     `json:"missing,omitempty"` // no such data; value is null
	Skipped  bool     `json:"skipped,omitempty"` // the result was decided before
	Note     string   `json:"note,omitempty"`    // where a missing path breaks off
	Error    string   `json:"error,omitempty"`   // the budget or the time ran out
	Children []*Trace `json:"children,omitempty"`
}

// Explain evaluates p and keeps the value of every sub-expression. Long values
// are shortened; they are for reading.
func (p *Program) Explain(ctx context.Context, env Env) *Trace {
	trace := &Trace{Text: strings.TrimSpace(p.source)}
	if p.always {
		trace.Value, trace.Holds = true, true
		return trace
	}
	e := newEvaluator(ctx, env)
	above := &Trace{}
	e.trace = above
	e.explained(p.root)
	if len(above.Children) > 0 {
		trace = above.Children[0]
	}
	if e.err != nil {
		trace.Error = e.err.Error()
	}
	return trace
}

// explained evaluates n as a new entry below the current one.
func (e *evaluator) explained(n node) any {
	above := e.trace
	entry := &Trace{Text: render(n)}
	e.trace = entry
	value := plain(e.value(n))
	e.trace = above
	entry.Value, entry.Holds, entry.Missing = shortened(value, 3), truthy(value), missing(value)
	if entry.Missing {
		entry.Value, entry.Note = nil, e.breakingPoint(n)
	}
	if !constant(n) || above.Text == "" { // a constant is worth an entry only if it is everything
		above.Children = append(above.Children, entry)
	}
	return value
}

func constant(n node) bool {
	switch n.(type) {
	case *literal, *piece:
		return true
	}
	return false
}

// skipped notes a branch that was not evaluated.
func (e *evaluator) skipped(n node) {
	if e.trace != nil && !constant(n) {
		e.trace.Children = append(e.trace.Children, &Trace{Text: render(n), Skipped: true})
	}
}

// breakingPoint names the first step of a path that leads nowhere.
func (e *evaluator) breakingPoint(n node) string {
	switch n := n.(type) {
	case *name:
		return fmt.Sprintf("there is no %s here", n.name)
	case *member:
		above := e.again(n.of)
		if missing(above) {
			return e.breakingPoint(n.of)
		}
		if object, ok := above.(map[string]any); ok {
			return fmt.Sprintf("%s has no %s%s", render(n.of), n.key, keysOf(object))
		}
		return fmt.Sprintf("%s is %s and has no %s", render(n.of), kindOf(above), n.key)
	case *index, *each, *filter:
		of := n.children()[0]
		if missing(e.again(of)) {
			return e.breakingPoint(of)
		}
	}
	return ""
}

// again evaluates a prefix of a path outside the trace and the budget.
func (e *evaluator) again(n node) any {
	probe := &evaluator{ctx: e.ctx, env: e.env, now: e.now, current: e.current}
	return plain(probe.value(n))
}

func keysOf(object map[string]any) string {
	const shown = 8
	keys := slices.Sorted(maps.Keys(object))
	switch {
	case len(keys) == 0:
		return ": it is empty"
	case len(keys) > shown:
		return ", only " + strings.Join(keys[:shown], ", ") + ", …"
	}
	return ", only " + strings.Join(keys, ", ")
}

func kindOf(value any) string {
	switch value.(type) {
	case nil:
		return "null"
	case string:
		return "text"
	case bool:
		return "a boolean"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "a number"
}

// shortened keeps a trace readable when a payload is large.
func shortened(value any, deep int) any {
	const longest, most = 200, 20
	switch v := value.(type) {
	case string:
		if utf8.RuneCountInString(v) > longest {
			return string([]rune(v)[:longest]) + "…"
		}
	case []any:
		if len(v) > most || deep == 0 {
			return fmt.Sprintf("a list of %d entries", len(v))
		}
		short := make([]any, len(v))
		for i, entry := range v {
			short[i] = shortened(plain(entry), deep-1)
		}
		return short
	case map[string]any:
		if len(v) > most || deep == 0 {
			return fmt.Sprintf("an object of %d fields", len(v))
		}
		short := make(map[string]any, len(v))
		for key, entry := range v {
			short[key] = shortened(plain(entry), deep-1)
		}
		return short
	}
	return value
}
