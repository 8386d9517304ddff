package graph

import (
	"errors"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
	"github.com/vektah/gqlparser/v2/parser"
	"github.com/vektah/gqlparser/v2/validator"
	"github.com/vektah/gqlparser/v2/validator/rules"

	"github.com/augmentedos/graph/internal/lru"
)

// documents turns query text into a validated document, once per text: parsing
// and validating costs as much as a small query. A document is shared by all
// requests with the same text and is never changed after validation, so others
// may key what they derive from it on its address.
type documents struct {
	facts  *facts
	limits *Limits
	rules  *rules.Rules

	byText *lru.Cache[string, *ast.QueryDocument]
}

func newDocuments(f *facts, limits *Limits, suggestions bool) *documents {
	return &documents{
		facts: f, limits: limits, rules: validationRules(suggestions),
		byText: lru.New[string, *ast.QueryDocument](limits.CacheEntries, limits.CacheBytes),
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
	if doc, ok := d.byText.Get(text); ok {
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

// add keeps a document unless it is so large that a few of its kind would push
// out everything else.
func (d *documents) add(text string, doc *ast.QueryDocument, weight int) {
	if weight <= d.limits.CacheBytes/16 {
		d.byText.Add(text, doc, weight)
	}
}
