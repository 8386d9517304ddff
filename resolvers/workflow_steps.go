package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

// instanceSteps joins what the definition says of the steps with what became of
// them. Instances on the same version share the read of the definition.
func instanceSteps(ctx context.Context, obj *model.WorkflowInstance) ([]*model.WorkflowInstanceStep, error) {
	steps, err := definedSteps(ctx, obj)
	return model.InstanceSteps(obj, steps), err
}

func definedSteps(ctx context.Context, obj *model.WorkflowInstance) (scalar.JSON, error) {
	if obj.WorkflowDefinitionID == nil {
		return nil, nil
	}
	definition, err := loader.One(ctx, repository.WorkflowDefinitions, repository.Relation{}, []string{"steps"}, *obj.WorkflowDefinitionID)
	if definition == nil {
		return nil, err
	}
	return definition.StepsJSON, nil
}

// instanceProgress counts the steps that are done.
func instanceProgress(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowProgress, error) {
	steps, err := instanceSteps(ctx, obj)
	return model.Progress(steps), err
}

// stepTasks are the executions of a step's task.
func stepTasks[O ~string](ctx context.Context, obj *model.WorkflowInstanceStep, where any, order O, args page.Args) (*page.Connection[model.TaskInstance], error) {
	return paged(ctx, repository.TaskInstances, repository.TasksOfStep, obj.Instance.String()+"/"+obj.StepID, where, order, args)
}
