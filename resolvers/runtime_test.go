package resolvers_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestARunShowsWhatBecameOfEachStepOfItsDefinition(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ workflowInstance(instanceId: "run-1") {
		status variables durationMs waitingFor { eventPattern stepId since }
		progress { completed total }
		steps { stepId name parentStepId status attempts durationMs output error { message code } tasks { nodes { taskInstanceId } } }
	} }`)
	require.JSONEq(t, `{"workflowInstance": {
		"status": "WAITING_FOR_EVENT", "variables": {"x": 1}, "durationMs": null,
		"waitingFor": {"eventPattern": "contract.signed", "stepId": "wait", "since": "2026-01-01T00:00:00Z"},
		"progress": {"completed": 1, "total": 6},
		"steps": [
			{"stepId": "collect", "name": "Collect papers", "parentStepId": null, "status": "COMPLETED", "attempts": 2, "durationMs": 1500, "output": {"ok": true}, "error": null, "tasks": {"nodes": [{"taskInstanceId": "task-1"}]}},
			{"stepId": "check", "name": null, "parentStepId": null, "status": "NOT_STARTED", "attempts": 0, "durationMs": null, "output": null, "error": null, "tasks": {"nodes": []}},
			{"stepId": "credit", "name": null, "parentStepId": "check", "status": "FAILED", "attempts": 0, "durationMs": null, "output": null, "error": {"message": "no answer", "code": "TIMEOUT"}, "tasks": {"nodes": [{"taskInstanceId": "task-2"}]}},
			{"stepId": "sanctions", "name": null, "parentStepId": "check", "status": "UNKNOWN", "attempts": 0, "durationMs": null, "output": null, "error": null, "tasks": {"nodes": []}},
			{"stepId": "wait", "name": "Wait for the signature", "parentStepId": null, "status": "WAITING", "attempts": 0, "durationMs": null, "output": null, "error": null, "tasks": {"nodes": []}},
			{"stepId": "done", "name": null, "parentStepId": null, "status": "NOT_STARTED", "attempts": 0, "durationMs": null, "output": null, "error": null, "tasks": {"nodes": []}}
		]
	}}`, answer)
}

func TestDocumentsThatOthersWroteAreReadTolerantly(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ workflowInstances(orderBy: CREATED_AT_ASC, where: {instanceId: {in: ["run-2", "run-3"]}}) { nodes {
		instanceId error { message retriable failedStepId } variables waitingFor { eventPattern }
		progress { completed total steps { stepId status } }
		cancellation { reason source shouldCompensate }
		compensationState { status plan completed failed { message failedStepId } }
	} } }`)
	require.JSONEq(t, `{"workflowInstances": {"nodes": [
		{"instanceId": "run-2", "error": {"message": "gone", "retriable": true, "failedStepId": "check"}, "variables": {}, "waitingFor": null,
		 "progress": {"completed": 1, "total": 6, "steps": [{"stepId": "collect", "status": "COMPLETED"}, {"stepId": "check", "status": "FAILED"},
			{"stepId": "credit", "status": "NOT_STARTED"}, {"stepId": "sanctions", "status": "NOT_STARTED"}, {"stepId": "wait", "status": "NOT_STARTED"}, {"stepId": "done", "status": "NOT_STARTED"}]},
		 "cancellation": null, "compensationState": null},
		{"instanceId": "run-3", "error": null, "variables": {}, "waitingFor": null, "progress": {"completed": 0, "total": 0, "steps": []},
		 "cancellation": {"reason": "no", "source": "USER", "shouldCompensate": true},
		 "compensationState": {"status": "IN_PROGRESS", "plan": ["a", "b"], "completed": ["a"], "failed": [{"message": "stuck", "failedStepId": "b"}]}}
	]}}`, answer)
}

