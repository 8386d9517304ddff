package resolvers

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// definedConnection finds the connection that a task would use on behalf of a
// user or client. Before there is input, a rule that picks by it is passed over.
func definedConnection(ctx context.Context, task *model.TaskDefinition, in model.IntegrationContextType, owner *string) (*model.IntegrationInstance, error) {
	need, err := needIn(in, owner)
	if err != nil {
		return nil, err
	}
	return connection(ctx, task, need)
}

// taskConnection finds the connection that an execution of a task uses. in nil is
// the person it is assigned to.
func taskConnection(ctx context.Context, obj *model.TaskInstance, in *model.IntegrationContextType, owner *string) (*model.IntegrationInstance, error) {
	kind := model.ContextGlobal
	switch {
	case in != nil:
		kind = *in
	case owner == nil && obj.AssigneeType == model.AssigneeUser && obj.Assignee != nil:
		kind, owner = model.ContextUser, obj.Assignee
	}
	need, err := needIn(kind, owner)
	if err != nil {
		return nil, err
	}
	task, err := loader.One(ctx, repository.TaskDefinitions, repository.Relation{}, []string{"execution_config"}, obj.TaskDefinitionID)
	if err != nil || task == nil {
		return nil, err
	}
	if call := task.Integration(); call != nil {
		need.Match = call.Wanted(obj.Input)
	}
	return connection(ctx, task, need)
}

// needIn is what somebody needs in a context, who is named unless it is global.
func needIn(in model.IntegrationContextType, owner *string) (repository.ConnectionNeed, error) {
	need := repository.ConnectionNeed{Context: in}
	if (in == model.ContextGlobal) != (owner == nil) {
		return need, fault.Errorf(fault.BadUserInput, "contextId belongs to the contexts CLIENT and USER").At("/contextId").
			Hint("give contextId together with contextType CLIENT or USER, and leave both out for the global context")
	}
	if owner != nil {
		need.ContextID = *owner
	}
	return need, nil
}

// connection loads what serves a need of a task, together with the needs of its
// siblings.
func connection(ctx context.Context, task *model.TaskDefinition, need repository.ConnectionNeed) (*model.IntegrationInstance, error) {
	call := task.Integration()
	if call == nil {
		return nil, nil
	}
	need.IntegrationID, need.Explicit = call.IntegrationID, call.Explicit()
	columns := loader.Columns(ctx, repository.IntegrationInstances.Descriptor)
	identity := "connection of " + strings.Join(columns, ",")
	return loader.Load(ctx, identity, need, func(ctx context.Context, s *repository.Store, keys []any) (map[any]*model.IntegrationInstance, error) {
		needs := make([]repository.ConnectionNeed, len(keys))
		for i, k := range keys {
			needs[i] = k.(repository.ConnectionNeed)
		}
		return s.Connections(ctx, columns, needs)
	})
}
