// Package expression reads and evaluates the expressions that definitions store:
// conditions of triggers, subscriptions and transitions, mappings of input,
// visibility of fields, titles with values in them. It is a small language without
// assignment, loops, functions of its own or access to anything but the data it is
// given; docs/expressions.md explains it to authors. Stored text is never
// rewritten: a Program keeps its source and the tree it was read as.
package expression

import (
	"context"
	"regexp"
	"strings"

	"github.com/augmentedos/graph/internal/fault"
)

// Program is a parsed text: the stored text stays as it is, the tree is what
// runs. A Program never changes and may be shared between goroutines.
type Program struct {
	source    string
	root      node
	lints     []Issue
	always    bool // an empty condition or one of the words for "the rest"
	otherwise bool
}

// Parse reads a condition or any other single expression: event_condition,
// filter_condition, correlation_key, visibleIf, next[].condition. Empty text and
// the words otherwise, default and else are always true.
func Parse(source string) (*Program, error) {
	p := &Program{source: source}
	switch strings.ToLower(strings.TrimSpace(source)) {
	case "":
		p.always = true
		return p, nil
	case "otherwise", "default", "else":
		p.always, p.otherwise = true, true
		return p, nil
	}
	parts, err := split(source)
	if err != nil {
		return nil, err
	}
	program, err := p.expression()
	if err != nil && len(parts) > 1 && !conditionOperators.MatchString(outside(source, parts)) {
		return p.filled(parts)
	}
	return program, err
}

// ParseMapping reads one value of a mapping (input_mapping, step input, handler
// input). A wrapped value is an expression with a typed result. An unwrapped one
// is an expression if it reads like one: a path, a call, a quoted or numeric
// literal; otherwise it is the text itself, and a lone word is the root of that
// name where there is one.
func ParseMapping(source string) (*Program, error) {
	parts, err := split(source)
	if err != nil {
		return nil, err
	}
	if len(parts) != 1 || parts[0].wrapped {
		return parseWrapped(source, parts)
	}
	p := &Program{source: source}
	root, lints, err := parseRange(source, 0, len(source))
	switch {
	case err != nil && startsAsExpression(source):
		return nil, err
	case err != nil:
		return p.literal()
	}
	if lone, ok := root.(*name); ok {
		root = &word{lone.span, lone.name}
	} else if !readsData(root) {
		return p.literal()
	}
	p.root, p.lints = root, lints
	return p, nil
}

// ParseTemplate reads a text with ${…} or {{…}} inside, as in payload templates.
// One wrapper around everything gives the typed value. Between several, operators
// make one expression of it: "${a} > 1000"; other text is filled in. A text
// without wrappers is itself.
func ParseTemplate(source string) (*Program, error) {
	parts, err := split(source)
	if err != nil {
		return nil, err
	}
	return parseWrapped(source, parts)
}

// ParseText reads a title or message: always text, every wrapper filled in.
func ParseText(source string) (*Program, error) {
	parts, err := split(source)
	if err != nil {
		return nil, err
	}
	return (&Program{source: source}).filled(parts)
}

func parseWrapped(source string, parts []part) (*Program, error) {
	p := &Program{source: source}
	if len(parts) == 1 && parts[0].wrapped {
		return p.expression()
	}
	if joinsWrappers(outside(source, parts)) && len(source) <= maxSource {
		if root, lints, err := parseRange(source, 0, len(source)); err == nil {
			p.root, p.lints = root, lints
			return p, nil
		}
	}
	return p.filled(parts)
}

// expression parses the whole source; wrappers in it act as parentheses.
func (p *Program) expression() (*Program, error) {
	root, lints, err := parseRange(p.source, 0, len(p.source))
	if err != nil {
		return nil, err
	}
	p.root, p.lints = root, lints
	return p, nil
}

func (p *Program) literal() (*Program, error) {
	p.root = &literal{span{0, len(p.source)}, p.source}
	return p, nil
}

// filled makes a text of the parts, each wrapper parsed by itself.
func (p *Program) filled(parts []part) (*Program, error) {
	if len(parts) == 0 || len(parts) == 1 && !parts[0].wrapped {
		return p.literal()
	}
	n := &text{span: span{0, len(p.source)}}
	for _, part := range parts {
		if !part.wrapped {
			n.parts = append(n.parts, &piece{part.span, p.source[part.start:part.end]})
			continue
		}
		root, lints, err := parseRange(p.source, part.start, part.end)
		if err != nil {
			return nil, err
		}
		n.parts = append(n.parts, root)
		p.lints = append(p.lints, lints...)
	}
	p.root = n
	return p, nil
}

// part is a stretch of a text: words, or a wrapper with its braces.
type part struct {
	span
	wrapped bool
}

// split finds the wrappers of a text. Space around a single wrapper is not text.
func split(source string) ([]part, error) {
	if len(source) > maxText {
		return nil, fault.Errorf(fault.Validation, "The text has %d bytes, %d are allowed.", len(source), maxText).
			Hint("Keep long texts in a document and refer to it.")
	}
	var parts []part
	words := 0
	for at := 0; at < len(source); at++ {
		opening, closing := wrapperAt(source, at)
		if opening == "" {
			continue
		}
		end := wrapperEnd(source, at+len(opening), closing)
		if end < 0 {
			return nil, syntaxFault(source, at, "this wrapper is not closed", "close "+opening+" with "+closing)
		}
		if words < at {
			parts = append(parts, part{span{words, at}, false})
		}
		parts = append(parts, part{span{at, end}, true})
		words, at = end, end-1
	}
	if words < len(source) {
		parts = append(parts, part{span{words, len(source)}, false})
	}
	return withoutMargins(source, parts), nil
}

