package resolvers_test

import (
	"context"
	_ "embed"
	"regexp"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// definitionsSQL is a shop in which each reference leads somewhere, or nowhere
// on purpose.
//
//go:embed definitions_test.sql
var definitionsSQL string

func newDefinitions(t *testing.T) *world {
	t.Helper()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), definitionsSQL)
	require.NoError(t, err)
	store := repository.NewStore(db)
	writeReferences(t, store, repository.WorkflowDefinitions)
	writeReferences(t, store, repository.TaskDefinitions)
	writeReferences(t, store, repository.UIComponents)
	return &world{t, db}
}

// writeReferences does what saving a definition does.
func writeReferences[T any](t *testing.T, s *repository.Store, e repository.Entity[T]) {
	t.Helper()
	rows, err := repository.List(t.Context(), s, e, repository.ListQuery{
		Name: "all", Columns: e.Columns(), Order: "NAME_ASC", Page: page.Request{Size: 100},
	})
	require.NoError(t, err)
	for _, row := range rows {
		d := any(row).(model.Referrer)
		_, status := any(row).(model.Definition).DefinitionVersion()
		source := repository.ReferenceSource{ID: idOf(d), Pin: status != model.DefinitionDraft, References: d.References()}
		require.NoError(t, repository.WriteReferences(context.WithoutCancel(t.Context()), s.DB, e.Table, source))
	}
}

// counted are the statements of an answer without those that only look at the
// database itself.
func counted(sql []string) (names []string) {
	for _, statement := range sql {
		name := regexp.MustCompile(`/\* (\S+) \*/`).FindStringSubmatch(statement)
		if name != nil && !strings.HasPrefix(name[1], "catalogue.") && !strings.HasSuffix(name[1], ".plan") {
			names = append(names, name[1])
		}
	}
	return names
}

func TestAWorkflowShowsItsStepsByKindWithEverythingTheySay(t *testing.T) {
	t.Parallel()
	answer, sql := newDefinitions(t).ask(`{ workflowDefinition(workflowId: "orders") { tags executionLog { level retention metadata }
		steps { stepId type path taskId task { version } next { stepId condition outcome isDefault step { type } } branches { branchId steps { stepId type taskId task { name } ... on HumanTaskStep { assigneeRole dueIn form { title } } } }
			... on TaskStep { timeout retryPolicy { maxAttempts retryInterval backoffMultiplier } onFailure { action routes { errorCode stepId } } }
			... on ParallelStep { join { type cancelOthers } }
			... on EventWaitStep { eventPattern eventTimeout timeoutHandlerStepId }
			... on DelayedTaskStep { delay } }
	} }`)
	require.JSONEq(t, `{"workflowDefinition": {"tags": ["shop"], "executionLog": {"level": "info", "retention": "P30D", "metadata": ["userId"]}, "steps": [
		{"stepId": "start", "type": "START", "path": "/steps/0", "taskId": null, "task": null, "branches": [], "next": [{"stepId": "pay", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "TASK"}}]},
		{"stepId": "pay", "type": "TASK", "path": "/steps/1", "taskId": "charge", "task": {"version": "1.0.0"}, "branches": [], "next": [
			{"stepId": "ask", "condition": null, "outcome": "CARD_DECLINED", "isDefault": false, "step": {"type": "HUMAN_TASK"}},
			{"stepId": "choose", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "DECISION"}}],
		 "timeout": "PT5M", "retryPolicy": {"maxAttempts": 4, "retryInterval": 100, "backoffMultiplier": 2}, "onFailure": {"action": "stop", "routes": [{"errorCode": "TIMEOUT", "stepId": "ask"}]}},
		{"stepId": "choose", "type": "DECISION", "path": "/steps/2", "taskId": null, "task": null, "branches": [], "next": [
			{"stepId": "both", "condition": "data.amount > 100", "outcome": null, "isDefault": false, "step": {"type": "PARALLEL"}}, {"stepId": "end", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "END"}}]},
		{"stepId": "both", "type": "PARALLEL", "path": "/steps/3", "taskId": null, "task": null, "join": {"type": "first", "cancelOthers": true}, "branches": [
			{"branchId": "a", "steps": [{"stepId": "approve", "type": "HUMAN_TASK", "taskId": "approve", "task": {"name": "Approve order"}, "assigneeRole": "boss", "dueIn": "P1D", "form": {"title": "Order {{orderId}}"}}]},
			{"branchId": "b", "steps": [{"stepId": "ghost", "type": "TASK", "taskId": "nobody", "task": null}]}], "next": [{"stepId": "wait", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "EVENT_WAIT"}}]},
		{"stepId": "wait", "type": "EVENT_WAIT", "path": "/steps/4", "taskId": null, "task": null, "branches": [], "next": [{"stepId": "later", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "DELAYED_TASK"}}],
		 "eventPattern": "orders.*", "eventTimeout": "P2D", "timeoutHandlerStepId": "ask"},
		{"stepId": "later", "type": "DELAYED_TASK", "path": "/steps/5", "taskId": "charge", "task": {"version": "1.10.0"}, "branches": [], "delay": "PT1H", "next": [{"stepId": "end", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "END"}}]},
		{"stepId": "ask", "type": "HUMAN_TASK", "path": "/steps/6", "taskId": null, "task": null, "branches": [], "next": [{"stepId": "pay", "condition": null, "outcome": null, "isDefault": true, "step": {"type": "TASK"}}]},
		{"stepId": "end", "type": "END", "path": "/steps/7", "taskId": null, "task": null, "branches": [], "next": []}
	]}}`, answer)
	require.ElementsMatch(t, []string{
		"workflow_definitions.by_business_key", "workflow_task_references.by_source", "workflow_task_references.by_source", "workflow_ui_component_references.by_source",
	}, counted(sql), "one statement per level and kind of reference, however many steps there are")
}

