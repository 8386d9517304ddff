package resolvers

import (
	"context"
	"slices"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// instanceSteps joins what the definition says of the steps with what became of
// them. Instances on the same version share the read of the definition.
func instanceSteps(ctx context.Context, obj *model.WorkflowInstance) ([]*model.WorkflowInstanceStep, error) {
	outline, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil {
		return nil, err
	}
	return model.InstanceSteps(obj, outline), nil
}

// instanceProgress counts the steps that are done.
func instanceProgress(ctx context.Context, obj *model.WorkflowInstance) (*model.WorkflowProgress, error) {
	steps, err := instanceSteps(ctx, obj)
	if err != nil {
		return nil, err
	}
	return model.Progress(steps), nil
}

// definedSteps are the steps of a version as its executions share them; none
// when it was lost.
func definedSteps(ctx context.Context, id *uuid.UUID) (*model.Outline, error) {
	if id == nil {
		return &model.Outline{}, nil
	}
	outline, err := loader.Load(ctx, outlines{}, *id, readOutlines)
	if outline == nil {
		outline = &model.Outline{}
	}
	return outline, err
}

// outlines identifies the loader of the steps of versions.
type outlines struct{}

func readOutlines(ctx context.Context, s *repository.Store, keys []any) (map[any]*model.Outline, error) {
	versions, err := repository.ByKeys(ctx, s, repository.WorkflowDefinitions, repository.Relation{}, []string{"steps"}, keys)
	found := make(map[any]*model.Outline, len(versions))
	for id, version := range versions {
		found[id] = model.NewOutline(version)
	}
	return found, err
}

// ofDefinition are the fields of instances that show documents of the version
// they run on.
var ofDefinition = map[*repository.Descriptor][]string{
	repository.WorkflowInstances.Descriptor: {"steps", "progress"},
	repository.TaskInstances.Descriptor:     {"step", "nextSteps"},
}

// Elsewhere implements compiled.Elsewhere.
func Elsewhere(ctx context.Context, d *repository.Descriptor, field string, rows []model.Node) (*repository.Descriptor, []any) {
	if !slices.Contains(ofDefinition[d], field) {
		return nil, nil
	}
	seen := map[any]bool{nil: true}
	var ids []any
	for _, row := range rows {
		if id := present(d.Value(row, "workflow_definition_id")); !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 {
		_, _ = loader.Know(ctx, outlines{}, ids, readOutlines) // whoever asks is told what went wrong
	}
	return repository.WorkflowDefinitions.Descriptor, ids
}

// stepTasks are the executions of a step's task.
func stepTasks[O ~string](ctx context.Context, obj *model.WorkflowInstanceStep, where any, order O, args page.Args) (*page.Connection[model.TaskInstance], error) {
	return paged(ctx, repository.TaskInstances, repository.TasksOfStep, obj.Instance.String()+"/"+obj.StepID, where, order, args)
}

// taskStep is the step of the workflow definition that a task executes.
func taskStep(ctx context.Context, obj *model.TaskInstance) (model.WorkflowStep, error) {
	outline, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil {
		return nil, err
	}
	return outline.Step(obj.StepID), nil
}

// taskNextSteps are the ways on from a task.
func taskNextSteps(ctx context.Context, obj *model.TaskInstance) ([]*model.StepTransition, error) {
	outline, err := definedSteps(ctx, obj.WorkflowDefinitionID)
	if err != nil {
		return nil, err
	}
	return outline.WaysOn(obj.StepID), nil
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
