package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
)

func (r *queryResolver) Search(ctx context.Context, query string, kinds []model.DefinitionKind, first int) ([]*model.SearchHit, error) {
	return search(ctx, query, kinds, first)
}

func (r *searchHitResolver) Node(ctx context.Context, obj *model.SearchHit) (model.Definition, error) {
	return hitDefinition(ctx, obj)
}

func (r *Resolver) SearchHit() generated.SearchHitResolver { return &searchHitResolver{r} }

type searchHitResolver struct{ *Resolver }
