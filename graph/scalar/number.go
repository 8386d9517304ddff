package scalar

import (
	"encoding/json"
	"io"
	"math"
	"strconv"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

type integer int64

func (n integer) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendInt(dst, int64(n)) })
}

// AppendInt writes an Int or an Int64: both are JSON numbers.
func AppendInt(dst []byte, n int64) []byte { return strconv.AppendInt(dst, n, 10) }

// MarshalInt writes the built-in Int from a Go int.
func MarshalInt(n int) graphql.Marshaler { return integer(n) }

// UnmarshalInt takes an integer of 32 bits, as the specification defines Int.
func UnmarshalInt(v any) (int, error) {
	n, whole, ok := wholeNumber(v)
	if !ok {
		return 0, refuse("an integer", v)
	}
	if !whole {
		return 0, fault.Errorf(fault.BadUserInput, "Expected an integer, got a number with a fraction or out of range.").
			Hint("Send a whole number of 32 bits.")
	}
	if n < math.MinInt32 || n > math.MaxInt32 {
		return 0, fault.Errorf(fault.BadUserInput, "An Int has 32 bits: it must lie between -2147483648 and 2147483647.").
			Hint("Send a number within these bounds.")
	}
	return int(n), nil
}

// MarshalInt64 writes an Int64 as a JSON number. A string would keep every
// digit in JavaScript, but nothing we count comes near 2^53, where it starts
// to matter, and charts want numbers.
func MarshalInt64(n int64) graphql.Marshaler { return integer(n) }

// UnmarshalInt64 takes an integer or, for clients whose numbers are doubles, a
// string of decimal digits.
func UnmarshalInt64(v any) (int64, error) {
	if s, ok := v.(string); ok {
		n, err := strconv.ParseInt(s, 10, 64)
		if err != nil || s[0] == '+' {
			return 0, fault.Errorf(fault.BadUserInput, "Expected an integer of 64 bits, got another string.").
				Hint("Send a number, or a string of decimal digits.")
		}
		return n, nil
	}
	n, whole, ok := wholeNumber(v)
	if !ok {
		return 0, refuse("an integer", v)
	}
	if !whole {
		return 0, fault.Errorf(fault.BadUserInput, "Expected an integer of 64 bits, got a number with a fraction or out of range.").
			Hint("Send a whole number of 64 bits.")
	}
	return n, nil
}

// wholeNumber reads the forms in which gqlgen hands over a number. A JSON 1.0
// is an integer, as in the specification.
func wholeNumber(v any) (n int64, whole, ok bool) {
	switch v := v.(type) {
	case int:
		return int64(v), true, true
	case int32:
		return int64(v), true, true
	case int64:
		return v, true, true
	case float64:
		return fromFloat(v)
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true, true
		}
		f, err := v.Float64()
		if err != nil {
			return 0, false, true
		}
		return fromFloat(f)
	}
	return 0, false, false
}

func fromFloat(f float64) (n int64, whole, ok bool) {
	// Above 2^53 a double no longer names one integer.
	if f != math.Trunc(f) || math.Abs(f) > 1<<53 {
		return 0, false, true
	}
	return int64(f), true, true
}

type float float64

func (f float) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendFloat(dst, float64(f)) })
}

// AppendFloat writes the shortest text that reads back as f. JSON has no NaN
// and no infinity; they become null.
func AppendFloat(dst []byte, f float64) []byte {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return append(dst, "null"...)
	}
	form := byte('f')
	if abs := math.Abs(f); abs != 0 && (abs < 1e-6 || abs >= 1e21) {
		form = 'e'
	}
	return strconv.AppendFloat(dst, f, form, -1, 64)
}

// MarshalFloat writes the built-in Float.
func MarshalFloat(f float64) graphql.Marshaler { return float(f) }

// UnmarshalFloat takes a finite number; a string that looks like one is
// refused.
func UnmarshalFloat(v any) (float64, error) {
	switch v := v.(type) {
	case float64:
		return v, finite(v)
	case int64:
		return float64(v), nil
	case int:
		return float64(v), nil
	case json.Number:
		f, err := v.Float64()
		if err != nil {
			return 0, finite(math.Inf(1))
		}
		return f, nil
	}
	return 0, refuse("a number", v)
}

func finite(f float64) error {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		return fault.Errorf(fault.BadUserInput, "This number is out of range.").Hint("Send a number that a double can hold.")
	}
	return nil
}

type boolean bool

func (b boolean) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendBoolean(dst, bool(b)) })
}

// AppendBoolean writes true or false.
func AppendBoolean(dst []byte, b bool) []byte { return strconv.AppendBool(dst, b) }

// MarshalBoolean writes the built-in Boolean.
func MarshalBoolean(b bool) graphql.Marshaler { return boolean(b) }

// UnmarshalBoolean takes true or false, no numbers and no strings.
func UnmarshalBoolean(v any) (bool, error) {
	b, ok := v.(bool)
	if !ok {
		return false, refuse("a boolean", v)
	}
	return b, nil
}
