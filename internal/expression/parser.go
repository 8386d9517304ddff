package expression

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

const (
	maxSource = 4 << 10  // bytes of one expression
	maxText   = 64 << 10 // bytes of a text with expressions inside
	maxDepth  = 64       // nesting of one expression
)

// parser turns tokens into a tree, one method per level of the grammar. It keeps
// the first problem and then runs out: after fail every token is the end, so no
// method has to ask whether the one before it succeeded.
type parser struct {
	src      string
	tokens   []token
	next     int
	depth    int
	inFilter int
	lints    []Issue
	err      *fault.Fault
}

// parseRange reads src[start:end] as one expression.
func parseRange(src string, start, end int) (node, []Issue, error) {
	if end-start > maxSource {
		return nil, nil, syntaxFault(src, start, fmt.Sprintf("the expression has %d bytes, %d are allowed", end-start, maxSource),
			"split it: compute parts in an earlier step or mapping")
	}
	p := &parser{src: src}
	p.tokens, p.err = lex(src, start, end)
	if p.err != nil {
		return nil, nil, p.err
	}
	root := p.expression()
	if rest := p.peek(); p.err == nil && rest.kind != endToken {
		p.unexpected(rest, "an operator")
	}
	if p.err != nil {
		return nil, nil, p.err
	}
	return root, p.lints, nil
}

func (p *parser) peek() token { return p.tokens[p.next] }

func (p *parser) take() token {
	t := p.tokens[p.next]
	if t.kind != endToken {
		p.next++
	}
	return t
}

func (p *parser) accept(operator string) bool {
	if !p.peek().is(operator) {
		return false
	}
	p.next++
	return true
}

func (p *parser) expect(operator string) {
	if !p.accept(operator) {
		p.unexpected(p.peek(), operator)
	}
}

func (p *parser) fail(at int, problem, remedy string) {
	if p.err == nil {
		p.err = syntaxFault(p.src, at, problem, remedy)
	}
	p.next = len(p.tokens) - 1
}

func (p *parser) lint(at token, code, message, remedy string) {
	_, column := place(p.src, at.start)
	p.lints = append(p.lints, Issue{Severity: Warning, Code: code, Message: message, Remedy: remedy, Column: column})
}

// spanFrom closes a span that began at start with the last token taken.
func (p *parser) spanFrom(start int) span {
	return span{start, p.tokens[max(p.next-1, 0)].end}
}

// deeper guards one level of nesting; call what it returns when leaving.
func (p *parser) deeper() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.peek().start, fmt.Sprintf("the expression is nested more than %d levels deep", maxDepth), "simplify it or split it")
	}
	return func() { p.depth-- }
}

func (p *parser) expression() node {
	defer p.deeper()()
	start := p.peek().start
	condition := p.operation(orLevel)
	if !p.accept("?") {
		return condition
	}
	then := p.expression()
	p.expect(":")
	otherwise := p.expression()
	return &ternary{p.spanFrom(start), condition, then, otherwise}
}

// operation reads operators that bind at least as tightly as lowest; all of
// them group to the left.
func (p *parser) operation(lowest int) node {
	start := p.peek().start
	left := p.unary()
	for {
		operator, tightness := p.operator()
		if operator == "" || tightness < lowest {
			return left
		}
		p.note(p.take())
		right := p.operation(tightness + 1)
		if operator == "in" {
			in, _ := functionNamed("in")
			left = &call{span: p.spanFrom(start), function: in, args: []node{left, right}, anyCase: isStatus(left)}
			continue
		}
		comparison := tightness == equalityLevel
		left = &binary{p.spanFrom(start), operator, left, right, comparison && (isStatus(left) || isStatus(right))}
	}
}

// operator is the binary operator ahead in its canonical spelling.
func (p *parser) operator() (operator string, tightness int) {
	t := p.peek()
	switch {
	case t.word("and"):
		operator = "&&"
	case t.word("or"):
		operator = "||"
	case t.kind == nameToken && t.text == "in":
		return "in", relationLevel
	case t.is("="):
		operator = "=="
	case t.kind == operatorToken && strings.Contains(" || ?? && == != === !== < > <= >= + - * / % ", " "+t.text+" "):
		operator = t.text
	default:
		return "", 0
	}
	return operator, level(operator)
}

