package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
)

func (r *workflowInstanceStepResolver) Tasks(ctx context.Context, obj *model.WorkflowInstanceStep, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskInstance], error) {
	return stepTasks(ctx, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) WorkflowInstanceStep() generated.WorkflowInstanceStepResolver {
	return &workflowInstanceStepResolver{r}
}

type workflowInstanceStepResolver struct{ *Resolver }
