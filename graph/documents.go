package graph

import (
	"container/list"
	"errors"
	"sync"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"
)

// documents turns query text into a validated document, once per text: parsing
// and validating costs as much as a small query. A document is shared by all
// requests with the same text and is never changed after validation, so others
// may key what they derive from it on its address.
type documents struct {
	facts  *facts
	limits *Limits
	rules  *rules.Rules

	mu     sync.Mutex
	byText map[string]*list.Element // of *cached
	recent *list.List               // most recently used first
	weight int
}

type cached struct {
	text   string
	doc    *ast.QueryDocument
	weight int
}

func newDocuments(f *facts, limits *Limits, suggestions bool) *documents {
	return &documents{
		facts: f, limits: limits, rules: validationRules(suggestions),
		byText: make(map[string]*list.Element), recent: list.New(),
	}
}

// validationRules are those of the specification. "Did you mean" names parts of
// the schema and costs an edit distance per candidate, so it is for developers.
func validationRules(suggestions bool) *rules.Rules {
	r := rules.NewDefaultRules()
	if suggestions {
		return r
	}
	r.ReplaceRule(rules.FieldsOnCorrectTypeRule.Name, rules.FieldsOnCorrectTypeRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownArgumentNamesRule.Name, rules.KnownArgumentNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.KnownTypeNamesRule.Name, rules.KnownTypeNamesRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ScalarLeafsRule.Name, rules.ScalarLeafsRuleWithoutSuggestions.RuleFunc)
	r.ReplaceRule(rules.ValuesOfCorrectTypeRule.Name, rules.ValuesOfCorrectTypeRuleWithoutSuggestions.RuleFunc)
	return r
}

// load is the document of a query text. Work before validation is linear in
// the text, validation is bounded by what passed before it; neither looks at
// the context, because neither could stop early.
func (d *documents) load(text string) (*ast.QueryDocument, gqlerror.List) {
	if doc := d.get(text); doc != nil {
		return doc, nil
	}
	tokens, refusal := gate(text, d.limits)
	if refusal != nil {
		return nil, gqlerror.List{gqlerror.Wrap(refusal)}
	}
	doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, d.limits.Tokens)
	if err != nil {
		return nil, gqlerror.List{withCode(asGraphQL(err), parseFailed)}
	}
	if len(doc.Operations) == 0 {
		return nil, gqlerror.List{withCode(gqlerror.Errorf("This document has no operation."), validationFailed)}
	}
	if err := checkShape(d.facts, d.limits, doc); err != nil {
		return nil, gqlerror.List{withCode(asGraphQL(err), validationFailed)}
	}
	if errs := validator.ValidateWithRules(d.facts.schema, doc, d.rules); len(errs) > 0 {
		for _, e := range errs {
			_ = withCode(e, validationFailed) // changes e in place
		}
		return nil, errs
	}
	d.add(text, doc, len(text)+tokens*bytesPerToken)
	return doc, nil
}

// bytesPerToken is roughly what the parsed form of a token takes.
const bytesPerToken = 160

func asGraphQL(err error) *gqlerror.Error {
	var e *gqlerror.Error
	if errors.As(err, &e) {
		return e
	}
	return gqlerror.Wrap(err)
}

func (d *documents) get(text string) *ast.QueryDocument {
	d.mu.Lock()
	defer d.mu.Unlock()
	e, ok := d.byText[text]
	if !ok {
		return nil
	}
	d.recent.MoveToFront(e)
	return e.Value.(*cached).doc
}

// add keeps a document unless it is so large that a few of its kind would push
// out everything else.
func (d *documents) add(text string, doc *ast.QueryDocument, weight int) {
	if weight > d.limits.CacheBytes/16 {
		return
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	if _, ok := d.byText[text]; ok {
		return
	}
	d.byText[text] = d.recent.PushFront(&cached{text: text, doc: doc, weight: weight})
	d.weight += weight
	for d.weight > d.limits.CacheBytes || d.recent.Len() > d.limits.CacheEntries {
		oldest := d.recent.Back()
		c := d.recent.Remove(oldest).(*cached)
		delete(d.byText, c.text)
		d.weight -= c.weight
	}
}