// note records the spellings that are accepted but not recommended.
func (p *parser) note(t token) {
	switch {
	case t.is("="):
		p.lint(t, "SINGLE_EQUALS", "A single = compares here; it is easily mistaken for an assignment.", "Write ==.")
	case t.word("and"), t.word("or"), t.word("not"):
		symbol := map[string]string{"and": "&&", "or": "||", "not": "!"}[strings.ToLower(t.text)]
		p.lint(t, "WORD_OPERATOR", fmt.Sprintf("The word %s is read as an operator.", t.text), "Write "+symbol+".")
	}
}

func (p *parser) unary() node {
	t := p.peek()
	switch {
	case t.is("!"), t.is("-"):
		defer p.deeper()()
		p.take()
		of := p.unary()
		return &unary{p.spanFrom(t.start), t.text, of}
	case t.word("not") && !p.tokens[min(p.next+1, len(p.tokens)-1)].is("."):
		// As in SQL, NOT covers a comparison: not status = 'done'.
		defer p.deeper()()
		p.note(p.take())
		of := p.operation(equalityLevel)
		return &unary{p.spanFrom(t.start), "!", of}
	case t.is("+"):
		p.fail(t.start, "+ needs a value on its left", "write toNumber(x) to read text as a number")
	}
	return p.postfix()
}

// postfix reads a value and the path steps and method calls after it.
func (p *parser) postfix() node {
	start := p.peek().start
	n := p.primary()
	for p.err == nil {
		switch t := p.peek(); {
		case t.is("."), t.is("?."):
			p.take()
			n = p.afterDot(start, n)
		case t.is("["):
			p.take()
			n = p.bracket(start, n)
		case t.is("("):
			p.fail(t.start, "only functions can be called", "functions are "+strings.Join(functionNames(), ", "))
		default:
			return n
		}
	}
	return n
}

func (p *parser) afterDot(start int, of node) node {
	t := p.take()
	if t.is("*") {
		p.fail(t.start, ".* is not part of this language", "write [*]")
		return of
	}
	if t.kind != nameToken {
		p.unexpected(t, "a name after the dot")
		return of
	}
	if p.peek().is("(") {
		return p.method(start, of, t)
	}
	return &member{p.spanFrom(start), of, t.text}
}

// method reads list.includes(x) as contains(list, x).
func (p *parser) method(start int, receiver node, t token) node {
	p.take()
	source := strings.TrimSpace(p.src[receiver.at().start:receiver.at().end])
	if takesArrow(t.text) {
		p.fail(t.start, "arrow functions are not part of this language", arrowRemedy(source, t.text, p.argumentSource()))
		return receiver
	}
	if global, ok := receiver.(*name); ok && refusedReceiver(global.name) {
		p.fail(receiver.at().start, global.name+" is not available here", p.functionHint(t.text))
		return receiver
	}
	function := t.text
	switch function {
	case "includes":
		function = "contains"
	case "toLowerCase":
		function = "lower"
	case "toUpperCase":
		function = "upper"
	}
	args := append([]node{receiver}, p.list(")")...)
	return p.call(start, t, function, args)
}

// argumentSource is the text up to the parenthesis that closes the call.
func (p *parser) argumentSource() string {
	start, open := p.peek().start, 1
	for _, t := range p.tokens[p.next:] {
		if t.is("(") {
			open++
		} else if t.is(")") {
			open--
		}
		if open == 0 {
			return p.src[start:t.start]
		}
	}
	return ""
}

// list reads comma-separated expressions up to the closing operator.
func (p *parser) list(closing string) []node {
	var items []node
	for !p.accept(closing) && p.err == nil {
		if len(items) > 0 {
			p.expect(",")
		}
		items = append(items, p.expression())
	}
	return items
}

