package resolvers_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// versions is what a look-up of versions at a moment answers.
type versions struct {
	WorkflowDefinition struct {
		Version string
		Steps   []struct {
			Task *struct{ Version string }
		}
	}
}

func TestTheVersionOfAMomentShowsWhatItWasPinnedTo(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	publish := func(id string, more string) (made string) {
		t.Helper()
		var data struct {
			Draft  struct{ Definition struct{ ID string } }
			Active struct {
				Definition *struct{ ID string }
				Problems   []struct{ Message string }
			}
		}
		require.Empty(t, o.send(ann, `mutation { draft: definitionNewDraft(input: {id: "`+id+`"}) { definition { id } } }`, &data))
		require.Empty(t, o.send(ann, `mutation { active: definitionActivate(input: {id: "`+data.Draft.Definition.ID+`"}`+more+`) { definition { id } problems { message } } }`, &data))
		require.NotNil(t, data.Active.Definition, data.Active.Problems)
		return data.Active.Definition.ID
	}
	o.must(`update task_definitions set status = 'active'`)
	task, workflow := nodeid.Encode("tkd", uuid.MustParse(anID)), nodeid.Encode("wfd", uuid.MustParse(aProcessID))
	second := publish(workflow, "")
	before := time.Now()
	third := publish(task, `, dependants: ["`+second+`"]`)
	require.NotEqual(t, task, third)

	for at, want := range map[string]string{before.UTC().Format(time.RFC3339Nano): "1.0.1 1.0.0", time.Now().UTC().Format(time.RFC3339Nano): "1.0.2 1.0.1"} {
		var data versions
		require.Empty(t, o.send(ann, `{ workflowDefinition(workflowId: "loan", asOf: "`+at+`") { version steps { task { version } } } }`, &data))
		require.Equal(t, want, data.WorkflowDefinition.Version+" "+data.WorkflowDefinition.Steps[0].Task.Version)
	}
	for _, c := range []struct{ query, says string }{
		{`workflowDefinition(workflowId: "loan", asOf: "2026-01-01T00:00:00Z") { name tasks { ...T } } } fragment T on TaskDefinition { instances { totalCount } `, "tasks.instances cannot be asked for under asOf"},
		{`workflowDefinition(workflowId: "loan", asOf: "2026-01-01T00:00:00Z") { ... on Node { id } instanceCounts { count } }`, "instanceCounts cannot be asked for under asOf"},
		{`workflowDefinition(workflowId: "loan", version: "1.0.0", asOf: "2026-01-01T00:00:00Z") { name }`, "asOf asks which version"},
	} {
		var nothing any
		errs := o.send(ann, `{ `+c.query+` }`, &nothing)
		require.NotEmpty(t, errs, c.query)
		require.Contains(t, errs[0], c.says)
	}
	var none struct{ TaskDefinition any }
	require.Empty(t, o.send(ann, `{ taskDefinition(taskId: "decide", asOf: "2020-01-01T00:00:00Z") { name } }`, &none))
	require.Nil(t, none.TaskDefinition)
}

func TestWhatAListTellsOfVersionsTakesOneStatementPerField(t *testing.T) {
	t.Parallel()
	answer, sql := newDefinitions(t).ask(`{ taskDefinitions(first: 100) { nodes { taskId version status
		usedBy { path pinned definition { name version } target { version } } history { revision content } diff { path kind } problems { code } } } }`)
	require.Contains(t, answer, `"usedBy":[{`)
	names := counted(sql)
	require.LessOrEqual(t, len(names), 12, strings.Join(names, "\n"))
	var data struct {
		TaskDefinitions struct {
			Nodes []struct {
				UsedBy  []struct{ Definition struct{ Name string } }
				History []struct{ Content map[string]any }
			}
		}
	}
	require.NoError(t, json.Unmarshal([]byte(answer), &data))
	for _, node := range data.TaskDefinitions.Nodes {
		require.Len(t, node.History, 1)
		require.NotEmpty(t, node.History[0].Content["name"])
	}
}