func TestWhatAWorkflowNamesBesideItsSteps(t *testing.T) {
	t.Parallel()
	answer, _ := newDefinitions(t).ask(`{ workflowDefinition(workflowId: "orders") {
		tasks { taskId version } compensationSteps { stepId compensates { stepId } task { name } } cancellationTriggers { eventPattern reason shouldCompensate }
		uiComponents { componentId component { name } context priority } problems { severity code path } } }`)
	require.JSONEq(t, `{"workflowDefinition": {
		"tasks": [{"taskId": "approve", "version": "1.0.0"}, {"taskId": "charge", "version": "1.0.0"}, {"taskId": "charge", "version": "1.10.0"}, {"taskId": "refund", "version": "1.0.0"}],
		"compensationSteps": [{"stepId": "undo-pay", "compensates": {"stepId": "pay"}, "task": {"name": "Refund card"}}],
		"cancellationTriggers": [{"eventPattern": "orders.cancelled", "reason": "customer", "shouldCompensate": true}],
		"uiComponents": [{"componentId": "order-lines", "component": {"name": "Order lines"}, "context": {"layout": "card"}, "priority": 0}],
		"problems": [{"severity": "ERROR", "code": "INCOMPLETE_STEP", "path": "/steps/6"}, {"severity": "WARNING", "code": "LOOP", "path": "/steps/1"},
			{"severity": "ERROR", "code": "UNRESOLVED_REFERENCE", "path": "/steps/3/parallelBranches/1/steps/0/taskId"}]
	}}`, answer)
}

func TestWhereUsedGoesByBusinessKeyAcrossVersions(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	answer, sql := w.ask(`{
		taskDefinitions(where: {taskId: {in: ["charge", "approve"]}, status: {eq: ACTIVE}}) { nodes { taskId
			workflowDefinitions(orderBy: VERSION_DESC) { totalCount nodes { workflowId version } } uiComponents { condition priority componentId component { name } } } } }`)
	require.JSONEq(t, `{"taskDefinitions": {"nodes": [
		{"taskId": "approve", "workflowDefinitions": {"totalCount": 1, "nodes": [{"workflowId": "orders", "version": "1.0.0"}]},
		 "uiComponents": [{"condition": "status == 'ASSIGNED'", "priority": 2, "componentId": "order-form", "component": {"name": "Order form"}}, {"condition": null, "priority": 0, "componentId": "lost", "component": null}]},
		{"taskId": "charge", "workflowDefinitions": {"totalCount": 2, "nodes": [{"workflowId": "orders", "version": "2.0.0"}, {"workflowId": "orders", "version": "1.0.0"}]}, "uiComponents": []}
	]}}`, answer)
	require.Len(t, counted(sql), 4, "the list, one level of workflows, their counts, one level of components")

	answer, _ = w.ask(`{
		integrationDefinition(integrationId: "stripe") { taskDefinitions { nodes { taskId version } } uiComponents { nodes { componentId } } }
		uiComponent(componentId: "order-lines") { parents { nodes { componentId } } workflowDefinitions { nodes { workflowId } } }
		form: uiComponent(componentId: "order-form") { taskDefinitions { nodes { taskId } } workflowDefinitions { nodes { workflowId } } children { componentId } integrations { integrationId fieldKey definition { name } } } }`)
	require.JSONEq(t, `{
		"integrationDefinition": {"taskDefinitions": {"nodes": [{"taskId": "charge", "version": "1.0.0"}, {"taskId": "charge", "version": "1.10.0"}, {"taskId": "charge", "version": "1.9.0"}, {"taskId": "refund", "version": "1.0.0"}]}, "uiComponents": {"nodes": [{"componentId": "order-form"}]}},
		"uiComponent": {"parents": {"nodes": [{"componentId": "order-form"}]}, "workflowDefinitions": {"nodes": [{"workflowId": "orders"}]}},
		"form": {"taskDefinitions": {"nodes": [{"taskId": "approve"}]}, "workflowDefinitions": {"nodes": [{"workflowId": "orders"}]}, "children": [{"componentId": "order-lines"}],
			"integrations": [{"integrationId": "stripe", "fieldKey": null, "definition": {"name": "Stripe"}}, {"integrationId": "crm", "fieldKey": "customer", "definition": null}]}
	}`, answer)
}

