package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *queryResolver) WorkflowDefinition(ctx context.Context, id *string, workflowID *string, version *string) (*model.WorkflowDefinition, error) {
	return find(ctx, repository.WorkflowDefinitions, id, workflowID, version)
}

func (r *queryResolver) WorkflowDefinitions(ctx context.Context, where *model.WorkflowDefinitionWhere, orderBy model.WorkflowDefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return list(ctx, repository.WorkflowDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowDefinitionResolver) Instances(ctx context.Context, obj *model.WorkflowDefinition, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) WorkflowDefinition() generated.WorkflowDefinitionResolver {
	return &workflowDefinitionResolver{r}
}

type workflowDefinitionResolver struct{ *Resolver }
