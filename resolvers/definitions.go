package resolvers

import (
	"context"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// atPlace reads the definition that a place in a document names.
func atPlace[T any](ctx context.Context, e repository.Entity[T], place model.Place) (*T, error) {
	return loader.Referenced(ctx, e, loader.Columns(ctx, e.Descriptor), place)
}

// namedOnce reads the definitions that the documents of source name through one
// reference table, each once.
func namedOnce[T any](ctx context.Context, e repository.Entity[T], table model.ReferenceTable, source uuid.UUID) ([]*T, error) {
	return loader.ReferencedOnce(ctx, e, loader.Columns(ctx, e.Descriptor), table, source)
}

// method finds the method of an integration that a task calls.
func method(ctx context.Context, call *model.TaskIntegration) (*model.IntegrationMethod, error) {
	if call.MethodID == nil {
		return nil, nil
	}
	definition, err := loader.Referenced(ctx, repository.IntegrationDefinitions, []string{"methods"}, call.Place)
	if err != nil || definition == nil {
		return nil, err
	}
	return definition.Method(*call.MethodID), nil
}

// instanceCounts counts the executions of a workflow definition by status.
func instanceCounts(ctx context.Context, definition uuid.UUID) ([]*model.WorkflowInstanceStatusCount, error) {
	return loader.Load(ctx, "instanceCounts", definition, func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.WorkflowInstanceStatusCount, error) {
		return s.InstanceCounts(ctx, loader.UUIDs(keys))
	})
}

// testTarget finds what a test is about. columns tells what of it is needed.
func testTarget(ctx context.Context, test *model.TestDefinition, columns func(*repository.Descriptor) []string) (model.TestTarget, error) {
	key := test.TargetID + repository.VersionSeparator
	if test.TargetVersion != nil {
		key += *test.TargetVersion
	}
	tasks, workflows := repository.TaskDefinitions, repository.WorkflowDefinitions
	if test.Type == model.TestsTask {
		return found[model.TestTarget](loader.One(ctx, tasks, tasks.AnyVersion(), columns(tasks.Descriptor), key))
	}
	return found[model.TestTarget](loader.One(ctx, workflows, workflows.AnyVersion(), columns(workflows.Descriptor), key))
}

// selected are the columns that the current field's selection needs.
func selected(ctx context.Context) func(*repository.Descriptor) []string {
	return func(d *repository.Descriptor) []string { return loader.Columns(ctx, d) }
}

// maxStepHops bounds how often a query may follow step { next { step } }: the
// steps are a graph with cycles, and an answer would double with every hop.
const maxStepHops = 3

// stepAhead is the step a transition leads to.
func stepAhead(ctx context.Context, way *model.StepTransition) (model.WorkflowStep, error) {
	hops := 0
	for at := graphql.GetFieldContext(ctx); at != nil; at = at.Parent {
		if at.Object == "StepTransition" && at.Field.Name == "step" {
			hops++
		}
	}
	if hops > maxStepHops {
		return nil, fault.Errorf(fault.QueryTooComplex, "a query follows steps at most %d times", maxStepHops).
			Hint("select the steps once with stepId and next { stepId }, and join them by stepId")
	}
	return way.Target(), nil
}

// search ranks definitions of all kinds.
func search(ctx context.Context, text string, kinds []model.DefinitionKind, first int) ([]*model.SearchHit, error) {
	request, err := page.Args{First: &first}.Request(page.RootSize)
	if err != nil {
		return nil, err
	}
	return loader.From(ctx).Store.Search(ctx, text, kinds, request.Size)
}

// hitDefinition is the definition behind a hit.
func hitDefinition(ctx context.Context, hit *model.SearchHit) (model.Definition, error) {
	d := repository.DefinitionKinds[hit.Kind]
	node, err := loader.Node(ctx, d, loader.Columns(ctx, d), hit.UUID)
	if err != nil || node == nil {
		return nil, err
	}
	return node.(model.Definition), nil
}
