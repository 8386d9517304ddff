package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

func (r *boundaryStepResolver) Task(ctx context.Context, obj *model.BoundaryStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *compensationStepResolver) Task(ctx context.Context, obj *model.CompensationStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace)
}

func (r *decisionStepResolver) Task(ctx context.Context, obj *model.DecisionStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *delayedTaskStepResolver) Task(ctx context.Context, obj *model.DelayedTaskStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *eventWaitStepResolver) Task(ctx context.Context, obj *model.EventWaitStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *humanTaskStepResolver) Task(ctx context.Context, obj *model.HumanTaskStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *humanTaskStepResolver) Form(ctx context.Context, obj *model.HumanTaskStep) (*model.UIComponent, error) {
	return atPlace(ctx, repository.UIComponents, obj.FormPlace())
}

func (r *parallelStepResolver) Task(ctx context.Context, obj *model.ParallelStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *stepTransitionResolver) Step(ctx context.Context, obj *model.StepTransition) (model.WorkflowStep, error) {
	return stepAhead(ctx, obj)
}

func (r *taskStepResolver) Task(ctx context.Context, obj *model.TaskStep) (*model.TaskDefinition, error) {
	return atPlace(ctx, repository.TaskDefinitions, obj.TaskPlace())
}

func (r *Resolver) BoundaryStep() generated.BoundaryStepResolver { return &boundaryStepResolver{r} }

func (r *Resolver) CompensationStep() generated.CompensationStepResolver {
	return &compensationStepResolver{r}
}

func (r *Resolver) DecisionStep() generated.DecisionStepResolver { return &decisionStepResolver{r} }

func (r *Resolver) DelayedTaskStep() generated.DelayedTaskStepResolver {
	return &delayedTaskStepResolver{r}
}

func (r *Resolver) EventWaitStep() generated.EventWaitStepResolver { return &eventWaitStepResolver{r} }

func (r *Resolver) HumanTaskStep() generated.HumanTaskStepResolver { return &humanTaskStepResolver{r} }

func (r *Resolver) ParallelStep() generated.ParallelStepResolver { return &parallelStepResolver{r} }

func (r *Resolver) StepTransition() generated.StepTransitionResolver {
	return &stepTransitionResolver{r}
}

func (r *Resolver) TaskStep() generated.TaskStepResolver { return &taskStepResolver{r} }

type (
	boundaryStepResolver     struct{ *Resolver }
	compensationStepResolver struct{ *Resolver }
	decisionStepResolver     struct{ *Resolver }
	delayedTaskStepResolver  struct{ *Resolver }
	eventWaitStepResolver    struct{ *Resolver }
	humanTaskStepResolver    struct{ *Resolver }
	parallelStepResolver     struct{ *Resolver }
	stepTransitionResolver   struct{ *Resolver }
	taskStepResolver         struct{ *Resolver }
)
