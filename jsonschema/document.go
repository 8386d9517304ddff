package jsonschema

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What no stored document may exceed. The bounds keep the work of a check
// proportional to what a person would ever write by hand or machine.
const (
	maxDocumentSize  = 8 << 20
	maxDocumentDepth = 64
	maxNumberLength  = 100
	maxExponent      = 400
)

// decode reads a document for validation, numbers kept as they are written.
func decode(doc []byte) (any, *Violation) {
	if violation := inspect(doc, maxDocumentSize, maxDocumentDepth); violation != nil {
		return nil, violation
	}
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, &Violation{Keyword: "json", Message: "is not valid JSON: " + err.Error()}
	}
	return value, nil
}

// inspect refuses what must not even be decoded: text that is not JSON, that
// PostgreSQL's jsonb cannot hold (NUL, half surrogate pairs), that nests too
// deeply, or whose numbers would make exact arithmetic explode.
func inspect(doc []byte, maxSize, maxDepth int) *Violation {
	if len(doc) > maxSize {
		return &Violation{Keyword: "size", Message: fmt.Sprintf("is larger than %d KiB", maxSize>>10)}
	}
	if !utf8.Valid(doc) {
		return &Violation{Keyword: "json", Message: "is not valid UTF-8"}
	}
	if !json.Valid(doc) {
		return &Violation{Keyword: "json", Message: "is not valid JSON: " + syntaxError(doc)}
	}
	s := scanner{doc: doc, maxDepth: maxDepth}
	return s.scan()
}

func syntaxError(doc []byte) string {
	var value json.RawMessage
	err := json.Unmarshal(doc, &value)
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return fmt.Sprintf("%s, at byte %d", syntax.Error(), syntax.Offset)
	}
	return "it cannot be read"
}

// scanner walks over valid JSON text without building values.
type scanner struct {
	doc      []byte
	maxDepth int
	stack    []frame
}

// frame is an object or array the scanner is inside of.
type frame struct {
	object    bool
	expectKey bool
	key       []byte // raw text of the current key
	index     int
}

func (s *scanner) scan() *Violation {
	for i := 0; i < len(s.doc); {
		switch c := s.doc[i]; c {
		case '{', '[':
			s.stack = append(s.stack, frame{object: c == '{', expectKey: c == '{'})
			if len(s.stack) > s.maxDepth {
				s.stack = s.stack[:len(s.stack)-1]
				return s.violation("depth", fmt.Sprintf("is nested more than %d levels deep", s.maxDepth))
			}
		case '}', ']':
			s.stack = s.stack[:len(s.stack)-1]
		case ',':
			top := &s.stack[len(s.stack)-1]
			top.expectKey = top.object
			top.index++
		case '"':
			end := stringEnd(s.doc, i)
			if violation := s.text(s.doc[i:end]); violation != nil {
				return violation
			}
			i = end
			continue
		case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9':
			end := numberEnd(s.doc, i)
			if !boundedNumber(s.doc[i:end]) {
				return s.violation("number", fmt.Sprintf("is a number with more than %d digits or an exponent beyond %d",
					maxNumberLength, maxExponent))
			}
			i = end
			continue
		}
		i++
	}
	return nil
}

// text looks at one string, which is a key when an object expects one.
func (s *scanner) text(raw []byte) *Violation {
	if len(s.stack) > 0 {
		if top := &s.stack[len(s.stack)-1]; top.expectKey {
			top.key, top.expectKey = raw, false
		}
	}
	if bytes.IndexByte(raw, '\\') < 0 {
		return nil
	}
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++
		if raw[i] != 'u' {
			continue
		}
		r := hex4(raw[i+1:])
		i += 4
		switch {
		case r == 0:
			return s.violation("nul", `contains the character NUL (\u0000), which cannot be stored`)
		case utf16.IsSurrogate(r):
			if !lowSurrogateFollows(raw[i+1:], r) {
				return s.violation("unicode", "contains half of a surrogate pair, which cannot be stored")
			}
			i += 6
		}
	}
	return nil
}

func lowSurrogateFollows(raw []byte, high rune) bool {
	if len(raw) < 6 || raw[0] != '\\' || raw[1] != 'u' {
		return false
	}
	return utf16.DecodeRune(high, hex4(raw[2:])) != utf8.RuneError
}

func hex4(raw []byte) rune {
	value, err := strconv.ParseUint(string(raw[:4]), 16, 32)
	if err != nil {
		return utf8.RuneError
	}
	return rune(value)
}

func stringEnd(doc []byte, start int) int {
	for i := start + 1; i < len(doc); i++ {
		switch doc[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(doc)
}

func numberEnd(doc []byte, start int) int {
	end := start
	for end < len(doc) && bytes.IndexByte([]byte("+-.0123456789eE"), doc[end]) >= 0 {
		end++
	}
	return end
}

// boundedNumber exists because exact arithmetic on 1e999999999 needs gigabytes.
func boundedNumber(text []byte) bool {
	if len(text) > maxNumberLength {
		return false
	}
	i := bytes.IndexAny(text, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(strings.TrimPrefix(string(text[i+1:]), "+"))
	return err == nil && exponent <= maxExponent && exponent >= -maxExponent
}

// violation reports at the place the scanner has reached.
func (s *scanner) violation(keyword, message string) *Violation {
	path := ""
	for _, f := range s.stack {
		if !f.object {
			path = item(path, f.index)
			continue
		}
		var key string
		if json.Unmarshal(f.key, &key) == nil {
			path = join(path, strings.ToValidUTF8(strings.ReplaceAll(key, "\x00", ""), ""))
		}
	}
	return &Violation{Path: path, Keyword: keyword, Message: message}
}
