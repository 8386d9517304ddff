package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *integrationInstanceResolver) Definition(ctx context.Context, obj *model.IntegrationInstance) (*model.IntegrationDefinition, error) {
	return one(ctx, repository.IntegrationDefinitions, obj)
}

func (r *integrationInstanceResolver) History(ctx context.Context, obj *model.IntegrationInstance, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *queryResolver) IntegrationInstance(ctx context.Context, id *string, instanceID *string) (*model.IntegrationInstance, error) {
	return find(ctx, repository.IntegrationInstances, id, instanceID, nil)
}

func (r *queryResolver) IntegrationInstances(ctx context.Context, where *model.IntegrationInstanceWhere, orderBy model.IntegrationInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.IntegrationInstance], error) {
	return list(ctx, repository.IntegrationInstances, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) IntegrationInstance() generated.IntegrationInstanceResolver {
	return &integrationInstanceResolver{r}
}

type integrationInstanceResolver struct{ *Resolver }
