package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *mutationResolver) TaskInstanceClaim(ctx context.Context, input model.ChangeInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Claim(ctx, asked(id, input))
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceAssign(ctx context.Context, input model.TaskInstanceAssignInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Assign(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), input.Assignee, input.AssigneeType)
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceRelease(ctx context.Context, input model.ChangeInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Release(ctx, asked(id, input))
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceStart(ctx context.Context, input model.ChangeInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Start(ctx, asked(id, input))
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceSaveDraft(ctx context.Context, input model.TaskInstanceSaveDraftInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.SaveDraft(ctx, target(id, value(input.ExpectedRevision), nil), input.DraftOutput)
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceComplete(ctx context.Context, input model.TaskInstanceCompleteInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Complete(ctx, target(id, value(input.ExpectedRevision), nil), input.Output)
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceFail(ctx context.Context, input model.TaskInstanceFailInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Fail(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), input.Error)
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceCancel(ctx context.Context, input model.ChangeInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Cancel(ctx, asked(id, input))
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) TaskInstanceRetry(ctx context.Context, input model.ChangeInput) (*model.TaskInstancePayload, error) {
	row, userErrors, err := change(ctx, repository.TaskInstances, input.ID, func(id uuid.UUID) (*model.TaskInstance, error) {
		return r.Tasks.Retry(ctx, asked(id, input))
	})
	return &model.TaskInstancePayload{TaskInstance: row, UserErrors: userErrors}, err
}

func (r *queryResolver) TaskInstance(ctx context.Context, id *string, taskInstanceID *string) (*model.TaskInstance, error) {
	return find(ctx, repository.TaskInstances, id, taskInstanceID, nil)
}

func (r *queryResolver) TaskInstances(ctx context.Context, where *model.TaskInstanceWhere, orderBy model.TaskInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TaskInstance], error) {
	return list(ctx, repository.TaskInstances, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskInstanceResolver) Overdue(ctx context.Context, obj *model.TaskInstance) (bool, error) {
	return obj.Overdue(loader.From(ctx).Store.Now()), nil
}

func (r *taskInstanceResolver) AllowedActions(ctx context.Context, obj *model.TaskInstance) ([]*model.AllowedAction, error) {
	return taskActions(ctx, obj)
}

func (r *taskInstanceResolver) Definition(ctx context.Context, obj *model.TaskInstance) (*model.TaskDefinition, error) {
	return one(ctx, repository.TaskDefinitions, obj)
}

func (r *taskInstanceResolver) WorkflowInstance(ctx context.Context, obj *model.TaskInstance) (*model.WorkflowInstance, error) {
	return one(ctx, repository.WorkflowInstances, obj)
}

func (r *taskInstanceResolver) WorkflowDefinition(ctx context.Context, obj *model.TaskInstance) (*model.WorkflowDefinition, error) {
	return one(ctx, repository.WorkflowDefinitions, obj)
}

func (r *taskInstanceResolver) Step(ctx context.Context, obj *model.TaskInstance) (model.WorkflowStep, error) {
	return taskStep(ctx, obj)
}

func (r *taskInstanceResolver) NextSteps(ctx context.Context, obj *model.TaskInstance) ([]*model.StepTransition, error) {
	return taskNextSteps(ctx, obj)
}

func (r *taskInstanceResolver) UI(ctx context.Context, obj *model.TaskInstance, state scalar.JSON) (*model.TaskUI, error) {
	return taskUI(ctx, obj, state)
}

func (r *taskInstanceResolver) IntegrationInstance(ctx context.Context, obj *model.TaskInstance, contextType *model.IntegrationContextType, contextID *string) (*model.IntegrationInstance, error) {
	return taskConnection(ctx, obj, contextType, contextID)
}

func (r *taskInstanceResolver) Events(ctx context.Context, obj *model.TaskInstance, where *model.EventInstanceWhere, orderBy model.EventInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventInstance], error) {
	return many(ctx, repository.EventInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *taskInstanceResolver) History(ctx context.Context, obj *model.TaskInstance, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *taskUIResolver) Primary(ctx context.Context, obj *model.TaskUI) (*model.UIComponent, error) {
	return primary(ctx, obj)
}

func (r *taskUIResolver) Components(ctx context.Context, obj *model.TaskUI) ([]*model.UIComponentUse, error) {
	return obj.Components, nil
}

func (r *Resolver) TaskInstance() generated.TaskInstanceResolver { return &taskInstanceResolver{r} }

func (r *Resolver) TaskUI() generated.TaskUIResolver { return &taskUIResolver{r} }

type (
	taskInstanceResolver struct{ *Resolver }
	taskUIResolver       struct{ *Resolver }
)
