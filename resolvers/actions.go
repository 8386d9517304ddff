package resolvers

import (
	"context"
	"sync"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// mutations are the fields that change something, with the roles they are for.
var mutations = sync.OnceValue(func() ast.FieldList {
	return generated.NewExecutableSchema(generated.Config{}).Schema().Mutation.Fields
})

// allowed are the actions on an object, those that the caller has no role for
// refused.
func allowed(ctx context.Context, actions []*model.AllowedAction, err error) ([]*model.AllowedAction, error) {
	for _, a := range actions {
		if refusal := graph.Refuses(auth.From(ctx), mutations().ForName(a.Action)); a.Allowed && refusal != nil {
			a.Allowed, a.Reason = false, &refusal.Message
		}
	}
	return actions, err
}

// The actions below depend on other rows, too. Those are read where the status
// of the row leaves the question open, for all siblings at once.

// definitionActions read what is wrong with a version that could be published.
func definitionActions[T any](ctx context.Context, e repository.Entity[T], row *T) ([]*model.AllowedAction, error) {
	version := any(row).(model.Definition)
	_, status := version.DefinitionVersion()
	if !definition.Publishable(status) {
		return allowed(ctx, definition.Actions(e.Descriptor, version, nil, 0), nil)
	}
	wrong, err := problems(ctx, e, row)
	if err != nil {
		return nil, err
	}
	runs, err := triedOut(ctx, version)
	return allowed(ctx, definition.Actions(e.Descriptor, version, wrong, runs), err)
}

// triedOut is how often a test was run.
func triedOut(ctx context.Context, version model.Definition) (n int, err error) {
	test, ok := version.(*model.TestDefinition)
	if !ok {
		return 0, nil
	}
	counts, err := loader.Tally(ctx, repository.TestDefinitions.Relations["runs"], "status", test.UUID)
	for _, count := range counts {
		n += count
	}
	return n, err
}

func taskActions(ctx context.Context, task *model.TaskInstance) ([]*model.AllowedAction, error) {
	var run *model.WorkflowInstance
	var err error
	if task.WorkflowInstanceID != nil && instance.TaskReturns(task) {
		run, err = loader.One(ctx, repository.WorkflowInstances, repository.Relation{}, []string{"status"}, *task.WorkflowInstanceID)
	}
	return allowed(ctx, instance.TaskActions(auth.From(ctx), task, run), err)
}

func workflowActions(ctx context.Context, run *model.WorkflowInstance) ([]*model.AllowedAction, error) {
	active, err := successor(ctx, run)
	return allowed(ctx, instance.WorkflowActions(auth.From(ctx), run, active), err)
}

// successor is the version that a rerun would run.
func successor(ctx context.Context, run *model.WorkflowInstance) (*model.WorkflowDefinition, error) {
	if !instance.WorkflowReruns(run) {
		return nil, nil
	}
	definitions := repository.WorkflowDefinitions
	ran, err := loader.One(ctx, definitions, repository.Relation{}, []string{"workflow_id"}, *run.WorkflowDefinitionID)
	if ran == nil || err != nil {
		return nil, err
	}
	return loader.One(ctx, definitions, definitions.ActiveVersion(), []string{"input_schema"}, ran.WorkflowID)
}

func letterActions(ctx context.Context, letter *model.DeadLetter) ([]*model.AllowedAction, error) {
	subscriber, err := deadLetterSubscriber(ctx, letter.SubscriberID)
	return allowed(ctx, instance.LetterActions(auth.From(ctx), letter, subscriber), err)
}

func connectionActions(ctx context.Context, connection *model.IntegrationInstance) ([]*model.AllowedAction, error) {
	users, err := loader.Load(ctx, "connectionUsers", connection.UUID, func(ctx context.Context, s *repository.Store, keys []any) (map[any][]string, error) {
		return s.ConnectionUsers(ctx, loader.UUIDs(keys)...)
	})
	return allowed(ctx, instance.ConnectionActions(auth.From(ctx), connection, users), err)
}

func testRunActions(ctx context.Context, run *model.TestRun) ([]*model.AllowedAction, error) {
	if run.Terminal() {
		return allowed(ctx, instance.TestRunActions(run, nil, nil), nil)
	}
	test, err := loader.One(ctx, repository.TestDefinitions, repository.Relation{}, []string{"cases"}, run.TestDefinitionID)
	if err != nil {
		return nil, err
	}
	results, err := loader.Load(ctx, "caseOutcomes", run.UUID, func(ctx context.Context, s *repository.Store, keys []any) (map[any]map[string]model.TestCaseStatus, error) {
		return s.CaseOutcomes(ctx, loader.UUIDs(keys)...)
	})
	return allowed(ctx, instance.TestRunActions(run, test, results), err)
}