func TestAnEventLeadsToItsCauseItsEffectsAndEverythingItBroughtAbout(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{ eventInstance(eventId: "evt-1") {
		pattern source { type name instance { __typename } } metadata { contextType contextId tags retryCount }
		causedBy { eventId } effects { nodes { eventId metadata { lastError { message } } effects { nodes { eventId } } } }
		startedInstances { nodes { instanceId } } sequences { order required status sequence { sequenceId } } queue { queueId } deadLetters { totalCount }
	} }`)
	require.JSONEq(t, `{"eventInstance": {
		"pattern": "lead.created", "source": {"type": "external", "name": "CRM", "instance": null},
		"metadata": {"contextType": "client", "contextId": "c1", "tags": {"a": "b"}, "retryCount": 0},
		"causedBy": null, "effects": {"nodes": [{"eventId": "evt-2", "metadata": {"lastError": {"message": "late"}}, "effects": {"nodes": [{"eventId": "evt-3"}]}}]},
		"startedInstances": {"nodes": [{"instanceId": "run-1"}]},
		"sequences": [{"order": 1, "required": true, "status": "PROCESSED", "sequence": {"sequenceId": "seq-1"}}],
		"queue": null, "deadLetters": {"totalCount": 0}
	}}`, answer)

	answer, _ = w.ask(`{ eventInstances(orderBy: TIMESTAMP_ASC, where: {eventId: {in: ["evt-2", "evt-3"]}}) { nodes {
		source { instance { ... on TaskInstance { taskInstanceId } ... on WorkflowInstance { instanceId } } }
		causedBy { eventId } queue { queueId } deadLetters { totalCount } fulfilledSubscriptions { nodes { workflowInstance { instanceId } } }
	} } }`)
	require.JSONEq(t, `{"eventInstances": {"nodes": [
		{"source": {"instance": {"taskInstanceId": "task-1"}}, "causedBy": {"eventId": "evt-1"}, "queue": {"queueId": "main"}, "deadLetters": {"totalCount": 2}, "fulfilledSubscriptions": {"nodes": []}},
		{"source": {"instance": {"instanceId": "run-1"}}, "causedBy": {"eventId": "evt-2"}, "queue": {"queueId": "main"}, "deadLetters": {"totalCount": 0}, "fulfilledSubscriptions": {"nodes": [{"workflowInstance": {"instanceId": "run-1"}}]}}
	]}}`, answer)
}

func TestARunLeadsToItsEventsWaitsRelativesAndTrigger(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ workflowInstance(instanceId: "run-1") {
		trigger { triggerId workflowDefinition { workflowId } startedInstances { nodes { instanceId } } }
		triggerEvent { eventId } events { nodes { eventId } } correlatedEvents { nodes { eventId } }
		relatedInstances { nodes { instanceId } } subscriptions { nodes { waitStepId status fulfilledBy { eventId } } }
		tasks { nodes { taskInstanceId events { nodes { eventId } } } }
	} }`)
	require.JSONEq(t, `{"workflowInstance": {
		"trigger": {"triggerId": "on-lead", "workflowDefinition": {"workflowId": "onboarding"}, "startedInstances": {"nodes": [{"instanceId": "run-1"}]}},
		"triggerEvent": {"eventId": "evt-1"}, "events": {"nodes": [{"eventId": "evt-3"}]},
		"correlatedEvents": {"nodes": [{"eventId": "evt-1"}, {"eventId": "evt-2"}, {"eventId": "evt-3"}]},
		"relatedInstances": {"nodes": [{"instanceId": "run-2"}]},
		"subscriptions": {"nodes": [{"waitStepId": "wait", "status": "FULFILLED", "fulfilledBy": {"eventId": "evt-3"}}]},
		"tasks": {"nodes": [{"taskInstanceId": "task-1", "events": {"nodes": [{"eventId": "evt-2"}]}}, {"taskInstanceId": "task-2", "events": {"nodes": []}}]}
	}}`, answer)
}

