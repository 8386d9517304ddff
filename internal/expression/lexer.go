package expression

import (
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/augmentedos/graph/internal/fault"
)

type tokenKind int

const (
	endToken tokenKind = iota
	nameToken
	numberToken
	stringToken
	operatorToken
)

// token is one word of an expression with its place in the stored text. Both
// wrapper spellings, ${…} and {{…}}, arrive as the operators "${" and "}".
type token struct {
	kind       tokenKind
	text       string // operator or name as written, number as written, string decoded
	start, end int
}

func (t token) is(operator string) bool { return t.kind == operatorToken && t.text == operator }

// word reports whether the token is this operator word in any case.
func (t token) word(word string) bool {
	return t.kind == nameToken && strings.EqualFold(t.text, word)
}

// lexer cuts one range of a stored text into tokens. It never copies the text
// out of its surroundings, so every position is one in the text the author sees.
type lexer struct {
	src    string
	at     int
	end    int
	tokens []token
	open   []string // wrappers not closed yet, innermost last
	err    *fault.Fault
}

// operators, longest first so that === is not read as ==, =.
func operators() []string {
	return []string{
		"===", "!==", "==", "!=", "<=", ">=", "=>", "&&", "||", "??", "?.",
		"(", ")", "[", "]", ",", ".", "?", ":", "<", ">", "=", "+", "-", "*", "/", "%", "!", "@",
	}
}

func lex(src string, start, end int) ([]token, *fault.Fault) {
	l := &lexer{src: src, at: start, end: end}
	for l.err == nil && l.skipSpace() {
		l.next()
	}
	if l.err == nil && len(l.open) > 0 {
		l.fail(l.end, "this wrapper is not closed", "close "+l.open[len(l.open)-1]+" with the matching brace")
	}
	l.tokens = append(l.tokens, token{kind: endToken, start: l.end, end: l.end})
	return l.tokens, l.err
}

func (l *lexer) fail(at int, problem, remedy string) {
	if l.err == nil {
		l.err = syntaxFault(l.src, at, problem, remedy)
	}
}

func (l *lexer) emit(kind tokenKind, text string, end int) {
	l.tokens = append(l.tokens, token{kind: kind, text: text, start: l.at, end: end})
	l.at = end
}

func (l *lexer) rest() string { return l.src[l.at:l.end] }

func (l *lexer) skipSpace() bool {
	for l.at < l.end {
		r, size := utf8.DecodeRuneInString(l.rest())
		if !unicode.IsSpace(r) {
			return true
		}
		l.at += size
	}
	return false
}

func (l *lexer) next() {
	r, _ := utf8.DecodeRuneInString(l.rest())
	switch {
	case l.afterDot() && isNamePart(r):
		l.emit(nameToken, l.rest()[:l.memberLength()], l.at+l.memberLength())
	case isNameStart(r) && !strings.HasPrefix(l.rest(), "${"):
		n := nameLength(l.rest())
		l.emit(nameToken, l.rest()[:n], l.at+n)
	case r >= '0' && r <= '9':
		l.number()
	case r == '\'' || r == '"':
		l.quoted(byte(r))
	default:
		l.operator()
	}
}

func isNameStart(r rune) bool { return r == '_' || r == '$' || unicode.IsLetter(r) }
func isNamePart(r rune) bool  { return isNameStart(r) || unicode.IsDigit(r) || unicode.IsMark(r) }

// isName reports whether key can be written after a dot as it is.
func isName(key string) bool {
	r, _ := utf8.DecodeRuneInString(key)
	return isNameStart(r) && r != utf8.RuneError && nameLength(key) == len(key)
}

func nameLength(s string) int {
	for i, r := range s {
		if !isNamePart(r) || strings.HasPrefix(s[i:], "${") {
			return i
		}
	}
	return len(s)
}

func (l *lexer) afterDot() bool {
	n := len(l.tokens)
	return n > 0 && (l.tokens[n-1].is(".") || l.tokens[n-1].is("?."))
}

// memberLength measures a name after a dot. Right after "steps." the name is a
// step id, and step ids contain hyphens more often than not: nobody subtracts
// from a step, so steps.node-manual.output is read as the path it looks like.
func (l *lexer) memberLength() int {
	s := l.rest()
	length := nameLength(s)
	n := len(l.tokens)
	if n < 2 || (l.tokens[n-2].text != "steps" && l.tokens[n-2].text != "stepOutputs") {
		return length
	}
	for length < len(s) && s[length] == '-' {
		more := nameLength(s[length+1:])
		if more == 0 {
			break
		}
		length += 1 + more
	}
	return length
}