func TestATaskTellsHowItIsDone(t *testing.T) {
	t.Parallel()
	answer, _ := newDefinitions(t).ask(`{ taskDefinition(taskId: "charge") { version type category tags timeout
		retryPolicy { maxRetries maxAttempts retryInterval backoffMultiplier maxRetryInterval retryableErrors nonRetryableErrors }
		executionConfig { executor implementation { kind } securityContext { securityLevel permissions requiredRoles } resourceRequirements { memory cpu } }
		integration { integrationId apiVersion definition { version } methodId method { name requestsPerMinute retryPolicy { maxRetries retryInterval } } instanceSelector { type } }
		versions { nodes { version status integration { method { name } } } } } }`)
	require.JSONEq(t, `{"taskDefinition": {"version": "1.10.0", "type": "INTEGRATION", "category": "payments", "tags": ["money", "card"], "timeout": null,
		"retryPolicy": {"maxRetries": 2, "maxAttempts": 3, "retryInterval": 500, "backoffMultiplier": 2, "maxRetryInterval": null, "retryableErrors": ["TIMEOUT"], "nonRetryableErrors": []},
		"executionConfig": {"executor": "integration-executor", "implementation": {"kind": "INTEGRATION"}, "securityContext": {"securityLevel": "HIGH", "permissions": ["pay"], "requiredRoles": []}, "resourceRequirements": {"memory": "512Mi", "cpu": null}},
		"integration": {"integrationId": "stripe", "apiVersion": "v2", "definition": {"version": "2.0.0"}, "methodId": "charge", "method": {"name": "Charge", "requestsPerMinute": 60, "retryPolicy": {"maxRetries": 1, "retryInterval": 250}}, "instanceSelector": null},
		"versions": {"nodes": [{"version": "1.10.0", "status": "ACTIVE", "integration": {"method": {"name": "Charge"}}}, {"version": "1.9.0", "status": "DRAFT", "integration": {"method": null}}, {"version": "1.0.0", "status": "DEPRECATED", "integration": {"method": {"name": "Charge"}}}]}
	}}`, answer)
}

func TestATaskUsesTheConnectionOfItsContext(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	answer, sql := w.ask(`{ taskDefinitions(where: {taskId: {in: ["charge", "refund", "approve"]}, status: {eq: ACTIVE}}) { nodes { taskId
		everybody: integrationInstance { instanceId } ann: integrationInstance(contextType: USER, contextId: "ann") { instanceId state }
		acme: integrationInstance(contextType: CLIENT, contextId: "acme") { instanceId } bob: integrationInstance(contextType: USER, contextId: "bob") { instanceId } } } }`)
	require.JSONEq(t, `{"taskDefinitions": {"nodes": [
		{"taskId": "approve", "everybody": null, "ann": null, "acme": null, "bob": null},
		{"taskId": "charge", "everybody": {"instanceId": "stripe-new"}, "ann": {"instanceId": "stripe-ann", "state": "ERROR"}, "acme": {"instanceId": "stripe-acme"}, "bob": {"instanceId": "stripe-new"}},
		{"taskId": "refund", "everybody": {"instanceId": "stripe-spare"}, "ann": {"instanceId": "stripe-spare", "state": "INACTIVE"}, "acme": {"instanceId": "stripe-spare"}, "bob": {"instanceId": "stripe-spare"}}
	]}}`, answer)
	require.Len(t, counted(sql), 3, "the tasks, and one statement for each selection, whatever the contexts")
	require.Contains(t, w.refuse(`{ taskDefinition(taskId: "charge") { integrationInstance(contextType: USER) { id } } }`), "contextId")
}

