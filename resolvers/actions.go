package resolvers

import (
	"context"
	"sync"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/model"
	"github.com/vektah/gqlparser/v2/ast"
)

// mutations are the fields that change something, with the roles they are for.
var mutations = sync.OnceValue(func() ast.FieldList {
	return generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields
})

// allowed are the actions on an object, those that the caller has no role for
// refused.
func allowed[T any](ctx context.Context, row *T, actions func(auth.Identity, *T) []*model.AllowedAction) []*model.AllowedAction {
	who := auth.From(ctx)
	found := actions(who, row)
	for _, a := range found {
		if refusal := graph.Refuses(who, mutations().ForName(a.Action)); a.Allowed && refusal != nil {
			a.Allowed, a.Reason = false, &refusal.Message
		}
	}
	return found
}
