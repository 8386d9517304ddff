package resolvers_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/stretchr/testify/require"
)

func TestOfManyWhoClaimATaskExactlyOneGetsIt(t *testing.T) {
	t.Parallel()
	for _, expected := range []string{"", ", expectedRevision: 1"} {
		o := newOffice(t)
		id := o.task("PENDING")
		const claimers = 24
		answers, failures := make([]payload, claimers), make([][]string, claimers)
		var all sync.WaitGroup
		for i := range claimers {
			all.Go(func() {
				answers[i], failures[i] = o.change(auth.Identity{Name: fmt.Sprint("p", i)}, "taskInstanceClaim", "taskInstance", `id: "`+id+`"`+expected)
			})
		}
		all.Wait()
		winners := 0
		for i, a := range answers {
			require.Empty(t, failures[i])
			if a.Row != nil {
				winners++
				require.Equal(t, "ASSIGNED", a.Row.Status)
				require.Equal(t, fmt.Sprint("p", i), a.Row.History[0].By)
				continue
			}
			require.Len(t, a.UserErrors, 1)
			require.Equal(t, "ConflictError", a.UserErrors[0].Type)
			require.Equal(t, 2, a.UserErrors[0].CurrentRevision)
		}
		require.Equal(t, 1, winners)
	}
}

func TestOfManyWritersOnOneRevisionExactlyOneWins(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, v := range []struct{ name, field, id, input string }{
		{"taskInstanceAssign", "taskInstance", o.task("ASSIGNED"), `, assignee: "p%d", reason: "x"`},
		{"taskInstanceSaveDraft", "taskInstance", o.task("RUNNING"), `, draftOutput: {n: %d}`},
		{"integrationInstanceSave", "integrationInstance", o.connection("ACTIVE"), `, name: "n%d"`},
		{"integrationInstanceSetCredentials", "integrationInstance", o.connection("ACTIVE"), `, credentials: {apikey: {key: "k%d"}}`},
		{"testRunFinish", "testRun", o.testRun("RUNNING", ""), `, reason: "r%d"`},
	} {
		const writers = 24
		answers, failures := make([]payload, writers), make([][]string, writers)
		var all sync.WaitGroup
		for i := range writers {
			all.Go(func() {
				answers[i], failures[i] = o.change(ann, v.name, v.field, `id: "`+v.id+`", expectedRevision: 1`+fmt.Sprintf(v.input, i))
			})
		}
		all.Wait()
		winners := 0
		for i, a := range answers {
			require.Empty(t, failures[i], v.name)
			if a.Row != nil {
				winners++
				continue
			}
			require.Equal(t, "ConflictError", a.UserErrors[0].Type, v.name)
			require.Equal(t, 2, a.UserErrors[0].CurrentRevision, v.name)
		}
		require.Equal(t, 1, winners, v.name)
	}
}

func TestAnOutputIsHeldAgainstItsSchemaAndNeverConverted(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.task("RUNNING")
	o.must(`update task_instances set execution_metadata = '{"start_time": "2026-01-01T00:00:00Z"}', draft_output = '{"decision": "app"}'`)
	got, errs := o.change(ann, "taskInstanceComplete", "taskInstance", `id: "`+id+`", output: {decision: "approve", amount: "5"}`)
	require.Empty(t, errs)
	require.Nil(t, got.Row)
	require.Len(t, got.UserErrors, 2)
	for i, path := range []string{"/output/amount", "/output/decision"} {
		require.Equal(t, "ValidationError", got.UserErrors[i].Type)
		require.Equal(t, path, got.UserErrors[i].Path)
	}

	var done struct {
		It struct{ TaskInstance map[string]any }
	}
	require.Empty(t, o.send(ann, `mutation { it: taskInstanceComplete(input: {id: "`+id+`", output: {decision: "approved", amount: 5}}) {
		taskInstance { status output draftOutput executionMetadata { completedBy completedAt durationMs } } } }`, &done))
	task := done.It.TaskInstance
	require.Equal(t, map[string]any{"decision": "approved", "amount": 5.0}, task["output"])
	require.Nil(t, task["draftOutput"])
	facts := task["executionMetadata"].(map[string]any)
	require.Equal(t, "ann", facts["completedBy"])
	require.NotNil(t, facts["completedAt"])
	require.NotNil(t, facts["durationMs"])
}

