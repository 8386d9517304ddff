package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// taskUI holds the components of a task against the task as it is. What the
// conditions need is read once for all tasks of a level.
func taskUI(ctx context.Context, task *model.TaskInstance, state scalar.JSON) (*model.TaskUI, error) {
	if state != nil && state[0] != '{' {
		return nil, fault.Errorf(fault.BadUserInput, "the state of a form is an object").At("/state").
			Hint("give the values of the form by the keys of its fields, or leave state out")
	}
	uses, err := taskComponents(ctx, task)
	if err != nil || len(uses) == 0 {
		return &model.TaskUI{Components: uses}, err
	}
	workflow, err := taskWorkflow(ctx, task)
	if err != nil {
		return nil, err
	}
	model.NewStage(task, workflow, userScope(ctx), state).Choose(ctx, uses)
	return &model.TaskUI{Components: uses}, nil
}

// taskComponents are the components of the task's definition, or of the
// workflow's where the task has none.
func taskComponents(ctx context.Context, task *model.TaskInstance) ([]*model.UIComponentUse, error) {
	columns := []string{"ui_components"}
	definition, err := loader.One(ctx, repository.TaskDefinitions, repository.Relation{}, columns, task.TaskDefinitionID)
	if err != nil || definition == nil {
		return nil, err
	}
	if uses := definition.UIComponents(); len(uses) > 0 || task.WorkflowDefinitionID == nil {
		return uses, nil
	}
	workflow, err := loader.One(ctx, repository.WorkflowDefinitions, repository.Relation{}, columns, *task.WorkflowDefinitionID)
	if err != nil || workflow == nil {
		return nil, err
	}
	return workflow.UIComponents(), nil
}

// taskWorkflow is the execution that a task belongs to as far as conditions see
// it; nil for a task of its own.
func taskWorkflow(ctx context.Context, task *model.TaskInstance) (*model.WorkflowInstance, error) {
	if task.WorkflowInstanceID == nil {
		return nil, nil
	}
	columns := []string{"cancellation", "error", "input", "instance_id", "output", "state", "status"}
	return loader.One(ctx, repository.WorkflowInstances, repository.Relation{}, columns, *task.WorkflowInstanceID)
}

// userScope is the caller as expressions see them.
func userScope(ctx context.Context) map[string]any {
	who := auth.From(ctx)
	roles := make([]any, len(who.Roles))
	for i, role := range who.Roles {
		roles[i] = role
	}
	return map[string]any{"id": who.Name, "roles": roles}
}

// primary is the component that is shown, on its stage.
func primary(ctx context.Context, ui *model.TaskUI) (*model.UIComponent, error) {
	use := ui.First()
	if use == nil {
		return nil, nil
	}
	component, err := atPlace(ctx, repository.UIComponents, use.Place)
	return use.Shown(component), err
}
