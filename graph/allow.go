package graph

import (
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
)

// checkAllowed refuses an operation as a whole when it has a field that its
// caller may not use. It looks at the document before anything is run, so both
// read paths, sockets and streams obey it alike.
func checkAllowed(who auth.Identity, op *ast.OperationDefinition) gqlerror.List {
	if who.Has(auth.Admin) {
		return nil
	}
	c := &allowance{who: who, mutation: op.Operation == ast.Mutation, seen: map[string]bool{}}
	c.fields(op.SelectionSet, nil)
	return c.refused
}

type allowance struct {
	who      auth.Identity
	mutation bool
	seen     map[string]bool // fragments
	refused  gqlerror.List
}

func (c *allowance) fields(set ast.SelectionSet, path ast.Path) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			c.field(s, append(path[:len(path):len(path)], ast.PathName(s.Alias)))
		case *ast.InlineFragment:
			c.fields(s.SelectionSet, path)
		case *ast.FragmentSpread:
			if !c.seen[s.Name] && s.Definition != nil {
				c.seen[s.Name] = true
				c.fields(s.Definition.SelectionSet, path)
			}
		}
	}
}

func (c *allowance) field(f *ast.Field, path ast.Path) {
	roles, guarded := rolesFor(f.Definition)
	if !guarded && c.mutation && len(path) == 1 && !strings.HasPrefix(f.Name, "__") {
		guarded = true // what nobody thought of changes nothing
	}
	if guarded && !c.who.Has(roles...) {
		c.refused = append(c.refused, forbidden(f, path, roles))
		return
	}
	c.fields(f.SelectionSet, path)
}

// Refuses tells that a caller has no role for a mutation, nil when there is one.
func Refuses(who auth.Identity, mutation *ast.FieldDefinition) *fault.Fault {
	roles, _ := rolesFor(mutation)
	if who.Has(auth.Admin) || who.Has(roles...) {
		return nil
	}
	return missing(mutation.Name, roles)
}

// rolesFor are the roles that @allow names, as tokens spell them.
func rolesFor(def *ast.FieldDefinition) (roles []string, guarded bool) {
	if def == nil {
		return nil, false
	}
	allow := def.Directives.ForName("allow")
	if allow == nil {
		return nil, false
	}
	for _, role := range allow.Arguments.ForName("to").Value.Children {
		roles = append(roles, strings.ToLower(role.Value.Raw))
	}
	return roles, true
}

func forbidden(f *ast.Field, path ast.Path, roles []string) *gqlerror.Error {
	err := gqlerror.WrapPath(path, missing(f.Name, roles))
	if f.Position != nil {
		err.Locations = []gqlerror.Location{{Line: f.Position.Line, Column: f.Position.Column}}
	}
	return err
}

// missing tells which roles would do.
func missing(field string, roles []string) *fault.Fault {
	needed := append([]string{}, roles...)
	if len(needed) == 0 || needed[0] != auth.Admin {
		needed = append(needed, auth.Admin)
	}
	return fault.Errorf(fault.Forbidden, "%s takes one of the roles %s.", field, strings.Join(needed, ", ")).
		Hint("Ask an administrator of this server for the role.")
}
