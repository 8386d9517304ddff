package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// instanceSteps joins what the definition says of the steps with what became of
// them. Instances on the same version share the read of the definition.
func instanceSteps(ctx context.Context, obj *model.WorkflowInstance) ([]*model.WorkflowInstanceStep, error) {
	definition, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil {
		return nil, err
	}
	return model.InstanceSteps(obj, definition), nil
}

// instanceProgress counts the steps that are done.
func instanceProgress(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowProgress, error) {
	steps, err := instanceSteps(ctx, obj)
	if err != nil {
		return nil, err
	}
	return model.Progress(steps), nil
}

// definedSteps reads a workflow definition as far as its steps; nil without one.
func definedSteps(ctx context.Context, id *uuid.UUID) (*model.WorkflowDefinition, error) {
	if id == nil {
		return nil, nil
	}
	return loader.One(ctx, repository.WorkflowDefinitions, repository.Relation{}, []string{"steps"}, *id)
}

// stepTasks are the executions of a step's task.
func stepTasks[O ~string](ctx context.Context, obj *model.WorkflowInstanceStep, where any, order O, args page.Args) (*page.Connection[model.TaskInstance], error) {
	return paged(ctx, repository.TaskInstances, repository.TasksOfStep, obj.Instance.String()+"/"+obj.StepID, where, order, args)
}

// taskStep is the step of the workflow definition that a task executes.
func taskStep(ctx context.Context, obj *model.TaskInstance) (model.WorkflowStep, error) {
	definition, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil || definition == nil {
		return nil, err
	}
	return definition.Step(obj.StepID), nil
}

// taskNextSteps are the ways on from a task.
func taskNextSteps(ctx context.Context, obj *model.TaskInstance) ([]*model.StepTransition, error) {
	definition, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil || definition == nil {
		return []*model.StepTransition{}, err
	}
	return definition.WaysOn(obj.StepID), nil
}

// resultCase is the case of the test definition that a result is about.
func resultCase(ctx context.Context, obj *model.TestCaseResult) (*model.TestCase, error) {
	run, err := loader.One(ctx, repository.TestRuns, repository.Relation{}, []string{"test_definition_id"}, obj.TestRunID)
	if err != nil || run == nil {
		return nil, err
	}
	test, err := loader.One(ctx, repository.TestDefinitions, repository.Relation{}, []string{"cases"}, run.TestDefinitionID)
	if err != nil || test == nil {
		return nil, err
	}
	return test.Case(obj.CaseID), nil
}