func (l *lexer) number() {
	s := l.rest()
	n := digits(s)
	if n < len(s) && s[n] == '.' && digits(s[n+1:]) > 0 {
		n += 1 + digits(s[n+1:])
	}
	if n < len(s) && (s[n] == 'e' || s[n] == 'E') {
		sign := 1
		if n+1 < len(s) && (s[n+1] == '+' || s[n+1] == '-') {
			sign = 2
		}
		if n+sign <= len(s) && digits(s[n+sign:]) > 0 {
			n += sign + digits(s[n+sign:])
		}
	}
	if unit := nameLength(s[n:]); unit > 0 {
		l.fail(l.at, "a number with a unit is not a value: "+s[:n+unit], unitRemedy(s[:n], s[n:n+unit]))
		return
	}
	if n > 1 && s[0] == '0' && digits(s) > 1 {
		l.fail(l.at, "a number does not start with 0", "write it without leading zeros, or quote it if it is text")
		return
	}
	l.emit(numberToken, s[:n], l.at+n)
}

func digits(s string) int {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return i
		}
	}
	return len(s)
}

func (l *lexer) quoted(quote byte) {
	var b strings.Builder
	s := l.rest()
	for i := 1; i < len(s); i++ {
		switch s[i] {
		case quote:
			l.emit(stringToken, b.String(), l.at+i+1)
			return
		case '\\':
			i += escape(&b, s[i+1:])
		default:
			b.WriteByte(s[i])
		}
	}
	l.fail(l.at, "this text is not closed", "end it with the quote it starts with: "+string(quote))
}

// escape decodes what follows a backslash and returns how much of it was used.
// An unknown escape keeps its backslash, so that '\d+' means what it says.
func escape(b *strings.Builder, s string) int {
	if s == "" {
		return 0
	}
	switch s[0] {
	case 'n':
		b.WriteByte('\n')
	case 't':
		b.WriteByte('\t')
	case 'r':
		b.WriteByte('\r')
	case '\\', '\'', '"':
		b.WriteByte(s[0])
	case 'u':
		return unicodeEscape(b, s)
	default:
		b.WriteByte('\\')
		return 0
	}
	return 1
}

func unicodeEscape(b *strings.Builder, s string) int {
	first, ok := hex4(s)
	if !ok {
		b.WriteByte('\\')
		return 0
	}
	if utf16.IsSurrogate(first) && strings.HasPrefix(s[5:], `\u`) {
		if second, ok := hex4(s[6:]); ok {
			if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
				b.WriteRune(r)
				return 11
			}
		}
	}
	b.WriteRune(first) // a lone surrogate becomes U+FFFD
	return 5
}

// hex4 reads the four digits of "u0041…".
func hex4(s string) (rune, bool) {
	if len(s) < 5 {
		return 0, false
	}
	var value rune
	for _, c := range []byte(s[1:5]) {
		digit := strings.IndexByte("0123456789abcdef", c|0x20)
		if digit < 0 || c < '0' {
			return 0, false
		}
		value = value<<4 | rune(digit)
	}
	return value, true
}

func (l *lexer) operator() {
	if l.wrapper() {
		return
	}
	if problem, remedy, refused := refusedSpelling(l.rest()); refused {
		l.fail(l.at, problem, remedy)
		return
	}
	for _, operator := range operators() {
		if strings.HasPrefix(l.rest(), operator) {
			l.emit(operatorToken, operator, l.at+len(operator))
			return
		}
	}
	r, _ := utf8.DecodeRuneInString(l.rest())
	l.fail(l.at, "unexpected character "+quoteRune(r), "text belongs in quotes: 'like this'")
}

// wrapper reads the opening and closing of ${…} and {{…}}. Which closing is
// meant depends on what is open: in ${a > {{b}}} the first }} closes {{.
func (l *lexer) wrapper() bool {
	for opening := range wrappers() {
		if strings.HasPrefix(l.rest(), opening) {
			l.open = append(l.open, opening)
			l.emit(operatorToken, "${", l.at+2)
			return true
		}
	}
	if len(l.open) == 0 {
		return false
	}
	closing := wrappers()[l.open[len(l.open)-1]]
	if !strings.HasPrefix(l.rest(), closing) {
		return false
	}
	l.open = l.open[:len(l.open)-1]
	l.emit(operatorToken, "}", l.at+len(closing))
	return true
}

func wrappers() map[string]string { return map[string]string{"${": "}", "{{": "}}"} }