func TestNoSecretLeavesAConnection(t *testing.T) {
	t.Parallel()
	answer, _ := newDefinitions(t).ask(`{
		integrationInstance(instanceId: "stripe-new") { config state status { state lastChecked error code metrics { successRate requestsToday } } statusJson credentials { configured type expiresAt } lastUsedAt definition { version } }
		bare: integrationInstance(instanceId: "stripe-ann") { credentials { configured type } status { code error } }
		integrationDefinition(integrationId: "stripe") { oauth2Config { authorizationUrl scopes additionalParameters } oauth2ConfigJson } }`)
	require.NotContains(t, answer, "CANARY")
	require.JSONEq(t, `{
		"integrationInstance": {"config": {"workspace": "w", "apiKey": "********", "nested": {"refreshToken": "********"}, "maxTokens": 5}, "state": "ACTIVE",
			"status": {"state": "ACTIVE", "lastChecked": "2026-01-03T00:00:00Z", "error": null, "code": null, "metrics": {"successRate": 0.98, "requestsToday": 12}},
			"statusJson": {"state": "active", "lastChecked": "2026-01-03T00:00:00Z", "error": null, "metrics": {"successRate": 0.98, "requestsToday": 12}},
			"credentials": {"configured": true, "type": "oauth2", "expiresAt": "2027-01-01T00:00:00Z"}, "lastUsedAt": "2026-01-02T00:00:00Z", "definition": {"version": "2.0.0"}},
		"bare": {"credentials": {"configured": false, "type": null}, "status": {"code": "AUTH_ERROR", "error": "expired"}},
		"integrationDefinition": {"oauth2Config": {"authorizationUrl": "https://a.example", "scopes": ["read", "write"], "additionalParameters": {"audience": "api", "client_secret": "********"}},
			"oauth2ConfigJson": {"authorizationUrl": "https://a.example", "tokenUrl": "https://t.example", "scope": "read write", "clientSecret": "********", "additionalParameters": {"audience": "api", "client_secret": "********"}}}
	}`, answer)
}

func TestAComponentShowsItsPartsAndAnAIProviderItsModels(t *testing.T) {
	t.Parallel()
	answer, _ := newDefinitions(t).ask(`{ uiComponent(componentId: "order-form") {
		fields { fieldKey type required options { value } validationRules { type value message } dataSource { integrationId methodId } }
		layout { type columns sections { title fields } areas { componentId grid order component { name } } defaultView { type componentId component { name } } }
		actions { actionKey style confirmation disabled } customProps { displayType columns { key width } } problems { code path } }
		integrationDefinition(integrationId: "claude") { aiConfig { provider defaultModel models { modelId capabilities inputTokenCost } } } }`)
	require.JSONEq(t, `{"uiComponent": {
		"fields": [
			{"fieldKey": "decision", "type": "SELECT", "required": true, "options": [{"value": "yes"}], "validationRules": [{"type": "required", "value": null, "message": null}, {"type": "maxLength", "value": 5, "message": "too long"}], "dataSource": null},
			{"fieldKey": "customer", "type": "MULTI_SELECT", "required": false, "options": [], "validationRules": [], "dataSource": {"integrationId": "crm", "methodId": "customers"}},
			{"fieldKey": "mood", "type": "UNKNOWN", "required": false, "options": [], "validationRules": [], "dataSource": null}],
		"layout": {"type": "grid", "columns": 2, "sections": [{"title": "All", "fields": ["decision"]}],
			"areas": [{"componentId": "order-lines", "grid": "span 12", "order": 1, "component": {"name": "Order lines"}}, {"componentId": "order-lines", "grid": null, "order": null, "component": {"name": "Order lines"}}],
			"defaultView": {"type": "single", "componentId": "lost-view", "component": null}},
		"actions": [{"actionKey": "approve", "style": "primary", "confirmation": "Sure?", "disabled": false}],
		"customProps": {"displayType": "table", "columns": [{"key": "sku", "width": "80"}]},
		"problems": [{"code": "ENUM", "path": "/fields/2/type"}, {"code": "UNRESOLVED_REFERENCE", "path": "/fields/1/dataSource/integrationId"}, {"code": "UNRESOLVED_REFERENCE", "path": "/layout/defaultView/component"}]
	}, "integrationDefinition": {"aiConfig": {"provider": "anthropic", "defaultModel": "m1", "models": [{"modelId": "m1", "capabilities": ["text"], "inputTokenCost": 0.000003}]}}}`, answer)
}