func TestATaskCardSaysWhatItIsAboutAndWhatWentWrong(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ taskInstances(orderBy: PRIORITY, where: {assignee: {in: ["ann", "approvers"]}}) { nodes {
		taskInstanceId inputSummary errorCode error { message stackTrace } executionMetadata { startTime durationMs escalationType }
		workflowInstance { progress { completed total } }
	} } overdue: taskInstances(where: {dueAt: {ago: "P7D"}, errorCode: {eq: "TIMEOUT"}, assigneeType: {eq: ROLE}}) { totalCount } undated: taskInstances(where: {dueAt: {isNull: true}}) { totalCount } }`)
	require.JSONEq(t, `{"taskInstances": {"nodes": [
		{"taskInstanceId": "task-1", "inputSummary": "amount: 12, company: ACME", "errorCode": null, "error": null, "executionMetadata": {"startTime": "2026-01-01T00:00:00Z", "durationMs": 1500, "escalationType": "REASSIGN"}, "workflowInstance": {"progress": {"completed": 1, "total": 6}}},
		{"taskInstanceId": "task-2", "inputSummary": "", "errorCode": "TIMEOUT", "error": {"message": "no answer", "stackTrace": "at x"}, "executionMetadata": {"startTime": null, "durationMs": null, "escalationType": null}, "workflowInstance": {"progress": {"completed": 1, "total": 6}}}
	]}, "overdue": {"totalCount": 1}, "undated": {"totalCount": 1}}`, answer)
}

func TestADeadLetterNamesWhoCouldNotProcessItAndWhetherATryMayHelp(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ deadLetters(orderBy: CREATED_AT_ASC) { nodes {
		entryId transient event { eventId } originalEvent { pattern source { instance { __typename } } }
		retryHistory { timestamp error { message category } durationMs }
		subscriber { __typename ... on WorkflowInstance { instanceId } ... on WorkflowEventTrigger { triggerId } ... on ExternalSubscriber { name } }
	} } }`)
	require.JSONEq(t, `{"deadLetters": {"nodes": [
		{"entryId": "dead-1", "transient": true, "event": {"eventId": "evt-2"}, "originalEvent": {"pattern": "papers.collected", "source": {"instance": {"__typename": "TaskInstance"}}},
		 "retryHistory": [{"timestamp": "2026-01-01T00:00:00Z", "error": {"message": "late", "category": "NetworkError"}, "durationMs": 12}, {"timestamp": null, "error": null, "durationMs": null}],
		 "subscriber": {"__typename": "WorkflowInstance", "instanceId": "run-1"}},
		{"entryId": "dead-2", "transient": false, "event": {"eventId": "evt-2"}, "originalEvent": {"pattern": "papers.collected", "source": {"instance": null}}, "retryHistory": [], "subscriber": {"__typename": "WorkflowEventTrigger", "triggerId": "on-lead"}},
		{"entryId": "dead-3", "transient": false, "event": null, "originalEvent": {"pattern": "billing.failed", "source": {"instance": null}}, "retryHistory": [], "subscriber": {"__typename": "ExternalSubscriber", "name": "billing"}},
		{"entryId": "dead-4", "transient": true, "event": null, "originalEvent": {"pattern": "billing.failed", "source": {"instance": null}}, "retryHistory": [], "subscriber": {"__typename": "WorkflowInstance", "instanceId": "run-2"}}
	]}}`, answer)
}

func TestQueuesAndSequencesShowWhatIsInThem(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{
		eventQueue(queueId: "main") { depth config { maxQueueDepth highWatermark } metrics { totalProcessed totalErrors avgProcessingTimeMs } checkpoint { eventId }
			entries(first: 1) { totalCount pageInfo { hasNextPage } nodes { eventId processing leaseOwner event { pattern } } } }
		eventSequence(sequenceId: "seq-1") { status rollbackStrategy { type compensatingEvents } items { order eventId required status event { pattern } } }
	}`)
	require.JSONEq(t, `{
		"eventQueue": {"depth": 2, "config": {"maxQueueDepth": 100, "highWatermark": null}, "metrics": {"totalProcessed": 5000000000, "totalErrors": 0, "avgProcessingTimeMs": 1.5}, "checkpoint": {"eventId": "evt-1"},
			"entries": {"totalCount": 2, "pageInfo": {"hasNextPage": true}, "nodes": [{"eventId": "evt-3", "processing": true, "leaseOwner": "w1", "event": {"pattern": "contract.signed"}}]}},
		"eventSequence": {"status": "IN_PROGRESS", "rollbackStrategy": {"type": "compensating_events", "compensatingEvents": [{"eventId": "Lead.undone"}]}, "items": [
			{"order": 1, "eventId": "evt-1", "required": true, "status": "PROCESSED", "event": {"pattern": "lead.created"}},
			{"order": 2, "eventId": "evt-2", "required": false, "status": "PENDING", "event": {"pattern": "papers.collected"}},
			{"order": 3, "eventId": "evt-later", "required": true, "status": "PENDING", "event": null}]}
	}`, answer)
}

func TestATestRunAddsUpItsCases(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ testRun(runId: "tr-1") { phase terminal durationMs summary { total passed failed timeout }
		caseResults(where: {status: {eq: FAILED}}) { nodes { caseId durationMs error { message stackTrace } assertions { type passed } run { runId } } } } }`)
	require.JSONEq(t, `{"testRun": {"phase": "FAILED", "terminal": true, "durationMs": 2000, "summary": {"total": 2, "passed": 1, "failed": 1, "timeout": 0},
		"caseResults": {"nodes": [{"caseId": "sad", "durationMs": 7, "error": {"message": "no", "stackTrace": "at y"}, "assertions": [{"type": "equals", "passed": false}], "run": {"runId": "tr-1"}}]}}}`, answer)
}