func TestOnlyWhoHasATaskWorksOnIt(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.task("ASSIGNED")
	for _, v := range []string{`taskInstanceStart`, `taskInstanceRelease`} {
		_, errs := o.change(auth.Identity{Name: "eve"}, v, "taskInstance", `id: "`+id+`"`)
		require.NotEmpty(t, errs, v)
	}
	_, errs := o.change(auth.Identity{Name: "eve"}, "taskInstanceComplete", "taskInstance", `id: "`+id+`", output: {decision: "approved", amount: 5}`)
	require.NotEmpty(t, errs)

	got, errs := o.change(ann, "taskInstanceSaveDraft", "taskInstance", `id: "`+id+`", draftOutput: {decision: "app"}, expectedRevision: 1`)
	require.Empty(t, errs)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "ASSIGNED", got.Row.Status)
	got, _ = o.change(ann, "taskInstanceSaveDraft", "taskInstance", `id: "`+id+`", draftOutput: {decision: "x"}, expectedRevision: 1`)
	require.Equal(t, 2, got.UserErrors[0].CurrentRevision)
	got, _ = o.change(ann, "taskInstanceSaveDraft", "taskInstance", `id: "`+id+`", draftOutput: 5`)
	require.Equal(t, "/draftOutput", got.UserErrors[0].Path)
	got, _ = o.change(ann, "taskInstanceSaveDraft", "taskInstance", `id: "`+o.task("COMPLETED")+`", draftOutput: {}`)
	require.Equal(t, "IllegalTransitionError", got.UserErrors[0].Type)
}

func TestARolesTaskIsClaimedByItsMembersAndByAdministrators(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	for _, c := range []struct {
		who  auth.Identity
		gets bool
	}{
		{auth.Identity{Name: "eve"}, false},
		{auth.Identity{Name: "mia", Roles: []string{"managers"}}, true},
		{auth.Identity{Name: "root", Roles: []string{"admin"}}, true},
	} {
		id := o.task("PENDING")
		_, errs := o.change(ann, "taskInstanceAssign", "taskInstance", `id: "`+id+`", assignee: "managers", assigneeType: ROLE`)
		require.Empty(t, errs)
		got, errs := o.change(c.who, "taskInstanceClaim", "taskInstance", `id: "`+id+`"`)
		require.Empty(t, errs)
		require.Equal(t, c.gets, got.Row != nil, c.who.Name)
	}
}

func TestInputThatSaysNothingIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	task, run := o.task("ASSIGNED"), o.run("RUNNING")
	for _, c := range []struct{ verb, field, input, path string }{
		{"taskInstanceAssign", "taskInstance", `id: "` + task + `", assignee: "bob", reason: " "`, "/reason"},
		{"taskInstanceAssign", "taskInstance", `id: "` + task + `", assignee: "bob"`, "/reason"},
		{"taskInstanceAssign", "taskInstance", `id: "` + task + `", assignee: "", reason: "x"`, "/assignee"},
		{"taskInstanceAssign", "taskInstance", `id: "` + task + `", assignee: "ann", reason: "x"`, "/assignee"},
		{"taskInstanceCancel", "taskInstance", `id: "` + task + `"`, "/reason"},
		{"taskInstanceFail", "taskInstance", `id: "` + task + `", error: {message: "x"}`, "/error/code"},
		{"taskInstanceFail", "taskInstance", `id: "` + task + `", error: "x"`, "/error"},
		{"workflowInstanceCancel", "workflowInstance", `id: "` + run + `", reason: ""`, "/reason"},
		{"workflowInstanceCancel", "workflowInstance", `id: "` + task + `", reason: "x"`, "/id"},
	} {
		got, errs := o.change(ann, c.verb, c.field, c.input)
		require.Empty(t, errs, c.input)
		require.Len(t, got.UserErrors, 1, c.input)
		require.Equal(t, c.path, got.UserErrors[0].Path, c.input)
	}
}

