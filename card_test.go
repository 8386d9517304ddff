package main_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

// The card is what was ordered: the language, the packages, the folders at the
// top and the shape of the graph.

func TestThePackagesOfTheCardAreAtWork(t *testing.T) {
	t.Parallel()
	imported := map[string]bool{}
	for _, paths := range importsByFolder(t) {
		for _, path := range paths {
			imported[path] = true
		}
	}
	for _, module := range []string{
		"github.com/99designs/gqlgen", "github.com/jackc/pgx/v5", "github.com/georgysavva/scany/v2", "github.com/pressly/goose/v3",
		"github.com/vektah/gqlparser/v2", "github.com/santhosh-tekuri/jsonschema/v5", "github.com/google/uuid",
	} {
		used := false
		for path := range imported {
			used = used || path == module || strings.HasPrefix(path, module+"/")
		}
		require.True(t, used, "no package of ours imports %s", module)
	}
}

func TestTheTopOfTheTreeIsTheCards(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"graph", "resolvers", "repository", "migrations", "jsonschema", "server.go", "gqlgen.yml", "go.mod", "Makefile", "README.md"} {
		_, err := os.Stat(name)
		require.NoError(t, err)
	}
	folders, err := filepath.Glob("[a-z]*/")
	require.NoError(t, err)
	folders = slices.DeleteFunc(folders, func(name string) bool { return name == "bin/" || name == "dist/" || name == "node_modules/" })
	require.LessOrEqual(t, len(folders), 12, "visible folders at the root: %v", folders)
	main, err := os.ReadFile("server.go")
	require.NoError(t, err)
	require.LessOrEqual(t, strings.Count(string(main), "\n"), 80)
}

// follow walks from one type along fields, through connections, to another.
func follow(t *testing.T, from string, fields ...string) string {
	for _, field := range fields {
		def := schema.Types[from]
		f := def.Fields.ForName(field)
		if f == nil {
			nodes := def.Fields.ForName("nodes")
			require.NotNil(t, nodes, "%s has neither %s nor nodes", from, field)
			f = schema.Types[nodes.Type.Name()].Fields.ForName(field)
			require.NotNil(t, f, "%s has no %s", nodes.Type.Name(), field)
		}
		from = f.Type.Name()
	}
	return strings.TrimSuffix(from, "Connection")
}

func TestTheGraphLeadsFromWorkflowToTaskToComponentAndFromEventToTriggerToWorkflow(t *testing.T) {
	t.Parallel()
	require.Equal(t, "UIComponent", follow(t, "WorkflowDefinition", "steps", "task", "uiComponents", "component"))
	require.Equal(t, "WorkflowDefinition", follow(t, "EventDefinition", "triggers", "workflowDefinition"))
	require.Equal(t, "WorkflowDefinition", follow(t, "UIComponent", "taskDefinitions", "workflowDefinitions"), "and back")
	require.Equal(t, "EventDefinition", follow(t, "WorkflowDefinition", "triggers", "eventDefinitions"), "and back")
	require.Equal(t, "WorkflowInstance", follow(t, "WorkflowDefinition", "instances"))
	require.Equal(t, "TaskDefinition", follow(t, "WorkflowInstance", "tasks", "definition"))
	require.Equal(t, "EventInstance", follow(t, "WorkflowInstance", "triggerEvent"))
}

func TestThereIsASubscriptionToChangesOfStatus(t *testing.T) {
	t.Parallel()
	require.NotNil(t, schema.Subscription)
	feed := schema.Subscription.Fields.ForName("statusFeed")
	require.NotNil(t, feed)
	change := schema.Types["StatusChange"]
	for _, field := range []string{"oldStatus", "newStatus", "id", "at", "cursor"} {
		require.NotNil(t, change.Fields.ForName(field), field)
	}
	require.Equal(t, ast.Interface, schema.Types[feed.Type.Name()].Kind)
}