func TestEventsAreFoundByWildcards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{
		one: eventInstances(where: {pattern: {matches: "*.created"}}) { nodes { eventId } }
		all: eventInstances(where: {pattern: {matches: "**"}}) { totalCount }
		prefix: eventInstances(where: {pattern: {prefix: "paper"}, createdAt: {ago: "PT150M"}}) { nodes { eventId } }
		dead: deadLetters(where: {pattern: {matches: "papers.*"}, status: {eq: PENDING}}) { totalCount }
	}`)
	require.JSONEq(t, `{"one": {"nodes": [{"eventId": "evt-1"}]}, "all": {"totalCount": 3}, "prefix": {"nodes": [{"eventId": "evt-2"}]}, "dead": {"totalCount": 2}}`, answer)
	require.Contains(t, w.refuse(`{ eventInstances(where: {pattern: {matches: "a..b"}}) { totalCount } }`), "is not a pattern")
}

func TestWhoListensToAnEventIsKnownBeforeItHappens(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{
		triggers: workflowEventTriggers(where: {reachedBy: "lead.won"}) { nodes { triggerId } }
		switchedOff: workflowEventTriggers(where: {reachedBy: "order.created"}) { nodes { triggerId enabled } }
		waits: workflowEventSubscriptions(where: {reachedBy: "contract.signed", status: {eq: FULFILLED}}) { nodes { subscriptionId } }
		nobody: workflowEventTriggers(where: {reachedBy: "lead"}) { totalCount }
	}`)
	require.JSONEq(t, `{"triggers": {"nodes": [{"triggerId": "on-lead"}]}, "switchedOff": {"nodes": [{"triggerId": "on-nothing", "enabled": false}]},
		"waits": {"nodes": [{"subscriptionId": "wait-1"}]}, "nobody": {"totalCount": 0}}`, answer)
	require.Contains(t, w.refuse(`{ workflowEventTriggers(where: {reachedBy: "lead.*"}) { totalCount } }`), "is not the name of an event")
}

