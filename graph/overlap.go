package graph

import "github.com/vektah/gqlparser/v2/ast"

// overlaps counts the pairs of fields with one response name that validation
// will compare to see whether they can be merged. The rule is quadratic in the
// repetitions (20 000 times the same field kept a core busy for 20 seconds), so
// they are counted first, which is linear in the expanded document.
type overlaps struct {
	doc    *ast.QueryDocument
	pairs  int
	budget int
}

// checkOverlaps runs after the other limits: it relies on the bound on expanded
// selections and on the absence of cycles.
func (s *shape) checkOverlaps() error {
	// The rule walks every operation, and the inline fragments of each fragment
	// once more from every place that reaches them.
	rounds := len(s.doc.Operations) + s.inline*(1+len(s.doc.Fragments))
	o := &overlaps{doc: s.doc, budget: s.limits.Overlaps / max(rounds, 1)}
	for _, op := range s.doc.Operations {
		o.merge([]ast.SelectionSet{op.SelectionSet})
	}
	for _, fragment := range s.doc.Fragments {
		o.merge([]ast.SelectionSet{fragment.SelectionSet})
	}
	if o.pairs > o.budget {
		return tooComplex("This document selects the same fields too often in one place.").
			Hint("Remove repeated fields; they would be answered once anyway.")
	}
	return nil
}

// group is what is selected below one response name.
type group struct {
	fields int
	below  []ast.SelectionSet
}

func (o *overlaps) merge(sets []ast.SelectionSet) {
	if o.pairs > o.budget {
		return
	}
	groups := make(map[string]*group)
	seen := make(map[string]bool)
	for _, set := range sets {
		o.collect(set, groups, seen)
	}
	for _, g := range groups {
		o.pairs += g.fields * (g.fields - 1) / 2
		if len(g.below) > 0 {
			o.merge(g.below)
		}
	}
}

func (o *overlaps) collect(set ast.SelectionSet, groups map[string]*group, seen map[string]bool) {
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			g := groups[sel.Alias]
			if g == nil {
				g = &group{}
				groups[sel.Alias] = g
			}
			g.fields++
			if len(sel.SelectionSet) > 0 {
				g.below = append(g.below, sel.SelectionSet)
			}
		case *ast.InlineFragment:
			o.collect(sel.SelectionSet, groups, seen)
		case *ast.FragmentSpread:
			fragment := o.doc.Fragments.ForName(sel.Name)
			if fragment == nil || seen[sel.Name] {
				continue
			}
			seen[sel.Name] = true
			o.collect(fragment.SelectionSet, groups, seen)
		}
	}
}