func TestARetriedTaskCountsItsTriesAndDoesNotOutliveItsWorkflow(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.task("FAILED")
	o.must(`update task_instances set error = '{"code": "TIMEOUT", "message": "late"}'`)
	var data struct {
		It struct{ TaskInstance map[string]any }
	}
	require.Empty(t, o.send(ann, `mutation { it: taskInstanceRetry(input: {id: "`+id+`"}) { taskInstance { retryCount errorCode executionMetadataJson } } }`, &data))
	require.Equal(t, 1.0, data.It.TaskInstance["retryCount"])
	require.Nil(t, data.It.TaskInstance["errorCode"])
	require.Equal(t, "TIMEOUT", data.It.TaskInstance["executionMetadataJson"].(map[string]any)["lastError"].(map[string]any)["code"])

	o.run("CANCELLED")
	id = o.task("FAILED")
	o.must(`update task_instances set workflow_instance_id = (select id from workflow_instances) where status = 'FAILED'`)
	got, errs := o.change(ann, "taskInstanceRetry", "taskInstance", `id: "`+id+`"`)
	require.Empty(t, errs)
	require.Equal(t, "ConflictError", got.UserErrors[0].Type)
}

func TestAWorkflowStartsOnItsActiveVersionWithValidInput(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	start := func(input string) payload {
		got, errs := o.change(ann, "workflowInstanceStart", "workflowInstance", input)
		require.Empty(t, errs, input)
		return got
	}
	got := start(`workflowId: "loan", input: {amount: 5}, instanceId: "loan-1", correlationId: "case", reason: "asked by phone"`)
	require.Empty(t, got.UserErrors)
	require.Equal(t, "RUNNING", got.Row.Status)
	require.Equal(t, "asked by phone", got.Row.History[0].Reason)
	require.Equal(t, "ann", got.Row.History[0].By)
	require.Equal(t, "ConflictError", start(`workflowId: "loan", input: {amount: 5}, instanceId: "loan-1"`).UserErrors[0].Type)
	require.Equal(t, "/input/amount", start(`workflowId: "loan", input: {amount: "5"}`).UserErrors[0].Path)
	require.Equal(t, "/input/amount", start(`workflowId: "loan"`).UserErrors[0].Path)
	require.Equal(t, "/input", start(`workflowId: "loan", input: [1]`).UserErrors[0].Path)
	require.Equal(t, "NotFoundError", start(`workflowId: "nothing", input: {}`).UserErrors[0].Type)
	require.Equal(t, "ValidationError", start(`input: {}`).UserErrors[0].Type)

	draft := o.insert("wfd", `insert into workflow_definitions (workflow_id, name, version, steps) values ('loan', 'Loan', '2.0.0', '[]')`)
	require.Equal(t, "ConflictError", start(`id: "` + draft + `", input: {amount: 5}`).UserErrors[0].Type)
	var data struct {
		WorkflowInstance struct {
			CurrentStepID string
			Definition    struct{ Version string }
		}
	}
	require.Empty(t, o.send(ann, `{ workflowInstance(instanceId: "loan-1") { currentStepId definition { version } } }`, &data))
	require.Equal(t, "decide", data.WorkflowInstance.CurrentStepID)
	require.Equal(t, "1.0.0", data.WorkflowInstance.Definition.Version)
}