func TestEventsAreFoundByPatternAndLeadToTheWorkflowsTheyStart(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	answer, _ := w.ask(`{ eventDefinitions(where: {pattern: {matches: "orders.*"}}) { nodes { pattern sourceTypes examples uiMetadata { category color }
		triggers { nodes { triggerId } } workflowDefinitions { nodes { workflowId version } } } }
		category: eventDefinitions(where: {uiMetadata: {contains: {category: "orders"}}}) { nodes { eventId } } }`)
	require.JSONEq(t, `{"eventDefinitions": {"nodes": [
		{"pattern": "orders.item.added", "sourceTypes": [], "examples": [], "uiMetadata": null, "triggers": {"nodes": [{"triggerId": "on-order"}]}, "workflowDefinitions": {"nodes": [{"workflowId": "orders", "version": "1.0.0"}]}},
		{"pattern": "orders.created", "sourceTypes": ["external"], "examples": [{"id": 1}], "uiMetadata": {"category": "orders", "color": "#fff"}, "triggers": {"nodes": [{"triggerId": "on-order"}]}, "workflowDefinitions": {"nodes": [{"workflowId": "orders", "version": "1.0.0"}]}}
	]}, "category": {"nodes": [{"eventId": "Order.created"}]}}`, answer)
}

func TestDefinitionsAreFilteredByWhatSurroundsThem(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	answer, _ := w.ask(`{
		withDraft: workflowDefinitions(where: {status: {eq: ACTIVE}, versions: {status: {eq: DRAFT}}}) { nodes { workflowId version } }
		triggered: workflowDefinitions(where: {triggers: {enabled: true}}) { nodes { workflowId } }
		draftOfTriggered: workflowDefinitions(where: {status: {eq: DRAFT}, versions: {triggers: {enabled: true}}}) { nodes { workflowId version } }
		tagged: workflowDefinitions(where: {metadata: {contains: {tags: ["shop"]}}}) { nodes { workflowId } }
		searched: workflowDefinitions(where: {search: "cart to"}) { nodes { workflowId } }
		palette: taskDefinitions(where: {metadata: {contains: {category: "orders"}}, type: {eq: MANUAL}}) { nodes { taskId } }
		oauth: integrationDefinitions(where: {authType: {eq: OAUTH2}, status: {eq: ACTIVE}}) { nodes { integrationId } }
		broken: integrationInstances(where: {state: {notIn: [ACTIVE]}, definition: {integrationId: {eq: "stripe"}}}) { nodes { instanceId } }
		smoke: testDefinitions(where: {tags: {contains: ["smoke"]}}) { nodes { testId } } }`)
	require.JSONEq(t, `{
		"withDraft": {"nodes": [{"workflowId": "orders", "version": "1.0.0"}]}, "triggered": {"nodes": [{"workflowId": "orders"}]},
		"draftOfTriggered": {"nodes": [{"workflowId": "orders", "version": "2.0.0"}]},
		"tagged": {"nodes": [{"workflowId": "orders"}]}, "searched": {"nodes": [{"workflowId": "orders"}]}, "palette": {"nodes": [{"taskId": "approve"}]},
		"oauth": {"nodes": [{"integrationId": "stripe"}]}, "broken": {"nodes": [{"instanceId": "stripe-ann"}, {"instanceId": "stripe-spare"}]}, "smoke": {"nodes": [{"testId": "orders-ok"}]}
	}`, answer)
}

