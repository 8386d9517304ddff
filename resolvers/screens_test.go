package resolvers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/stretchr/testify/require"
)

// screens are what the pages of the platform ask, each in one request.
var screens = map[string]string{
	"runs": `{ workflowInstances(first: 100, orderBy: UPDATED_AT_DESC, where: {
			definition: {workflowId: {eq: "onboarding"}}, status: {in: [RUNNING, WAITING_FOR_EVENT, FAILED]}, updatedAt: {ago: "P7D"}}) {
		totalCount totalCountExact pageInfo { hasNextPage endCursor }
		nodes { id status updatedAt startedAt durationMs correlationId nextStatuses definition { workflowId name version }
			progress { completed total steps { stepId name status } } triggerEvent { pattern source { name } } } }
		byStatus: workflowInstanceStats(groupBy: STATUS, where: {definition: {workflowId: {eq: "onboarding"}}}) { total groups { key count } } }`,
	"run": `{ workflowInstance(instanceId: "run-1") { id status phase revision input output error { message code } cancellation { reason } compensationState { status completed }
		variables waitingFor { eventPattern since } definition { name version steps { stepId name type next { stepId condition } } }
		steps { stepId name status startedAt completedAt durationMs attempts input output error { code message }
			tasks { nodes { id status assignee retryCount definition { name } } } definition { type } }
		subscriptions { nodes { eventPattern filterCondition status timeoutAt waitStepId fulfilledBy { eventId } } }
		triggerEvent { eventId pattern payload definition { name } } events { nodes { eventId pattern timestamp } }
		relatedInstances { nodes { id status definition { name } } } history { at from to by reason } } }`,
	"inbox": `{ taskInstances(first: 50, orderBy: PRIORITY, where: {anyOf: [{assignee: {eq: "ann"}}, {assigneeType: {eq: ROLE}, assignee: {in: ["approvers"]}}]}) {
			totalCount nodes { id status priority assignee dueAt taskReference createdAt updatedAt revision nextStatuses
				definition { taskId name description type metadata } workflowInstance { id status definition { name } progress { completed total } }
				step { name } error { code message } inputSummary } }
		byStatus: taskInstanceStats(groupBy: STATUS, where: {assignee: {eq: "ann"}}) { groups { key count } }
		byPriority: taskInstanceStats(groupBy: PRIORITY, where: {assignee: {eq: "ann"}}) { groups { key count } }
		overdue: taskInstanceStats(where: {status: {in: [PENDING, ASSIGNED, RUNNING]}, dueAt: {lt: "2030-01-01T00:00:00Z"}}) { total } }`,
	"task": `{ taskInstance(taskInstanceId: "task-1") { id input draftOutput output revision definition { name description inputSchema outputSchema timeout
			uiComponents { condition priority component { componentId title fields { label } } } }
		workflowInstance { id status variables definition { name } steps { stepId name status output } }
		history { at from to by what changes { field from to } } nextSteps { stepId condition step { name } } } }`,
	"dashboard": `{ workflows: workflowInstanceStats(groupBy: STATUS) { groups { key count } }
		started: workflowInstanceStats(bucket: HOUR, bucketBy: STARTED_AT, where: {startedAt: {ago: "P1D"}}) { groups { bucketStart count } }
		failed: workflowInstanceStats(groupBy: CURRENT_STEP_ID, where: {status: {eq: FAILED}}) { groups { key count } }
		tasks: taskInstanceStats(groupBy: ASSIGNEE, where: {status: {eq: ASSIGNED}}) { groups { key count } }
		eventQueues { nodes { queueId status depth config { highWatermark maxQueueDepth } metrics { totalProcessed totalErrors } } }
		deadLetters: deadLetterStats(groupBy: ERROR_TYPE, where: {status: {eq: PENDING}}) { total groups { key count } }
		oldest: deadLetters(first: 1, orderBy: CREATED_AT_ASC, where: {status: {eq: PENDING}}) { nodes { createdAt } }
		events: eventInstanceStats(groupBy: PATTERN, bucket: HOUR, bucketBy: TIMESTAMP, where: {createdAt: {ago: "P1D"}}) { groups { key bucketStart count } truncated }
		integrations: integrationInstanceStats(groupBy: STATE) { groups { key count } }
		tests: testRunStats(groupBy: STATUS, where: {startedAt: {ago: "P30D"}}) { groups { key count } } }`,
	"event explorer": `{ eventInstances(where: {pattern: {matches: "**"}, timestamp: {ago: "P1D"}}, orderBy: TIMESTAMP_DESC) { nodes { eventId pattern timestamp correlationId
			definition { name } causedBy { eventId } effects { nodes { eventId pattern } } startedInstances { nodes { id status } }
			fulfilledSubscriptions { nodes { workflowInstance { id } } } sequences { order required status sequence { sequenceId status } }
			queue { queueId } deadLetters { nodes { id status errorType retryCount } } source { type name instance { __typename ... on WorkflowInstance { status } ... on IntegrationInstance { name } } } } } }`,
	"dead letters": `{ deadLetters(first: 50, orderBy: CREATED_AT_ASC, where: {status: {eq: PENDING}, errorType: {in: ["NetworkError"]}, pattern: {matches: "papers.*"}, createdAt: {ago: "P30D"}, retryCount: {gte: 1}}) {
		totalCount nodes { entryId transient errorMessage retryCount maxRetries retryHistory { timestamp durationMs } event { eventId } subscriber { __typename } nextStatuses } } }`,
	"test results": `{ testDefinitions(where: {targetId: {eq: "onboarding"}}) { nodes { testId name cases { caseId description } runs(first: 10) { nodes { id status environment triggeredBy startedAt completedAt durationMs
		summary { total passed failed error skipped timeout } caseResults { nodes { caseId status durationMs error { message code } assertions { type path expected actual passed message } } } } } } }
		history: testCaseResults(where: {caseId: {eq: "happy"}}) { nodes { status run { startedAt } } } }`,
	"triggers": `{ workflowDefinition(workflowId: "onboarding") { triggers { nodes { triggerId name eventPattern enabled priority eventCondition inputMapping eventDefinitions { nodes { pattern name examples payloadSchema } }
		startedInstances(first: 5) { totalCount nodes { status createdAt } } } } } reached: workflowEventTriggers(where: {reachedBy: "lead.created", enabled: true}) { nodes { triggerId } } }`,
}

func TestEachScreenIsOneRequest(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, query := range screens {
		t.Run(name, func(t *testing.T) {
			(&world{t, w.db}).ask(query)
		})
	}
}

func TestEachScreenPassesTheFrontDoor(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	door := graph.NewHandler(generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{}}), graph.Options{
		Extensions: []graphql.HandlerExtension{loader.Responses{Store: repository.NewStore(db), DB: db}},
	})
	for name, query := range screens {
		t.Run(name, func(t *testing.T) {
			body, err := json.Marshal(map[string]string{"query": query})
			require.NoError(t, err)
			request := httptest.NewRequest(http.MethodPost, "http://127.0.0.1/graphql", bytes.NewReader(body))
			request.Header.Set("Content-Type", "application/json")
			answer := httptest.NewRecorder()
			door.ServeHTTP(answer, request)
			require.Equal(t, http.StatusOK, answer.Code)
			require.NotContains(t, answer.Body.String(), `"errors"`)
		})
	}
}