func TestAScreenKnowsWhatItCanOffer(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ workflowInstances(orderBy: CREATED_AT_ASC) { nodes { status nextStatuses } } eventQueues { nodes { nextStatuses } } }`)
	require.JSONEq(t, `{"workflowInstances": {"nodes": [
		{"status": "WAITING_FOR_EVENT", "nextStatuses": ["RUNNING", "FAILED", "CANCELLED"]}, {"status": "FAILED", "nextStatuses": ["RUNNING"]}, {"status": "CANCELLED", "nextStatuses": []}
	]}, "eventQueues": {"nodes": [{"nextStatuses": ["PAUSED", "DRAINING"]}]}}`, answer)
}

func TestATreeOfColumnsAndEdgesIsOneRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query := `{ workflowEventTriggers { nodes { triggerId workflowDefinition { name } startedInstances { nodes { instanceId
		events { nodes { eventId causedBy { eventId } queue { queueId } } } relatedInstances { nodes { id } } subscriptions { nodes { workflowInstance { id } fulfilledBy { pattern } } } } } } } }`
	w.ask(query)
	_, _, sql := w.execute(query, true)
	require.Equal(t, []string{"pipeline"}, sql)
}

func TestAnInboxGoesOnWhereThePageEndsAlsoBehindWhatIsNeverDue(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	query := `{ taskInstances(orderBy: DUE_AT_ASC, first: 1, after: %s) { pageInfo { endCursor } nodes { taskInstanceId } } }`
	var seen []string
	after := "null"
	for range 3 {
		answer, _ := w.ask(fmt.Sprintf(query, after))
		var got struct {
			TaskInstances struct {
				PageInfo struct{ EndCursor string }
				Nodes    []struct{ TaskInstanceID string }
			}
		}
		require.NoError(t, json.Unmarshal([]byte(answer), &got))
		for _, n := range got.TaskInstances.Nodes {
			seen = append(seen, n.TaskInstanceID)
		}
		after = strconv.Quote(got.TaskInstances.PageInfo.EndCursor)
	}
	require.Equal(t, []string{"task-2", "task-1"}, seen)
	_, _, sql := w.execute(fmt.Sprintf(query, "null"), true)
	require.Equal(t, []string{"pipeline"}, sql)
}

func TestHistoryTellsWhatHappenedNewestFirst(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{
		workflowInstance(instanceId: "run-3") { history { what from to revision changes { field } } }
		eventSequence(sequenceId: "seq-1") { history(first: 2) { what from to changes { field to } } }
	}`)
	require.JSONEq(t, `{
		"workflowInstance": {"history": [{"what": "INSERTED", "from": null, "to": "CANCELLED", "revision": 1, "changes": [{"field": "status"}]}]},
		"eventSequence": {"history": [
			{"what": "STATUS", "from": "CREATED", "to": "IN_PROGRESS", "changes": [{"field": "status", "to": "IN_PROGRESS"}]},
			{"what": "PROGRESS", "from": null, "to": null, "changes": [{"field": "item", "to": "evt-1"}]}]}
	}`, answer)
	require.Contains(t, w.refuse(`{ workflowInstance(instanceId: "run-1") { history(first: 101) { what } } }`), "between 0 and 100")
}

func TestStatsCountByStatusByReferenceAndByTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{
		byStatus: taskInstanceStats(groupBy: STATUS) { total truncated groups { key bucketStart count } }
		byError: deadLetterStats(groupBy: ERROR_TYPE, where: {status: {eq: PENDING}}) { total groups { key count } }
		byWorkflow: workflowInstanceStats(groupBy: WORKFLOW_DEFINITION_ID) { total groups { key count } }
		byHour: testRunStats(bucket: HOUR, bucketBy: STARTED_AT) { total groups { key bucketStart count } }
		none: eventInstanceStats(where: {eventId: {eq: "nothing"}}) { total groups { count } }
	}`)
	require.JSONEq(t, `{
		"byStatus": {"total": 2, "truncated": false, "groups": [{"key": "COMPLETED", "bucketStart": null, "count": 1}, {"key": "FAILED", "bucketStart": null, "count": 1}]},
		"byError": {"total": 4, "groups": [{"key": null, "count": 2}, {"key": "NetworkError", "count": 1}, {"key": "ValidationError", "count": 1}]},
		"byWorkflow": {"total": 3, "groups": [{"key": "wfd_01hw000000e008000000000001", "count": 2}, {"key": null, "count": 1}]},
		"byHour": {"total": 1, "groups": [{"key": null, "bucketStart": "2026-01-01T00:00:00Z", "count": 1}]},
		"none": {"total": 0, "groups": []}
	}`, answer)
	require.Contains(t, w.refuse(`{ eventInstanceStats(bucket: DAY, bucketBy: DUE_AT) { total } }`), "no such time")
}

func TestAListAsksInOneWayForEachLevelHoweverManyRowsItHas(t *testing.T) {
	t.Parallel()
	_, sql := newWorld(t).ask(`{ eventInstances { nodes { sequences { sequence { items { event { causedBy { eventId } } } } } queue { depth } source { instance { __typename } }
		deadLetters { nodes { subscriber { __typename } history { what } } } } } }`)
	slices.Sort(sql)
	// A busy machine may send a statement twice, when siblings are late; never in another form for another row.
	require.LessOrEqual(t, len(slices.Compact(sql)), 15, "%v", sql)
}

func TestWhatIsDefinedAndWhatRunsLeadToEachOther(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, _ := w.ask(`{
		eventDefinition(eventId: "Lead.created", version: "1.0.0") { pattern
			triggers { nodes { triggerId workflowDefinition { workflowId instances(first: 1) { nodes { instanceId } } } eventDefinitions { nodes { eventId } } } }
			workflowDefinitions { nodes { workflowId } } instances { nodes { eventId definition { eventId } } } }
		workflowDefinition(workflowId: "onboarding") { triggers { nodes { triggerId } } lastInstance { instanceId } instanceCounts { status count } }
		testDefinition(testId: "onboarding-test", version: "1.0.0") { runs { nodes { runId definition { testId } caseResults { nodes { caseId case { description } } } } } }
		taskDefinition(taskId: "collect", version: "1.0.0") { instances(orderBy: CREATED_AT_ASC) { nodes { taskInstanceId definition { taskId } } } }
	}`)
	require.JSONEq(t, `{
		"eventDefinition": {"pattern": "lead.created", "triggers": {"nodes": [{"triggerId": "on-lead", "workflowDefinition": {"workflowId": "onboarding", "instances": {"nodes": [{"instanceId": "run-2"}]}}, "eventDefinitions": {"nodes": [{"eventId": "Lead.created"}]}}]},
			"workflowDefinitions": {"nodes": [{"workflowId": "onboarding"}]}, "instances": {"nodes": [{"eventId": "evt-1", "definition": {"eventId": "Lead.created"}}]}},
		"workflowDefinition": {"triggers": {"nodes": [{"triggerId": "on-nothing"}, {"triggerId": "on-lead"}]}, "lastInstance": {"instanceId": "run-2"}, "instanceCounts": [{"status": "FAILED", "count": 1}, {"status": "WAITING_FOR_EVENT", "count": 1}]},
		"testDefinition": {"runs": {"nodes": [{"runId": "tr-1", "definition": {"testId": "onboarding-test"}, "caseResults": {"nodes": [{"caseId": "happy", "case": {"description": "all goes well"}}, {"caseId": "sad", "case": null}]}}]}},
		"taskDefinition": {"instances": {"nodes": [{"taskInstanceId": "task-1", "definition": {"taskId": "collect"}}, {"taskInstanceId": "task-2", "definition": {"taskId": "collect"}}]}}
	}`, answer)
}

func TestATaskKnowsItsPlaceInTheWorkflow(t *testing.T) {
	t.Parallel()
	answer, _ := newWorld(t).ask(`{ taskInstances(orderBy: CREATED_AT_ASC, where: {definition: {taskId: {eq: "collect"}}, workflowInstance: {definition: {workflowId: {eq: "onboarding"}}}}) { nodes {
		step { stepId type name path } nextSteps { stepId condition isDefault step { name } } retryPolicy { maxAttempts }
	} } workflowInstance(instanceId: "run-1") { steps { stepId definition { type } } } }`)
	require.JSONEq(t, `{"taskInstances": {"nodes": [
		{"step": {"stepId": "collect", "type": "TASK", "name": "Collect papers", "path": "/steps/0"}, "nextSteps": [{"stepId": "check", "condition": null, "isDefault": true, "step": {"name": null}}], "retryPolicy": {"maxAttempts": 3}},
		{"step": {"stepId": "credit", "type": "TASK", "name": null, "path": "/steps/1/parallelBranches/0/steps/0"}, "nextSteps": [], "retryPolicy": null}
	]}, "workflowInstance": {"steps": [{"stepId": "collect", "definition": {"type": "TASK"}}, {"stepId": "check", "definition": {"type": "PARALLEL"}}, {"stepId": "credit", "definition": {"type": "TASK"}},
		{"stepId": "sanctions", "definition": {"type": "TASK"}}, {"stepId": "wait", "definition": {"type": "EVENT_WAIT"}}, {"stepId": "done", "definition": {"type": "END"}}]}}`, answer)
}