func TestATestLeadsToWhatItTestsAndBack(t *testing.T) {
	t.Parallel()
	answer, _ := newDefinitions(t).ask(`{
		testDefinitions { nodes { testId target { __typename ... on WorkflowDefinition { workflowId version } ... on TaskDefinition { taskId version } ... on Definition { name } }
			cases { caseId state mocks { taskId delay response error } assertions { type path value } expectedState { path value } timeout } sharedMocks { taskId } problems { code path } } }
		workflowDefinition(workflowId: "orders") { tests { nodes { testId } } } taskDefinition(taskId: "charge") { tests { nodes { testId } } } }`)
	require.JSONEq(t, `{"testDefinitions": {"nodes": [
		{"testId": "charge-old", "target": {"__typename": "TaskDefinition", "taskId": "charge", "version": "1.0.0", "name": "Charge card"}, "cases": [], "sharedMocks": [], "problems": [{"code": "NO_CASES", "path": "/cases"}]},
		{"testId": "orders-ok", "target": {"__typename": "WorkflowDefinition", "workflowId": "orders", "version": "1.0.0", "name": "Order handling"},
		 "cases": [{"caseId": "c1", "state": {"x": 1}, "mocks": [{"taskId": "charge", "delay": "PT1S", "response": {"ok": true}, "error": null}, {"taskId": "approve", "delay": null, "response": null, "error": {"code": "NO"}}],
			"assertions": [{"type": "equals", "path": "$.status", "value": "COMPLETED"}], "expectedState": [{"path": "$.x", "value": 1}], "timeout": "PT1M"}], "sharedMocks": [{"taskId": "refund"}],
		 "problems": [{"code": "TYPE", "path": "/cases/0/expectedState"}, {"code": "ADDITIONAL_PROPERTIES", "path": "/cases/0/mocks"}]},
		{"testId": "nothing", "target": null, "cases": [], "sharedMocks": [], "problems": [{"code": "NO_CASES", "path": "/cases"}, {"code": "UNRESOLVED_REFERENCE", "path": "/targetId"}]}
	]}, "workflowDefinition": {"tests": {"nodes": [{"testId": "orders-ok"}]}}, "taskDefinition": {"tests": {"nodes": [{"testId": "charge-old"}]}}}`, answer)
}

func TestSearchForgivesTypingMistakesAndShowsEachDefinitionOnce(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	answer, sql := w.ask(`{ search(query: "chrage card", first: 2) { kind title subtitle node { id version ... on TaskDefinition { taskId } } } }`)
	require.Contains(t, answer, `"kind":"TASK","title":"Charge card","subtitle":"charge 1.10.0"`)
	require.Equal(t, 1, strings.Count(answer, `"charge 1.`), "three versions, one hit")
	require.Contains(t, counted(sql), "definitions.search")
	answer, _ = w.ask(`{ search(query: "order", kinds: [EVENT, TEST]) { kind } }`)
	require.NotContains(t, answer, "WORKFLOW")
	require.Contains(t, answer, "EVENT")
	answer, sql = w.ask(`{ search(query: "hndlin") { title } }`)
	require.Contains(t, answer, `"title":"Order handling"`, "two mistakes leave little alike")
	require.Contains(t, counted(sql), "definitions.search_near")
	_, sql = w.ask(`{ search(query: "` + strings.Repeat("hndlin ", 10) + `") { title } }`)
	require.NotContains(t, counted(sql), "definitions.search_near", "a long text would be compared for long")
	answer, _ = w.ask(`{ search(query: "qqxxyyzz") { title } }`)
	require.JSONEq(t, `{"search": []}`, answer, "nothing found is an empty list")
	require.Contains(t, w.refuse(`{ search(query: " a ") { title } }`), "2 characters")
}

func TestAQueryCannotWalkInCirclesThroughSteps(t *testing.T) {
	t.Parallel()
	w := newDefinitions(t)
	ahead := strings.Repeat("next { step { stepId ", 4) + strings.Repeat("} }", 4)
	require.Contains(t, w.refuse(`{ workflowDefinition(workflowId: "orders") { steps { `+ahead+` } } }`), "at most 3 times")
}

func TestCountsAndTheLastInstanceComeWithAList(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	answer, sql := w.ask(`{ workflowDefinitions { nodes { instanceCounts { status count } lastInstance { instanceId } tests { nodes { testId lastRun { runId status } } } } } }`)
	require.JSONEq(t, `{"workflowDefinitions": {"nodes": [{"instanceCounts": [{"status": "FAILED", "count": 1}, {"status": "WAITING_FOR_EVENT", "count": 1}], "lastInstance": {"instanceId": "run-2"},
		"tests": {"nodes": [{"testId": "onboarding-test", "lastRun": {"runId": "tr-1", "status": "FAILED"}}]}}]}}`, answer)
	require.Len(t, counted(sql), 5)
}

func idOf(n model.Node) uuid.UUID {
	_, id, _ := nodeid.Decode(n.ID())
	return id
}
