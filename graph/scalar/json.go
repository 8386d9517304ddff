package scalar

import (
	"bytes"
	"database/sql/driver"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// JSON is a document whose shape this API does not know. It holds the bytes as
// they are stored and nil for SQL NULL; nothing on the way from PostgreSQL to
// the client decodes them, which on a large answer would cost more than all
// the rest together.
type JSON []byte

// What a document may be at most when it comes in.
const (
	MaxJSONDepth = 64
	MaxJSONSize  = 256 << 10
	maxNumberLen = 400
)

// OrEmpty is the document, and an empty object when there is none.
func (j JSON) OrEmpty() JSON {
	if j == nil {
		return JSON("{}")
	}
	return j
}

// MarshalGQL writes the document without its white space.
func (j JSON) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendJSON(dst, j) })
}

// UnmarshalGQL takes any JSON value that jsonb can store.
func (j *JSON) UnmarshalGQL(v any) error {
	if err := CheckJSON(v); err != nil {
		return err
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return fault.Wrap(err, fault.BadUserInput, "This is not a JSON value.")
	}
	if b.Len() > MaxJSONSize {
		return fault.Errorf(fault.BadUserInput, "This JSON document is larger than %d bytes.", MaxJSONSize).
			Hint("Keep large content elsewhere and store a reference to it.")
	}
	*j = bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	return nil
}

// CheckJSON refuses a decoded document that PostgreSQL could not store or nobody
// could read back.
func CheckJSON(v any) error { return checkValue(v, 0) }

func checkValue(v any, depth int) error {
	if depth > MaxJSONDepth {
		return fault.Errorf(fault.BadUserInput, "This JSON document is nested deeper than %d levels.", MaxJSONDepth).
			Hint("Flatten the document.")
	}
	switch v := v.(type) {
	case string:
		return CheckText(v)
	case json.Number:
		return checkNumber(string(v))
	case []any:
		for i := range v {
			if err := checkValue(v[i], depth+1); err != nil {
				return err
			}
		}
	case map[string]any:
		for key, child := range v {
			if err := CheckText(key); err != nil {
				return err
			}
			if err := checkValue(child, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNumber bounds what numeric would expand: 1e100000 is six bytes here and
// a hundred thousand in the table.
func checkNumber(s string) error {
	_, exponent, _ := strings.Cut(strings.ToLower(s), "e")
	if e, err := strconv.Atoi(exponent); exponent != "" && (err != nil || e > maxNumberLen || e < -maxNumberLen) || len(s) > maxNumberLen {
		return fault.Errorf(fault.BadUserInput, "A number in this JSON document is out of range.").
			Hint("Send a number of that size as a string.")
	}
	return nil
}

// AppendJSON writes a stored document without the white space that jsonb puts
// behind colons and commas, and null for no document. It trusts its input to be
// JSON, as everything out of a jsonb column is.
func AppendJSON(dst []byte, doc []byte) []byte {
	if len(doc) == 0 {
		return append(dst, "null"...)
	}
	dst = slices.Grow(dst, len(doc))
	start := 0
	for i := 0; i < len(doc); i++ {
		switch doc[i] {
		case '"':
			i = endOfString(doc, i)
		case ' ', '\n', '\r', '\t':
			dst = append(dst, doc[start:i]...)
			start = i + 1
		}
	}
	if start < len(doc) {
		dst = append(dst, doc[start:]...)
	}
	return dst
}

// endOfString is the index of the quote that closes the string opened at i.
func endOfString(doc []byte, i int) int {
	for {
		next := bytes.IndexByte(doc[i+1:], '"')
		if next < 0 {
			return len(doc)
		}
		i += 1 + next
		back := i
		for back > 0 && doc[back-1] == '\\' {
			back--
		}
		if (i-back)%2 == 0 {
			return i
		}
	}
}

// ScanBytes takes a column's bytes from pgx, which reuses them.
func (j *JSON) ScanBytes(b []byte) error {
	*j = slices.Clone(b)
	return nil
}

// Scan is ScanBytes for database/sql.
func (j *JSON) Scan(src any) error {
	switch src := src.(type) {
	case nil:
		*j = nil
	case string:
		*j = JSON(src)
	case []byte:
		*j = slices.Clone(src)
	default:
		return fmt.Errorf("scan a JSON document from %T", src)
	}
	return nil
}

// Value stores the document as it is, nil as SQL NULL.
func (j JSON) Value() (driver.Value, error) {
	if j == nil {
		return nil, nil
	}
	return string(j), nil
}

// MarshalJSON lets a document be part of a larger one.
func (j JSON) MarshalJSON() ([]byte, error) {
	if j == nil {
		return []byte("null"), nil
	}
	return j, nil
}

// UnmarshalJSON keeps a part of a larger document as bytes.
func (j *JSON) UnmarshalJSON(b []byte) error {
	*j = slices.Clone(b)
	return nil
}