func (p *parser) call(start int, t token, name string, args []node) node {
	if p.err != nil {
		return &literal{}
	}
	f, known := functionNamed(name)
	if !known {
		p.fail(t.start, "there is no function "+t.text, p.functionHint(t.text))
		return &literal{}
	}
	if len(args) < f.least || len(args) > f.most {
		p.fail(t.start, fmt.Sprintf("%s does not take %s", t.text, plural(len(args), "argument")), "write "+f.usage)
		return &literal{}
	}
	n := &call{span: p.spanFrom(start), function: f, args: args}
	switch name {
	case "in", "contains":
		n.anyCase = isStatus(args[0]) || isStatus(args[len(args)-1])
	case "matches":
		if pattern, ok := args[1].(*literal); ok {
			n.pattern = p.compile(pattern)
		}
	}
	return n
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// compile checks a literal regular expression while its author is looking.
func (p *parser) compile(pattern *literal) *regexp.Regexp {
	source, ok := pattern.value.(string)
	if !ok {
		p.fail(pattern.start, "a regular expression is text", "write matches(x, '^A.*')")
		return nil
	}
	re, err := compilePattern(source)
	if err != nil {
		p.fail(pattern.start, "this regular expression is not valid: "+err.Error(), "RE2 syntax applies: no look-around, no back-references")
	}
	return re
}

func (p *parser) functionHint(unknown string) string {
	if close := nearest(unknown, functionNames()); close != "" {
		f, _ := functionNamed(close)
		return "write " + f.usage
	}
	return "functions are " + strings.Join(functionNames(), ", ")
}

func (p *parser) bracket(start int, of node) node {
	switch {
	case p.accept("*"):
		p.expect("]")
		return &each{p.spanFrom(start), of}
	case p.accept("?"):
		p.inFilter++
		condition := p.expression()
		p.inFilter--
		p.expect("]")
		return &filter{p.spanFrom(start), of, condition}
	}
	by := p.expression()
	p.expect("]")
	if key, ok := by.(*literal); ok {
		if key, ok := key.value.(string); ok {
			return &member{p.spanFrom(start), of, key}
		}
	}
	return &index{p.spanFrom(start), of, by}
}

func (p *parser) primary() node {
	t := p.take()
	switch {
	case t.kind == stringToken:
		return &literal{p.spanFrom(t.start), t.text}
	case t.kind == numberToken:
		return p.number(t)
	case t.kind == nameToken:
		return p.name(t)
	case t.is("("), t.is("${"):
		inner := p.expression()
		p.expect(map[string]string{"(": ")", "${": "}"}[t.text])
		return inner
	case t.is("["):
		items := p.list("]")
		return &array{p.spanFrom(t.start), items}
	case t.is("@"):
		if p.inFilter == 0 {
			p.fail(t.start, "@ has a meaning only inside [?(…)]", "name the root: event, workflow, data")
		}
		return &current{p.spanFrom(t.start)}
	}
	p.unexpected(t, "a value")
	return &literal{}
}

func (p *parser) name(t token) node {
	switch t.text {
	case "true", "false":
		return &literal{p.spanFrom(t.start), t.text == "true"}
	case "null":
		return &literal{p.spanFrom(t.start), nil}
	case "undefined":
		return &literal{p.spanFrom(t.start), Undefined{}}
	}
	if remedy, refused := refusedWord(t.text); refused {
		p.fail(t.start, t.text+" is not part of this language", remedy)
		return &literal{}
	}
	if p.peek().is("(") {
		p.take()
		return p.call(t.start, t, t.text, p.list(")"))
	}
	if t.word("and") || t.word("or") || t.text == "in" {
		p.unexpected(t, "a value before it")
		return &literal{}
	}
	return &name{p.spanFrom(t.start), t.text}
}

// number keeps integers that a float64 would change as they are written.
func (p *parser) number(t token) node {
	value, err := strconv.ParseFloat(t.text, 64)
	if err != nil {
		p.fail(t.start, "this number is too large", "quote it if it is an identifier")
	}
	if textOf(value) != t.text {
		if _, err := strconv.ParseInt(t.text, 10, 64); err == nil {
			return &literal{p.spanFrom(t.start), json.Number(t.text)}
		}
	}
	return &literal{p.spanFrom(t.start), value}
}

// unexpected explains a token that does not fit, by the most likely reason.
func (p *parser) unexpected(t token, wanted string) {
	for _, other := range p.tokens {
		if other.is("=>") {
			p.fail(other.start, "arrow functions are not part of this language", arrowRemedy("list", "", ""))
			return
		}
	}
	switch {
	case t.kind == endToken:
		p.fail(t.start, "the expression ends where "+wanted+" is expected", "complete it, or remove the last operator")
	case t.is("/") && wanted == "a value":
		p.fail(t.start, "regular expressions are written as text", "write matches(x, 'pattern')")
	case t.is("."):
		p.fail(t.start, "a number or path does not start with a dot", "write 0.5 for a number, or name the root before the dot")
	case t.kind == operatorToken:
		p.fail(t.start, fmt.Sprintf("unexpected %s, %s is expected", p.src[t.start:t.end], wanted), "check the operators and parentheses around it")
	case wanted == "an operator":
		p.fail(t.start, "two values follow each other without an operator",
			"join them with && or ||, put text in quotes, or write otherwise for the branch that takes the rest")
	default:
		p.fail(t.start, fmt.Sprintf("unexpected %s, %s is expected", p.src[t.start:t.end], wanted), "check the operators and parentheses around it")
	}
}
