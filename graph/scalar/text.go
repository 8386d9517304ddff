package scalar

import (
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

type text string

func (t text) MarshalGQL(w io.Writer) {
	emit(w, func(dst []byte) []byte { return AppendString(dst, string(t)) })
}

// MarshalString writes the built-in String.
func MarshalString(s string) graphql.Marshaler { return text(s) }

// UnmarshalString takes a string and nothing else. U+0000 is refused here,
// because PostgreSQL can store it in neither text nor jsonb.
func UnmarshalString(v any) (string, error) {
	s, ok := v.(string)
	if !ok {
		return "", refuse("a string", v)
	}
	return s, CheckText(s)
}

// CheckText says whether PostgreSQL could store s as text.
func CheckText(s string) error {
	if strings.IndexByte(s, 0) >= 0 {
		return fault.Errorf(fault.BadUserInput, "A text cannot hold the character U+0000.").Hint("Leave the character out.")
	}
	if !utf8.ValidString(s) {
		return fault.Errorf(fault.BadUserInput, "A text must be valid UTF-8.").Hint("Encode the text as UTF-8.")
	}
	return nil
}

// MarshalID writes the built-in ID: always a string.
func MarshalID(s string) graphql.Marshaler { return text(s) }

// UnmarshalID takes a string or, as the specification asks, an integer.
func UnmarshalID(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return v, CheckText(v)
	case int64:
		return strconv.FormatInt(v, 10), nil
	case int:
		return strconv.Itoa(v), nil
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return strconv.FormatInt(n, 10), nil
		}
	}
	return "", refuse("an id", v)
}

const hexDigits = "0123456789abcdef"

// AppendString writes s as a JSON string: only what JSON demands is escaped,
// and bytes that are not UTF-8 become U+FFFD so that the answer always parses.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(dst, s[start:i]...)
				dst = append(dst, "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		dst = appendEscape(dst, c)
		i++
		start = i
	}
	dst = append(dst, s[start:]...)
	return append(dst, '"')
}

func appendEscape(dst []byte, c byte) []byte {
	switch c {
	case '"', '\\':
		return append(dst, '\\', c)
	case '\n':
		return append(dst, '\\', 'n')
	case '\r':
		return append(dst, '\\', 'r')
	case '\t':
		return append(dst, '\\', 't')
	case '\b':
		return append(dst, '\\', 'b')
	case '\f':
		return append(dst, '\\', 'f')
	}
	return append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
}
