package expression

import (
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"
)

// node is one sub-expression. Its span is where the author wrote it; String of
// the whole tree is the canonical spelling, which parses to the same tree.
type node interface {
	at() span
	children() []node
}

type span struct{ start, end int }

func (s span) at() span { return s }

type (
	// literal is a value written in the text: nil, Undefined, bool, string,
	// float64, or json.Number for integers a float64 cannot hold.
	literal struct {
		span
		value any
	}
	// name is the first step of a path: a root such as event, or $.
	name struct {
		span
		name string
	}
	// word is the lone name of an unquoted mapping value, "high" or "payload":
	// the root of that name if there is one, else the text itself.
	word struct {
		span
		name string
	}
	// current is @, the entry that a [?(…)] looks at.
	current struct{ span }
	// member is .key and ['key'].
	member struct {
		span
		of  node
		key string
	}
	// index is [i] with a computed position or key.
	index struct {
		span
		of, by node
	}
	// each is [*]: every entry of a list or object.
	each struct {
		span
		of node
	}
	// filter is [?(condition)]: the entries for which the condition holds.
	filter struct {
		span
		of, condition node
	}
	call struct {
		span
		function function
		args     []node
		pattern  *regexp.Regexp // of matches(x, 'literal'), compiled once
		anyCase  bool           // one of the arguments is a status
	}
	unary struct {
		span
		operator string
		of       node
	}
	binary struct {
		span
		operator    string
		left, right node
		anyCase     bool // one of the sides is a status
	}
	ternary struct {
		span
		condition, then, otherwise node
	}
	array struct {
		span
		items []node
	}
	// text is "Order ${id} shipped": pieces of text and expressions, concatenated.
	text struct {
		span
		parts []node
	}
	// piece is text outside the wrappers.
	piece struct {
		span
		text string
	}
)

func (*literal) children() []node   { return nil }
func (*name) children() []node      { return nil }
func (*word) children() []node      { return nil }
func (*current) children() []node   { return nil }
func (*piece) children() []node     { return nil }
func (n *member) children() []node  { return []node{n.of} }
func (n *index) children() []node   { return []node{n.of, n.by} }
func (n *each) children() []node    { return []node{n.of} }
func (n *filter) children() []node  { return []node{n.of, n.condition} }
func (n *call) children() []node    { return n.args }
func (n *unary) children() []node   { return []node{n.of} }
func (n *binary) children() []node  { return []node{n.left, n.right} }
func (n *ternary) children() []node { return []node{n.condition, n.then, n.otherwise} }
func (n *array) children() []node   { return n.items }
func (n *text) children() []node    { return n.parts }

// walk visits n and what is below it, in the order of writing.
func walk(n node, visit func(node)) {
	visit(n)
	for _, child := range n.children() {
		walk(child, visit)
	}
}

// Precedences, loosest first.
const (
	ternaryLevel = iota + 1
	orLevel
	andLevel
	equalityLevel
	relationLevel
	sumLevel
	productLevel
	unaryLevel
	postfixLevel
)

func level(operator string) int {
	switch operator {
	case "||", "??":
		return orLevel
	case "&&":
		return andLevel
	case "==", "!=", "===", "!==":
		return equalityLevel
	case "<", ">", "<=", ">=":
		return relationLevel
	case "+", "-":
		return sumLevel
	}
	return productLevel
}

func levelOf(n node) int {
	switch n := n.(type) {
	case *ternary:
		return ternaryLevel
	case *binary:
		return level(n.operator)
	case *unary:
		return unaryLevel
	}
	return postfixLevel
}

// render is the canonical spelling of n.
func render(n node) string {
	var b strings.Builder
	write(&b, n, ternaryLevel)
	return b.String()
}

// write prints n, in parentheses if it binds looser than its surroundings.
func write(b *strings.Builder, n node, around int) {
	if levelOf(n) < around {
		b.WriteByte('(')
		defer b.WriteByte(')')
	}
	switch n := n.(type) {
	case *literal:
		b.WriteString(spell(n.value))
	case *name:
		b.WriteString(n.name)
	case *word:
		b.WriteString(n.name)
	case *piece:
		b.WriteString(n.text)
	case *current:
		b.WriteByte('@')
	case *unary:
		b.WriteString(n.operator)
		if below, ok := n.of.(*unary); ok && below.operator == n.operator && n.operator == "-" {
			b.WriteByte(' ') // -- would read as a decrement
		}
		write(b, n.of, unaryLevel)
	case *binary:
		write(b, n.left, levelOf(n))
		b.WriteString(" " + n.operator + " ")
		write(b, n.right, levelOf(n)+1)
	case *ternary:
		write(b, n.condition, orLevel)
		b.WriteString(" ? ")
		write(b, n.then, ternaryLevel)
		b.WriteString(" : ")
		write(b, n.otherwise, ternaryLevel)
	case *call:
		b.WriteString(n.function.name)
		writeList(b, '(', n.args, ')')
	case *array:
		writeList(b, '[', n.items, ']')
	case *text:
		writeText(b, n)
	default:
		writePath(b, n)
	}
}

func writePath(b *strings.Builder, n node) {
	write(b, n.children()[0], postfixLevel)
	switch n := n.(type) {
	case *member:
		if isName(n.key) {
			b.WriteString("." + n.key)
		} else {
			b.WriteString("[" + quote(n.key) + "]")
		}
	case *index:
		b.WriteByte('[')
		write(b, n.by, ternaryLevel)
		b.WriteByte(']')
	case *each:
		b.WriteString("[*]")
	case *filter:
		b.WriteString("[?(")
		write(b, n.condition, ternaryLevel)
		b.WriteString(")]")
	}
}

func writeList(b *strings.Builder, opening byte, items []node, closing byte) {
	b.WriteByte(opening)
	for i, item := range items {
		if i > 0 {
			b.WriteString(", ")
		}
		write(b, item, ternaryLevel)
	}
	b.WriteByte(closing)
}

func writeText(b *strings.Builder, n *text) {
	for _, part := range n.parts {
		if _, ok := part.(*piece); ok {
			write(b, part, ternaryLevel)
			continue
		}
		b.WriteString("${")
		write(b, part, ternaryLevel)
		b.WriteByte('}')
	}
}

// spell writes a literal the way the parser reads it.
func spell(value any) string {
	switch v := value.(type) {
	case nil:
		return "null"
	case Undefined:
		return "undefined"
	case string:
		return quote(v)
	}
	return textOf(value)
}

func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteString(`\` + string(r))
		case r < ' ' || r == 0x7f:
			b.WriteString(`\u` + strconv.FormatInt(0x10000+int64(r), 16)[1:])
		case r == utf8.RuneError:
			b.WriteString(`\ufffd`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}