func TestCancellingAnInstanceEndsItsOpenTasksAndWaits(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.run("WAITING_FOR_EVENT")
	for _, s := range []string{"PENDING", "ASSIGNED", "RUNNING", "COMPLETED", "FAILED"} {
		o.task(s)
	}
	o.must(`update task_instances set workflow_instance_id = (select id from workflow_instances)`)
	o.must(`insert into workflow_event_subscriptions (workflow_instance_id, subscription_id, event_pattern, wait_step_id, status)
		select id, '', 'a.b', s, s from workflow_instances, unnest(array['active', 'fulfilled']) s`)
	var data struct {
		It struct {
			WorkflowInstance struct {
				CompletedAt  *string
				Cancellation struct {
					Reason, RequestedBy, Source string
					ShouldCompensate            bool
				}
				Tasks struct {
					Nodes []struct {
						Status  string
						History []struct{ By, Reason string }
					}
				}
				Subscriptions struct{ Nodes []struct{ Status string } }
			}
		}
	}
	require.Empty(t, o.send(ann, `mutation { it: workflowInstanceCancel(input: {id: "`+id+`", reason: "withdrawn", shouldCompensate: false}) { workflowInstance {
		completedAt cancellation { reason requestedBy source shouldCompensate }
		tasks(orderBy: CREATED_AT_ASC) { nodes { status history { by reason } } } subscriptions { nodes { status } } } } }`, &data))
	run := data.It.WorkflowInstance
	require.NotNil(t, run.CompletedAt)
	require.Equal(t, "withdrawn ann USER false", fmt.Sprint(run.Cancellation.Reason, " ", run.Cancellation.RequestedBy, " ", run.Cancellation.Source, " ", run.Cancellation.ShouldCompensate))
	var tasks, waits []string
	for _, task := range run.Tasks.Nodes {
		tasks = append(tasks, task.Status)
		if task.Status == "CANCELLED" {
			require.Equal(t, "ann: withdrawn", task.History[0].By+": "+task.History[0].Reason)
		}
	}
	for _, wait := range run.Subscriptions.Nodes {
		waits = append(waits, wait.Status)
	}
	require.ElementsMatch(t, []string{"CANCELLED", "CANCELLED", "CANCELLED", "COMPLETED", "FAILED"}, tasks)
	require.ElementsMatch(t, []string{"CANCELLED", "FULFILLED"}, waits)
}

func TestAFailedInstanceResumesWhereItFailedAndAnEndedOneRunsAnew(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.run("FAILED")
	o.must(`update workflow_instances set completed_at = now(), error = '{"message": "gone", "failedStepId": "decide"}',
		state = '{"steps": {"decide": {"status": "FAILED", "attempts": 1, "error": {"message": "gone"}}}}'`)
	got, errs := o.change(ann, "workflowInstanceRerun", "workflowInstance", `id: "`+id+`"`)
	require.Empty(t, errs)
	require.Empty(t, got.UserErrors)
	require.NotEqual(t, id, got.Row.ID)
	var data struct {
		It struct{ WorkflowInstance map[string]any }
	}
	require.Empty(t, o.send(ann, `mutation { it: workflowInstanceRetry(input: {id: "`+id+`"}) { workflowInstance {
		completedAt error { message } currentStepId steps { stepId status attempts } children { nodes { id status input } } } } }`, &data))
	require.Equal(t, map[string]any{
		"completedAt": nil, "error": nil, "currentStepId": "decide",
		"steps":    []any{map[string]any{"stepId": "decide", "status": "PENDING", "attempts": 1.0}},
		"children": map[string]any{"nodes": []any{map[string]any{"id": got.Row.ID, "status": "RUNNING", "input": map[string]any{"amount": 5.0}}}},
	}, data.It.WorkflowInstance)
	got, _ = o.change(ann, "workflowInstanceRerun", "workflowInstance", `id: "`+id+`"`)
	require.Equal(t, "ConflictError", got.UserErrors[0].Type)
}

func TestATriggerIsSwitchedOffAndOn(t *testing.T) {
	t.Parallel()
	o := newOffice(t)
	id := o.insert("wft", `insert into workflow_event_triggers (trigger_id, workflow_definition_id, event_pattern) values ('', $1, 'a.b')`, aProcessID)
	set := func(input string) payload {
		got, errs := o.change(ann, "workflowEventTriggerSetEnabled", "workflowEventTrigger", `id: "`+id+`", `+input)
		require.Empty(t, errs)
		return got
	}
	got := set(`enabled: false, reason: "too many"`)
	require.Equal(t, "ENABLED DISABLED ann too many", fmt.Sprint(got.Row.History[0].From, " ", got.Row.History[0].To, " ", got.Row.History[0].By, " ", got.Row.History[0].Reason))
	require.Equal(t, 2, set(`enabled: false`).Row.Revision, "nothing changed")
	require.Equal(t, 2, set(`enabled: true, expectedRevision: 1`).UserErrors[0].CurrentRevision)
	require.Equal(t, 3, set(`enabled: true`).Row.Revision)
}
