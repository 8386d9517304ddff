package graph

import (
	"strconv"

	"github.com/augmentedos/graph/internal/fault"
)

// gate reads a document as a lexer would, without keeping anything, and refuses
// what is too long to be worth parsing. It returns the number of tokens. What
// is not GraphQL at all passes: the parser says it better.
func gate(query string, l *Limits) (tokens int, refusal *fault.Fault) {
	depth := 0
	for i := 0; i < len(query); {
		c := query[i]
		switch {
		case c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == '-' || c == 0xEF || c == 0xBB || c == 0xBF:
			i++
			continue
		case c == '#':
			for i < len(query) && query[i] != '\n' && query[i] != '\r' {
				i++
			}
			continue
		case isDigit(c):
			i = skipNumber(query, i)
		case isNameByte(c):
			end := i + 1
			for end < len(query) && isNameByte(query[end]) {
				end++
			}
			if end-i > l.NameLength {
				return tokens, tooComplex("A name in this document is longer than %d characters.", l.NameLength).
					Hint("Choose shorter aliases and variable names.")
			}
			i = end
		case c == '"':
			end, badEscape := skipString(query, i)
			if badEscape {
				return tokens, fault.Errorf(parseFailed, "A string in this document escapes half a surrogate pair.").
					Hint("Write the character itself, or both halves one after the other.")
			}
			i = end
		case c == '.' && i+2 < len(query) && query[i:i+3] == "...":
			i += 3
		case c == '{' || c == '[' || c == '(':
			i++
			// Selections and the values in them; the parser is recursive.
			if depth++; depth > l.Nesting+l.JSONDepth {
				return tokens, tooComplex("The brackets of this document are nested deeper than %d levels.", l.Nesting+l.JSONDepth).
					Hint("Pass deep values as variables.")
			}
		case c == '}' || c == ']' || c == ')':
			i++
			depth--
		default:
			i++
		}
		if tokens++; tokens > l.Tokens {
			return tokens, tooComplex("This document has more than %d tokens.", l.Tokens).
				Hint("Ask for less at once, or pass long values as variables.")
		}
	}
	return tokens, nil
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isNameByte(c byte) bool {
	return c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || isDigit(c)
}

// skipNumber is the index behind the number that starts at i.
func skipNumber(s string, i int) int {
	i = skipDigits(s, i)
	if i+1 < len(s) && s[i] == '.' && isDigit(s[i+1]) {
		i = skipDigits(s, i+1)
	}
	if i+1 < len(s) && (s[i] == 'e' || s[i] == 'E') {
		if s[i+1] == '+' || s[i+1] == '-' {
			i++
		}
		i = skipDigits(s, i+1)
	}
	return i
}

func skipDigits(s string, i int) int {
	for i < len(s) && isDigit(s[i]) {
		i++
	}
	return i
}

// skipString is the index behind the string or block string that starts at i.
func skipString(s string, i int) (end int, badEscape bool) {
	if len(s)-i >= 3 && s[i:i+3] == `"""` {
		return skipBlockString(s, i+3), false
	}
	return quoted(s, i)
}

// quoted is the index behind the string that starts at i, in JSON or GraphQL.
// Both parsers turn half a surrogate pair into U+FFFD without a word, so it is
// looked for here.
func quoted[T string | []byte](s T, i int) (end int, badEscape bool) {
	for i++; i < len(s); i++ {
		switch s[i] {
		case '"':
			return i + 1, badEscape
		case '\n', '\r':
			return i, badEscape
		case '\\':
			if unit, ok := utf16Unit(s, i); ok {
				if size := surrogateSize(s, i, unit); size == 0 {
					badEscape = true
				} else {
					i += size - 2
				}
			}
			i++
		}
	}
	return len(s), badEscape
}

func skipBlockString(s string, i int) int {
	for ; i < len(s); i++ {
		if s[i] == '\\' && len(s)-i >= 4 && s[i:i+4] == `\"""` {
			i += 3
		} else if s[i] == '"' && len(s)-i >= 3 && s[i:i+3] == `"""` {
			// Quotes before the closing three belong to the text.
			for i += 3; i < len(s) && s[i] == '"'; {
				i++
			}
			return i
		}
	}
	return i
}

// utf16Unit reads the \uXXXX at i.
func utf16Unit[T string | []byte](s T, i int) (uint64, bool) {
	if len(s)-i < 6 || s[i] != '\\' || s[i+1] != 'u' {
		return 0, false
	}
	unit, err := strconv.ParseUint(string(s[i+2:i+6]), 16, 16)
	return unit, err == nil
}

// surrogateSize is the length of the escape at i: 6, 12 for a pair, 0 for half
// of one.
func surrogateSize[T string | []byte](s T, i int, unit uint64) int {
	switch {
	case unit < 0xD800 || unit > 0xDFFF:
		return 6
	case unit >= 0xDC00:
		return 0
	}
	if low, ok := utf16Unit(s, i+6); ok && low >= 0xDC00 && low <= 0xDFFF {
		return 12
	}
	return 0
}

// tooComplex refuses a request for its size or shape; the caller adds the remedy.
func tooComplex(format string, args ...any) *fault.Fault {
	return fault.Errorf(fault.QueryTooComplex, format, args...)
}
