package graph

import (
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// shape measures a parsed document before validation, whose rules are partly
// quadratic, sees it. Every selection is visited once: what a fragment contains
// is remembered, so that fragments which double each other stay cheap to measure
// however large they are to run.
type shape struct {
	facts  *facts
	limits *Limits
	doc    *ast.QueryDocument

	selections, aliases, directives int
	schemaLookups, typeLookups      int // __schema and __type
	inline                          int // longest chain of inline fragments
	fragments                       map[string]*extent
	cycle                           *ast.FragmentSpread
}

// extent is how large a selection set is when every spread is written out.
type extent struct {
	done          bool
	expanded      int // selections
	hops          int // entities on the longest way down
	nesting       int // selection sets on the longest way down
	introspection int // the same, below __schema or __type
	typeLists     int // lists of types inside one another, below the same
}

// checkShape says what is wrong with the shape of a document, nil if nothing is.
func checkShape(f *facts, limits *Limits, doc *ast.QueryDocument) error {
	s := &shape{facts: f, limits: limits, doc: doc, fragments: make(map[string]*extent, len(doc.Fragments))}
	if refusal := s.count(); refusal != nil {
		return refusal
	}
	for _, fragment := range doc.Fragments {
		s.directives += len(fragment.Directives)
		s.fragment(fragment)
	}
	largest := extent{}
	for _, op := range doc.Operations {
		s.directives += len(op.Directives)
		for _, v := range op.VariableDefinitions {
			s.directives += len(v.Directives)
		}
		largest.include(s.selectionSet(op.SelectionSet, f.root(op), 0))
	}
	if s.cycle != nil {
		err := gqlerror.ErrorPosf(s.cycle.Position, "Cannot spread fragment %q within itself.", s.cycle.Name)
		err.Rule = "NoFragmentCycles"
		return err
	}
	if refusal := s.verdict(largest); refusal != nil {
		return refusal
	}
	return s.checkOverlaps()
}

func (s *shape) count() error {
	if n := s.limits.Operations; len(s.doc.Operations) > n {
		return tooComplex("This document has more than %d operations.", n).Hint("Send the operations one by one.")
	}
	if n := s.limits.Fragments; len(s.doc.Fragments) > n {
		return tooComplex("This document has more than %d fragments.", n).Hint("Merge fragments, or send several requests.")
	}
	for _, op := range s.doc.Operations {
		if n := s.limits.Variables; len(op.VariableDefinitions) > n {
			return tooComplex("An operation has more than %d variables.", n).Hint("Pass an input object instead.")
		}
	}
	return nil
}

// What introspection in good faith needs. Each list of types below another one
// multiplies the answer by the size of the schema, and each __schema is a whole
// one.
const (
	maxTypeLists     = 1
	maxSchemaLookups = 1
	maxTypeLookups   = 10
)

func (s *shape) verdict(e extent) error {
	l := s.limits
	switch {
	case s.selections > l.Selections:
		return tooComplex("This document selects more than %d fields.", l.Selections).Hint("Ask for fewer fields, or send several requests.")
	case e.expanded > l.Expanded:
		return tooComplex("This document selects more than %d fields when its fragments are written out.", l.Expanded).Hint("Spread large fragments in fewer places.")
	case s.aliases > l.Aliases:
		return tooComplex("This document has more than %d aliases.", l.Aliases).Hint("Use a list field with a filter, or send several requests.")
	case s.directives > l.Directives:
		return tooComplex("This document has more than %d directives.", l.Directives).Hint("Leave out what is not needed instead of skipping it.")
	case e.hops > l.Hops:
		return tooComplex("This query goes through more than %d objects from the root to a leaf; edges, node, nodes and pageInfo do not count.", l.Hops).
			Hint("Start from a node closer to what you need, for example with node(id:).")
	case e.nesting > l.Nesting:
		return tooComplex("This query is nested deeper than %d levels.", l.Nesting).Hint("Start from a node closer to what you need.")
	case e.introspection > l.Introspection || e.typeLists > maxTypeLists || s.schemaLookups > maxSchemaLookups || s.typeLookups > maxTypeLookups:
		return tooComplex("This introspection query is nested deeper than %d levels, asks for types inside types, or more than once.", l.Introspection).
			Hint("Use the introspection query of your tool, or read /schema.graphql.")
	}
	return nil
}

func (s *shape) selectionSet(set ast.SelectionSet, parent *ast.Definition, inline int) extent {
	var total extent
	s.selections += len(set)
	s.inline = max(s.inline, inline)
	for _, selection := range set {
		switch sel := selection.(type) {
		case *ast.Field:
			total.include(s.field(sel, parent))
		case *ast.InlineFragment:
			s.directives += len(sel.Directives)
			inner := parent
			if sel.TypeCondition != "" {
				inner = s.facts.schema.Types[sel.TypeCondition]
			}
			below := s.selectionSet(sel.SelectionSet, inner, inline+1)
			below.expanded++
			total.include(below)
		case *ast.FragmentSpread:
			s.directives += len(sel.Directives)
			total.include(s.spread(sel))
		}
	}
	total.nesting++
	return total
}

func (s *shape) field(field *ast.Field, parent *ast.Definition) extent {
	if field.Alias != field.Name {
		s.aliases++
	}
	s.directives += len(field.Directives)
	def, target := s.facts.field(parent, field.Name)
	if isIntrospection(field.Name) {
		def, target = nil, s.introspected(field.Name)
	}
	e := s.selectionSet(field.SelectionSet, target, 0)
	if len(field.SelectionSet) == 0 {
		e.nesting = 0
	}
	e.expanded++
	switch {
	case isIntrospection(field.Name), parent != nil && len(parent.Name) > 2 && parent.Name[:2] == "__":
		if len(field.SelectionSet) > 0 {
			e.introspection++
		}
		if isTypeList(parent, field.Name) {
			e.typeLists++
		}
	case s.facts.costsALookup(parent, field.Name, target), def == nil && len(field.SelectionSet) > 0:
		e.hops++
	}
	return e
}

// introspected counts a look at the schema and returns the type it starts at.
func (s *shape) introspected(name string) *ast.Definition {
	if name == "__schema" {
		s.schemaLookups++
		return s.facts.schema.Types["__Schema"]
	}
	s.typeLookups++
	return s.facts.schema.Types["__Type"]
}

func isTypeList(parent *ast.Definition, name string) bool {
	if parent == nil || parent.Name != "__Type" {
		return false
	}
	return name == "fields" || name == "inputFields" || name == "interfaces" || name == "possibleTypes"
}

func (s *shape) spread(spread *ast.FragmentSpread) extent {
	fragment := s.doc.Fragments.ForName(spread.Name)
	if fragment == nil {
		return extent{expanded: 1}
	}
	e := s.fragment(fragment)
	if e == nil {
		s.cycle = spread
		return extent{}
	}
	whole := *e
	whole.expanded++
	return whole
}

// fragment measures a fragment once; it is nil for one that is being measured.
func (s *shape) fragment(fragment *ast.FragmentDefinition) *extent {
	if e, ok := s.fragments[fragment.Name]; ok {
		if !e.done {
			return nil
		}
		return e
	}
	e := &extent{}
	s.fragments[fragment.Name] = e
	*e = s.selectionSet(fragment.SelectionSet, s.facts.schema.Types[fragment.TypeCondition], 0)
	e.done = true
	return e
}

// include makes e the extent of both selections side by side.
func (e *extent) include(other extent) {
	e.expanded = min(e.expanded+other.expanded, 1<<30)
	e.hops = max(e.hops, other.hops)
	e.nesting = max(e.nesting, other.nesting)
	e.introspection = max(e.introspection, other.introspection)
	e.typeLists = max(e.typeLists, other.typeLists)
}