func withoutMargins(source string, parts []part) []part {
	var kept []part
	wrapped := 0
	for _, part := range parts {
		if part.wrapped {
			wrapped++
		}
		if part.wrapped || strings.TrimSpace(source[part.start:part.end]) != "" {
			kept = append(kept, part)
		}
	}
	if wrapped == 1 && len(kept) == 1 {
		return kept
	}
	return parts
}

func wrapperAt(source string, at int) (opening, closing string) {
	for opening, closing := range wrappers() {
		if strings.HasPrefix(source[at:], opening) {
			return opening, closing
		}
	}
	return "", ""
}

// wrapperEnd is the position behind the closing of a wrapper whose inside starts
// at from. Braces in quotes and inner wrappers do not count.
func wrapperEnd(source string, from int, closing string) int {
	for at := from; at < len(source); at++ {
		if strings.HasPrefix(source[at:], closing) {
			return at + len(closing)
		}
		switch c := source[at]; c {
		case '\'', '"':
			if at = quoteEnd(source, at); at < 0 {
				return -1
			}
		case '$', '{':
			if inner, innerClosing := wrapperAt(source, at); inner != "" {
				end := wrapperEnd(source, at+2, innerClosing)
				if end < 0 {
					return -1
				}
				at = end - 1
			}
		}
	}
	return -1
}

func quoteEnd(source string, at int) int {
	for end := at + 1; end < len(source); end++ {
		switch source[end] {
		case '\\':
			end++
		case source[at]:
			return end
		}
	}
	return -1
}

// What counts as an operator outside the wrappers. In a condition everything
// does. A template is text more often than not: there, punctuation does not
// count, and - and / only between spaces ("${year}-${month}", "${base}/${id}").
var (
	conditionOperators = regexp.MustCompile("[=<>!&|+*/%?`-]|" + `\b(?i:and|or|not|in)\b`)
	templateOperators  = regexp.MustCompile(`===?|!==?|[<>]=?|&&|\|\||\?\?|[+*%]|\s[-/]\s`)
	quotedText         = regexp.MustCompile(`'[^']*'|"[^"]*"`)
	anyName            = regexp.MustCompile(`[\pL_$][\pL\pN_$]*`)
	startOfPath        = regexp.MustCompile(`^\s*!*\s*([\pL_$][\pL\pN_$]*)[.\[(]`)
)

// outside is what stands between the wrappers, each of them reduced to a ).
func outside(source string, parts []part) string {
	var b strings.Builder
	for _, part := range parts {
		if part.wrapped {
			b.WriteByte(')')
			continue
		}
		b.WriteString(source[part.start:part.end])
	}
	return b.String()
}

// joinsWrappers reports whether the text between the wrappers of a template
// reads as operators and calls. Names of its own make it text: "Review - ${id}".
func joinsWrappers(outside string) bool {
	joins := templateOperators.MatchString(outside)
	for _, word := range anyName.FindAllString(quotedText.ReplaceAllString(outside, "''"), -1) {
		switch _, function := functionNamed(word); {
		case function:
			joins = true
		case word != "true" && word != "false" && word != "null" && word != "undefined":
			return false
		}
	}
	return joins
}

// startsAsExpression tells a mistyped expression from a text that was never
// meant to be one: "event.payload.amount >" from "Standard order".
func startsAsExpression(source string) bool {
	match := startOfPath.FindStringSubmatch(source)
	if match == nil {
		return false
	}
	_, function := functionNamed(match[1])
	return function || isRoot(match[1])
}

// readsData reports whether an unwrapped mapping value is meant as an expression:
// it follows a path, calls a function, falls back from a root, or is a literal.
func readsData(n node) bool {
	if minus, ok := n.(*unary); ok && minus.operator == "-" {
		n = minus.of
	}
	if _, ok := n.(*literal); ok {
		return true
	}
	reads := false
	walk(n, func(n node) {
		switch n := n.(type) {
		case *member, *index, *each, *filter, *call:
			reads = true
		case *binary:
			left, ok := n.left.(*name)
			reads = reads || ok && level(n.operator) == orLevel && isRoot(left.name)
		}
	})
	return reads
}

// Source is the text as it is stored.
func (p *Program) Source() string { return p.source }

// String is the canonical spelling of what was understood.
func (p *Program) String() string {
	if p.root == nil {
		return p.source
	}
	return render(p.root)
}

// Otherwise reports whether p stands for "the rest" and so belongs after every
// other branch. An empty condition holds as well but keeps its place.
func (p *Program) Otherwise() bool { return p.otherwise }

// Eval computes the value of p: bool, string, float64, json.Number, []any,
// map[string]any, nil for null, Undefined for a path that leads nowhere. Lists
// and objects may be those of env itself: treat them as read-only. The only
// errors are a spent budget and a done context.
func (p *Program) Eval(ctx context.Context, env Env) (any, error) {
	if p.always {
		return true, nil
	}
	return p.run(newEvaluator(ctx, env))
}

func (p *Program) run(e *evaluator) (any, error) {
	if p.always {
		return true, e.failure()
	}
	value := e.eval(p.root)
	if e.err != nil {
		return Undefined{}, e.failure()
	}
	return value, nil
}

// Condition reads the value of p as yes or no: false, null, missing, 0 and empty
// text are no.
func (p *Program) Condition(ctx context.Context, env Env) (bool, error) {
	value, err := p.Eval(ctx, env)
	return err == nil && truthy(value), err
}

// Text is the value of p as text, for correlation keys and titles; present is
// false when there is nothing to show.
func (p *Program) Text(ctx context.Context, env Env) (text string, present bool, err error) {
	value, err := p.Eval(ctx, env)
	return textOf(value), err == nil && !nothing(value), err
}
