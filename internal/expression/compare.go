package expression

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Undefined is the value of a path that leads nowhere. It is not null: null is
// in the data, Undefined is the absence of data. In JSON both are null.
type Undefined struct{}

// MarshalJSON makes Undefined null where a position has to be filled.
func (Undefined) MarshalJSON() ([]byte, error) { return []byte("null"), nil }

// Decode reads stored JSON into values the language works on. Numbers keep their
// spelling, so that identifiers of nineteen digits survive.
func Decode(raw []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	var value any
	err := decoder.Decode(&value)
	return value, err
}

// spread is what [*] and [?()] produce while a path is being followed: a list
// whose entries the next .name is read from. Outside a path it is a plain list.
type spread []any

// plain reduces Go values to the JSON kinds. Anything foreign, such as a model
// struct, is seen the way it is written as JSON.
func plain(value any) any {
	switch v := value.(type) {
	case nil, bool, string, float64, json.Number, map[string]any, []any, Undefined:
		return v
	case spread:
		return []any(v)
	case int:
		return wholeNumber(int64(v))
	case int32:
		return wholeNumber(int64(v))
	case int64:
		return wholeNumber(v)
	case time.Time:
		return v.Format(time.RFC3339Nano)
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return Undefined{}
	}
	decoded, err := Decode(raw)
	if err != nil {
		return Undefined{}
	}
	return decoded
}

// wholeNumber is a float64 as long as that is exact.
func wholeNumber(i int64) any {
	const exact = 1 << 53
	if i >= -exact && i <= exact {
		return float64(i)
	}
	return json.Number(strconv.FormatInt(i, 10))
}

// number is a numeric value, kept whole while it is a whole number.
type number struct {
	float float64
	whole int64
	exact bool // whole holds the value
}

func asNumber(value any) (number, bool) {
	switch v := value.(type) {
	case float64:
		whole := int64(v)
		return number{v, whole, float64(whole) == v && math.Abs(v) <= 1<<53}, !math.IsNaN(v) && !math.IsInf(v, 0)
	case json.Number:
		return parseNumber(string(v))
	}
	return number{}, false
}

// parseNumber accepts what JSON calls a number and nothing else: no spaces, no
// hexadecimal, no Infinity, and the empty string is not zero.
func parseNumber(s string) (number, bool) {
	if s == "" || len(s) > 64 || strings.Trim(s, "0123456789+-.eE") != "" || strings.ContainsAny(s[:1], "+.eE") {
		return number{}, false
	}
	if whole, err := strconv.ParseInt(s, 10, 64); err == nil {
		return number{float64(whole), whole, true}, true
	}
	float, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return number{}, false
	}
	return number{float: float}, true
}

// coerced also reads numeric text, as arithmetic other than + and the loose
// comparisons do.
func coerced(value any) (number, bool) {
	if s, ok := value.(string); ok {
		return parseNumber(s)
	}
	return asNumber(value)
}

func (n number) compare(other number) int {
	if n.exact && other.exact {
		return compareOrdered(n.whole, other.whole)
	}
	return compareOrdered(n.float, other.float)
}

func compareOrdered[T int64 | float64](a, b T) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// truthy is the reading of a value as a condition.
func truthy(value any) bool {
	switch v := value.(type) {
	case nil, Undefined:
		return false
	case bool:
		return v
	case string:
		return v != ""
	case float64, json.Number:
		n, ok := asNumber(v)
		return ok && n.float != 0
	}
	return true
}

func missing(value any) bool { _, yes := value.(Undefined); return yes }
func nothing(value any) bool { return value == nil || missing(value) }

// textOf is the value as text: what is missing shows as nothing, structures as JSON.
func textOf(value any) string {
	switch v := value.(type) {
	case nil, Undefined:
		return ""
	case string:
		return v
	case json.Number:
		return string(v)
	}
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if encoder.Encode(value) != nil {
		return ""
	}
	return strings.TrimSuffix(b.String(), "\n")
}

// compare evaluates a comparison. A missing value fails every comparison except
// the question whether it is missing: a condition about absent data is false.
func (e *evaluator) compare(operator string, a, b any, anyCase bool) bool {
	strict := len(operator) == 3
	switch operator {
	case "==", "===", "!=", "!==":
		if missing(a) != missing(b) && !nothing(a) || missing(a) != missing(b) && !nothing(b) {
			return false
		}
		return e.equal(a, b, strict, anyCase) == (operator[0] == '=')
	}
	order, comparable := e.order(a, b)
	if !comparable {
		return false
	}
	switch operator {
	case "<":
		return order < 0
	case ">":
		return order > 0
	case "<=":
		return order <= 0
	}
	return order >= 0
}

// equal is deep equality. The loose form also equates null with a missing value,
// numbers with numeric text and booleans with their names.
func (e *evaluator) equal(a, b any, strict, anyCase bool) bool {
	if nothing(a) || nothing(b) {
		return nothing(a) && nothing(b) && (!strict || missing(a) == missing(b))
	}
	if n, ok := asNumber(a); ok {
		other, comparable := asNumber(b)
		if !comparable && !strict {
			other, comparable = coerced(b)
		}
		return comparable && n.compare(other) == 0
	}
	if _, ok := asNumber(b); ok {
		n, comparable := coerced(a)
		other, _ := asNumber(b)
		return comparable && !strict && n.compare(other) == 0
	}
	switch left := a.(type) {
	case bool:
		if right, ok := b.(bool); ok {
			return left == right
		}
		return !strict && b == strconv.FormatBool(left)
	case string:
		switch right := b.(type) {
		case string:
			e.charge(len(left))
			return left == right || anyCase && strings.EqualFold(left, right)
		case bool:
			return !strict && left == strconv.FormatBool(right)
		}
	case []any:
		right, ok := b.([]any)
		return ok && slices.EqualFunc(left, right, e.same)
	case map[string]any:
		right, ok := b.(map[string]any)
		return ok && e.sameObject(left, right)
	}
	return false
}

// same compares entries of structures: always by type and value.
func (e *evaluator) same(a, b any) bool {
	return e.spend(1) && e.equal(plain(a), plain(b), true, false)
}

func (e *evaluator) sameObject(a, b map[string]any) bool {
	if len(a) != len(b) {
		return false
	}
	for key, value := range a {
		other, ok := b[key]
		if !ok || !e.same(value, other) {
			return false
		}
	}
	return true
}

// order compares numbers, numbers with numeric text, moments in time and text.
func (e *evaluator) order(a, b any) (int, bool) {
	left, leftText := a.(string)
	right, rightText := b.(string)
	if leftText && rightText {
		e.charge(min(len(left), len(right)))
		if from, ok := parseTime(left); ok {
			if to, ok := parseTime(right); ok {
				return from.Compare(to), true
			}
		}
		return strings.Compare(left, right), true
	}
	n, ok := coerced(a)
	other, comparable := coerced(b)
	return n.compare(other), ok && comparable
}

// parseTime reads the ISO 8601 forms that occur in stored data; a form without
// a zone is UTC.
func parseTime(s string) (time.Time, bool) {
	if len(s) < 10 || len(s) > 40 || s[4] != '-' || s[7] != '-' {
		return time.Time{}, false
	}
	for _, layout := range []string{time.RFC3339Nano, time.DateOnly, "2006-01-02T15:04:05.999999999", time.DateTime, "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t.UTC(), true
		}
	}
	return time.Time{}, false
}
