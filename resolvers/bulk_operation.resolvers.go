package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *bulkOperationResolver) AllowedActions(ctx context.Context, obj *model.BulkOperation) ([]*model.AllowedAction, error) {
	return allowed(ctx, bulk.Actions(obj), nil)
}

func (r *bulkOperationResolver) Download(ctx context.Context, obj *model.BulkOperation) (*string, error) {
	return obj.Download(loader.From(ctx).Store.Now()), nil
}

func (r *bulkOperationResolver) Failures(ctx context.Context, obj *model.BulkOperation, first int, after int) ([]*model.BulkOperationFailure, error) {
	return bulkFailures(ctx, obj.UUID, first, after)
}

func (r *bulkOperationFailureResolver) Object(ctx context.Context, obj *model.BulkOperationFailure) (model.Node, error) {
	return failedObject(ctx, obj)
}

func (r *mutationResolver) BulkOperationStart(ctx context.Context, input model.BulkOperationStartInput) (*model.BulkOperationPayload, error) {
	return startBulk(ctx, r.Bulk, input)
}

func (r *mutationResolver) BulkOperationSetStatus(ctx context.Context, id string, status model.BulkOperationStatus, expectedRevision *int) (*model.BulkOperationPayload, error) {
	row, userErrors, err := change(ctx, repository.BulkOperations, id, func(id uuid.UUID) (*model.BulkOperation, error) {
		return r.Bulk.SetStatus(ctx, target(id, expectedRevision, nil), status)
	})
	return &model.BulkOperationPayload{BulkOperation: row, Sample: []model.Node{}, UserErrors: userErrors}, err
}

func (r *queryResolver) BulkOperations(ctx context.Context, status *model.BulkOperationStatus, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.BulkOperation], error) {
	where := &model.BulkOperationWhere{Status: &model.BulkOperationStatusFilter{Eq: status}}
	return list(ctx, repository.BulkOperations, where, "CREATED_AT_DESC", page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) BulkOperation() generated.BulkOperationResolver { return &bulkOperationResolver{r} }

func (r *Resolver) BulkOperationFailure() generated.BulkOperationFailureResolver {
	return &bulkOperationFailureResolver{r}
}

type (
	bulkOperationResolver        struct{ *Resolver }
	bulkOperationFailureResolver struct{ *Resolver }
)
