package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *integrationInstanceResolver) AllowedActions(ctx context.Context, obj *model.IntegrationInstance) ([]*model.AllowedAction, error) {
	return connectionActions(ctx, obj)
}

func (r *integrationInstanceResolver) Definition(ctx context.Context, obj *model.IntegrationInstance) (*model.IntegrationDefinition, error) {
	return one(ctx, repository.IntegrationDefinitions, obj)
}

func (r *integrationInstanceResolver) History(ctx context.Context, obj *model.IntegrationInstance, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *mutationResolver) IntegrationInstanceSave(ctx context.Context, input model.IntegrationInstanceSaveInput) (*model.IntegrationInstancePayload, error) {
	row, userErrors, err := outcome(ctx, func() (*model.IntegrationInstance, error) { return saveConnection(ctx, r.Connections, input) })
	return &model.IntegrationInstancePayload{IntegrationInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) IntegrationInstanceSetCredentials(ctx context.Context, input model.IntegrationInstanceSetCredentialsInput) (*model.IntegrationInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.IntegrationInstances, input.ID, func(id uuid.UUID) (*model.IntegrationInstance, error) {
		return setCredentials(ctx, r.Connections, id, input)
	})
	return &model.IntegrationInstancePayload{IntegrationInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) IntegrationInstanceSetState(ctx context.Context, input model.IntegrationInstanceSetStateInput) (*model.IntegrationInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.IntegrationInstances, input.ID, func(id uuid.UUID) (*model.IntegrationInstance, error) {
		return r.Connections.SetState(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), instance.Health{State: input.State, Error: value(input.Error), Code: value(input.Code)})
	})
	return &model.IntegrationInstancePayload{IntegrationInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) IntegrationInstanceDelete(ctx context.Context, input model.ChangeInput) (*model.IntegrationInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.IntegrationInstances, input.ID, func(id uuid.UUID) (*model.IntegrationInstance, error) {
		return r.Connections.Delete(ctx, asked(id, input))
	})
	return &model.IntegrationInstancePayload{IntegrationInstance: row, UserErrors: userErrors}, err
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
