package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *mutationResolver) WorkflowDefinitionSave(ctx context.Context, input model.WorkflowDefinitionSaveInput, dryRun bool) (*model.DefinitionPayload, error) {
	return save(ctx, r.Definitions, repository.WorkflowDefinitions.Prefix(), &input, dryRun)
}

func (r *queryResolver) WorkflowDefinition(ctx context.Context, id *string, workflowID *string, version *string, asOf *time.Time) (*model.WorkflowDefinition, error) {
	return findVersion(ctx, repository.WorkflowDefinitions, id, workflowID, version, asOf)
}

func (r *queryResolver) WorkflowDefinitions(ctx context.Context, where *model.WorkflowDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return list(ctx, repository.WorkflowDefinitions, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *uIComponentUseResolver) Component(ctx context.Context, obj *model.UIComponentUse) (*model.UIComponent, error) {
	component, err := atPlace(ctx, repository.UIComponents, obj.Place)
	return obj.Shown(component), err
}

func (r *workflowDefinitionResolver) Steps(ctx context.Context, obj *model.WorkflowDefinition) ([]model.WorkflowStep, error) {
	return obj.Steps(), nil
}

func (r *workflowDefinitionResolver) CompensationSteps(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.CompensationStep, error) {
	return obj.CompensationSteps(), nil
}

func (r *workflowDefinitionResolver) UIComponents(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.UIComponentUse, error) {
	return obj.UIComponents(), nil
}

func (r *workflowDefinitionResolver) AllowedActions(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.AllowedAction, error) {
	return definitionActions(ctx, repository.WorkflowDefinitions, obj)
}

func (r *workflowDefinitionResolver) Problems(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.Problem, error) {
	return problems(ctx, repository.WorkflowDefinitions, obj)
}

func (r *workflowDefinitionResolver) UsedBy(ctx context.Context, obj *model.WorkflowDefinition, first int) ([]*model.DefinitionUse, error) {
	return usedBy(ctx, repository.WorkflowDefinitions, obj, first)
}

func (r *workflowDefinitionResolver) Diff(ctx context.Context, obj *model.WorkflowDefinition, from *string) ([]*model.DefinitionChange, error) {
	return diff(ctx, repository.WorkflowDefinitions, obj, from)
}

func (r *workflowDefinitionResolver) History(ctx context.Context, obj *model.WorkflowDefinition, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return workflowRevisions(ctx, obj.UUID, first, before)
}

func (r *workflowDefinitionResolver) Tasks(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.TaskDefinition, error) {
	return namedOnce(ctx, repository.TaskDefinitions, model.WorkflowTasks, obj.UUID)
}

func (r *workflowDefinitionResolver) Instances(ctx context.Context, obj *model.WorkflowDefinition, where *model.WorkflowInstanceWhere, orderBy model.WorkflowInstanceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowInstance], error) {
	return many(ctx, repository.WorkflowInstances, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowDefinitionResolver) Triggers(ctx context.Context, obj *model.WorkflowDefinition, where *model.WorkflowEventTriggerWhere, orderBy model.WorkflowEventTriggerOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowEventTrigger], error) {
	return many(ctx, repository.WorkflowEventTriggers, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowDefinitionResolver) InstanceCounts(ctx context.Context, obj *model.WorkflowDefinition) ([]*model.WorkflowInstanceStatusCount, error) {
	return instanceCounts(ctx, obj.UUID)
}

func (r *workflowDefinitionResolver) LastInstance(ctx context.Context, obj *model.WorkflowDefinition) (*model.WorkflowInstance, error) {
	return one(ctx, repository.WorkflowInstances, obj)
}

func (r *workflowDefinitionResolver) Stats(ctx context.Context, obj *model.WorkflowDefinition, rangeArg *model.DateTimeFilter, bucket model.StatsBucket) (*model.WorkflowStats, error) {
	return workflowStats(ctx, obj.UUID, rangeArg, bucket)
}

func (r *workflowDefinitionResolver) Versions(ctx context.Context, obj *model.WorkflowDefinition, where *model.WorkflowDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.WorkflowDefinition], error) {
	return many(ctx, repository.WorkflowDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *workflowDefinitionResolver) Tests(ctx context.Context, obj *model.WorkflowDefinition, where *model.TestDefinitionWhere, orderBy model.DefinitionOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.TestDefinition], error) {
	return many(ctx, repository.TestDefinitions, obj, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) UIComponentUse() generated.UIComponentUseResolver {
	return &uIComponentUseResolver{r}
}

func (r *Resolver) WorkflowDefinition() generated.WorkflowDefinitionResolver {
	return &workflowDefinitionResolver{r}
}

type (
	uIComponentUseResolver     struct{ *Resolver }
	workflowDefinitionResolver struct{ *Resolver }
)
