package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *queryResolver) WorkflowInstance(ctx context.Context, id *string, instanceID *string) (*model.WorkflowInstance, error) {
	return find(ctx, repository.WorkflowInstances, id, instanceID, nil)
}

func (r *queryResolver) WorkflowInstances(ctx context.Context, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return list(ctx, repository.WorkflowInstances, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Definition(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowDefinition, error) {
	return one(ctx, repository.WorkflowDefinitions, obj)
}

func (r *workflowInstanceResolver) Parent(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowInstance, error) {
	return one(ctx, repository.WorkflowInstances, obj)
}

func (r *workflowInstanceResolver) Children(ctx context.Context, obj *model.WorkflowInstance, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowInstanceResolver) Tasks(ctx context.Context, obj *model.WorkflowInstance, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskInstance], error) {
	return many(ctx, repository.TaskInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) WorkflowInstance() generated.WorkflowInstanceResolver {
	return &workflowInstanceResolver{r}
}

type workflowInstanceResolver struct{ *Resolver }
