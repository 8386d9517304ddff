package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// facts is what limits and costs need to know about the schema, read once: which
// types are entities (rows that cost a look-up), which are the wrappers of a
// connection, and which are parts of a row that come with it for nothing.
type facts struct {
	schema *ast.Schema
	roles  map[*ast.Definition]role
}

type role uint8

const (
	roleEmbedded   role = iota // part of a row, a payload, a scalar
	roleEntity                 // has an id and can be fetched, or may be such a type
	roleConnection             // a page, of entities or of what leads to them
	roleEdge                   // one place in a page
)

func newFacts(schema *ast.Schema) *facts {
	f := &facts{schema: schema, roles: make(map[*ast.Definition]role, len(schema.Types))}
	for name, def := range schema.Types {
		switch {
		case def.Fields.ForName("pageInfo") != nil:
			f.roles[def] = roleConnection
		case strings.HasSuffix(name, "Edge") && def.Fields.ForName("node") != nil && def.Fields.ForName("cursor") != nil:
			f.roles[def] = roleEdge
		case f.isEntity(def):
			f.roles[def] = roleEntity
		}
	}
	return f
}

// isEntity says whether a value of this type can be a Node.
func (f *facts) isEntity(def *ast.Definition) bool {
	if !def.IsCompositeType() {
		return false
	}
	for _, possible := range f.schema.PossibleTypes[def.Name] {
		for _, name := range possible.Interfaces {
			if name == "Node" {
				return true
			}
		}
	}
	return false
}

// root is the type an operation starts at, nil when the schema has none.
func (f *facts) root(op *ast.OperationDefinition) *ast.Definition {
	switch op.Operation {
	case ast.Mutation:
		return f.schema.Mutation
	case ast.Subscription:
		return f.schema.Subscription
	}
	return f.schema.Query
}

// field is the definition of a field and of the type it returns; both are nil
// for a field that does not exist, which validation reports later.
func (f *facts) field(parent *ast.Definition, name string) (*ast.FieldDefinition, *ast.Definition) {
	if parent == nil {
		return nil, nil
	}
	def := parent.Fields.ForName(name)
	if def == nil {
		return nil, nil
	}
	return def, f.schema.Types[def.Type.Name()]
}

// wraps says whether a field of this parent leads to rows that the connection
// above has already counted.
func (f *facts) wraps(parent *ast.Definition, name string) bool {
	switch f.roles[parent] {
	case roleConnection:
		return name == "edges" || name == "nodes" || name == "entries" || name == "pageInfo"
	case roleEdge:
		return name == "node"
	}
	return false
}

// costsALookup says whether a field takes the reader from one row to others.
func (f *facts) costsALookup(parent *ast.Definition, name string, target *ast.Definition) bool {
	if target == nil || f.wraps(parent, name) {
		return false
	}
	r := f.roles[target]
	return r == roleEntity || r == roleConnection
}

func isIntrospection(name string) bool { return name == "__schema" || name == "__type" }
