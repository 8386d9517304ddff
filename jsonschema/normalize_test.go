package jsonschema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/jsonschema"
)

func TestOlderSpellingsBecomeTheStoredOne(t *testing.T) {
	t.Parallel()
	const (
		steps    = "workflow_definitions.steps"
		taskUI   = "task_definitions.ui_components"
		flowUI   = "workflow_definitions.ui_components"
		retry    = "task_definitions.retry_policy"
		state    = "workflow_instances.state"
		config   = "integration_definitions.config_schema"
		status   = "integration_instances.status"
		testCase = "test_definitions.cases"
	)
	cases := map[string]struct{ column, from, to string }{
		"kinds of steps are inferred": {steps,
			`[{"stepId":"in","next":[{"nextStepId":"t"}]},{"stepId":"t","taskId":"a","next":[{"nextStepId":"w"}]},{"stepId":"w","eventPattern":"a.b","next":[{"nextStepId":"d"}]},{"stepId":"d","next":[{"condition":"x","nextStepId":"p"}]},{"stepId":"p","next":[{"nextStepId":"out"}]},{"stepId":"out","next":[]}]`,
			`[{"stepId":"in","type":"START","next":[{"nextStepId":"t"}]},{"stepId":"t","type":"TASK","taskId":"a","next":[{"nextStepId":"w"}]},{"stepId":"w","type":"EVENT_WAIT","eventPattern":"a.b","next":[{"nextStepId":"d"}]},{"stepId":"d","type":"DECISION","next":[{"condition":"x","nextStepId":"p"}]},{"stepId":"p","next":[{"nextStepId":"out"}]},{"stepId":"out","type":"END","next":[]}]`},
		"branches become parallelBranches": {steps,
			`[{"stepId":"a","branches":[{"name":"left","steps":[{"stepId":"b","taskId":"t"},{"stepId":"c"}]}]}]`,
			`[{"stepId":"a","type":"PARALLEL","parallelBranches":[{"branchId":"left","steps":[{"stepId":"b","type":"TASK","taskId":"t"},{"stepId":"c"}]}]}]`},
		"choices become ways on": {steps,
			`[{"stepId":"a","choices":[{"condition":"x > 1","nextStep":"b"}],"default":"c"},{"stepId":"b"},{"stepId":"c"}]`,
			`[{"stepId":"a","type":"DECISION","next":[{"condition":"x > 1","nextStepId":"b"},{"nextStepId":"c"}]},{"stepId":"b","type":"END"},{"stepId":"c","type":"END"}]`},
		"conditional transitions become ways on": {steps,
			`[{"stepId":"a","type":"TASK","taskId":"t","transitions":{"default":"c","conditions":[{"condition":"x","nextStep":"b"}]}}]`,
			`[{"stepId":"a","type":"TASK","taskId":"t","next":[{"condition":"x","nextStepId":"b"},{"nextStepId":"c"}]}]`},
		"transitions by outcome stay": {steps,
			`[{"stepId":"a","type":"TASK","taskId":"t","transitions":{"REJECTED":"b","default":"c"}}]`,
			`[{"stepId":"a","type":"TASK","taskId":"t","transitions":{"REJECTED":"b","default":"c"}}]`},
		"times of a step are durations": {steps,
			`[{"stepId":"a","type":"task","taskId":"t","timeout":90500,"delay":3600000}]`,
			`[{"stepId":"a","type":"TASK","taskId":"t","timeout":"PT1M30.5S","delay":"PT1H"}]`},
		"a step's policy with a delay": {steps,
			`[{"stepId":"a","type":"TASK","retryPolicy":{"maxAttempts":3,"delay":"PT5S","strategy":"fixed"}}]`,
			`[{"stepId":"a","type":"TASK","retryPolicy":{"maxAttempts":3,"initialInterval":5000,"backoffMultiplier":1}}]`},
		"a step's policy in the task form": {steps,
			`[{"stepId":"a","type":"TASK","retryPolicy":{"maxRetries":2,"retryInterval":100,"backoffMultiplier":1.50,"maxRetryInterval":900}}]`,
			`[{"stepId":"a","type":"TASK","retryPolicy":{"maxAttempts":3,"initialInterval":100,"backoffMultiplier":1.50,"maxInterval":900}}]`},
		"null stands for an absent key": {steps,
			`[{"stepId":"a","type":"END","taskId":null,"next":null,"uiState":{"kept":null}}]`,
			`[{"stepId":"a","type":"END","uiState":{"kept":null}}]`},
		"a primary component comes first": {taskUI,
			`{"primaryComponent":"form","conditionalComponents":{"err":{"visibleIf":"status == 'failed'"},"note":{"triggerAction":"comment"},"both":{"triggerAction":"x","visibleIf":"a || b"},"all":{"alwaysVisible":true,"visibleIf":"x"}}}`,
			`[{"componentId":"form"},{"componentId":"err","condition":"status == 'failed'"},{"componentId":"note","condition":"uiState.action == \"comment\""},{"componentId":"both","condition":"(a || b) && (uiState.action == \"x\")"},{"componentId":"all"}]`},
		"slots become a list": {flowUI,
			`{"header":{"componentIds":["a","b"],"layout":"card","title":"Hi"}}`,
			`[{"componentId":"a","context":{"slot":"header","layout":"card","title":"Hi"}},{"componentId":"b","context":{"slot":"header","layout":"card","title":"Hi"}}]`},
		"no components are an empty list":   {flowUI, `{}`, `[]`},
		"component ids become objects":      {taskUI, `["a"]`, `[{"componentId":"a"}]`},
		"a task's policy with a delay":      {retry, `{"maxRetries":2,"retryDelay":1000,"escalationTimeoutMs":5}`, `{"maxRetries":2,"retryInterval":1000,"backoffMultiplier":1}`},
		"a task's policy in snake case":     {"task_instances.retry_policy", `{"max_retries":2,"retry_interval":10,"backoff_multiplier":2,"max_retry_interval":90,"retryable_errors":["X"]}`, `{"maxRetries":2,"retryInterval":10,"backoffMultiplier":2,"maxRetryInterval":90,"retryableErrors":["X"]}`},
		"a task's policy in attempts":       {retry, `{"maxAttempts":3,"delay":"PT2S","strategy":"exponential"}`, `{"maxRetries":2,"retryInterval":2000,"backoffMultiplier":2}`},
		"a task's policy with step names":   {retry, `{"maxAttempts":1,"initialInterval":5,"maxInterval":9,"nonRetryableErrors":["X"]}`, `{"maxRetries":0,"retryInterval":5,"maxRetryInterval":9,"backoffMultiplier":2}`},
		"a task's policy as methods say it": {retry, `{"maxRetries":1,"backoffMultiplier":2,"initialDelayMs":5,"maxDelayMs":9}`, `{"maxRetries":1,"backoffMultiplier":2,"retryInterval":5,"maxRetryInterval":9}`},
		"log levels":                        {"workflow_definitions.execution_log", `{"logLevel":"WARN","trackDecisions":true,"auditTrail":false}`, `{"level":"info","trackDecisions":true,"auditTrail":false}`},
		"outputs become completed steps":    {state, `{"variables":{"n":1.10},"stepOutputs":{"a":{"x":1},"b":{"y":2}},"steps":{"b":{"status":"running"}}}`, `{"variables":{"n":1.10},"steps":{"b":{"status":"RUNNING","output":{"y":2}},"a":{"status":"COMPLETED","output":{"x":1}}}}`},
		"an awaited type is a pattern":      {state, `{"waitingForEvent":{"eventType":"a.b"}}`, `{"waitingForEvent":{"eventPattern":"a.b"}}`},
		"an operation is a method":          {"task_definitions.execution_config", `{"executor":"x","implementation":{"kind":"INTEGRATION","integration":{"type":"xero","operation":"list"}}}`, `{"executor":"x","implementation":{"kind":"INTEGRATION","integration":{"type":"xero","method":"list"}}}`},
		"schemas of a method":               {"integration_definitions.methods", `[{"id":"a","name":"A","paramSchema":{},"resultSchema":{"type":"object"}}]`, `[{"id":"a","name":"A","inputSchema":{},"outputSchema":{"type":"object"}}]`},
		"a bare map of properties":          {config, `{"baseUrl":{"type":"string","required":true},"type":{"type":"string"}}`, `{"type":"object","properties":{"baseUrl":{"type":"string"},"type":{"type":"string"}},"required":["baseUrl"]}`},
		"a schema stays a schema":           {config, `{"properties":{"a":{"type":"string"}}}`, `{"properties":{"a":{"type":"string"}}}`},
		"no configuration stays empty":      {config, `{}`, `{}`},
		"a status in one word":              {status, `"connected"`, `{"state":"active"}`},
		"a status called status":            {status, `{"status":"PENDING_CONFIGURATION","lastSync":"2026-01-01T00:00:00Z"}`, `{"state":"inactive","lastSync":"2026-01-01T00:00:00Z"}`},
		"a status that names its error":     {status, `{"state":"AUTH_ERROR","error":null}`, `{"state":"error","error":null,"code":"AUTH_ERROR"}`},
		"the kind of credentials":           {"integration_instances.credentials_meta", `{"type":"api_key"}`, `{"type":"apikey"}`},
		"mocks beside the set-up":           {testCase, `[{"caseId":"a","input":{},"mocks":[{"taskId":"t","response":{}}]}]`, `[{"caseId":"a","input":{},"setup":{"mocks":[{"taskId":"t","response":{}}]}}]`},
		"mocks in both places":              {testCase, `[{"caseId":"a","setup":{"mocks":[{"taskId":"s"}]},"input":{},"mocks":[{"taskId":"t"}],"expectedState":{"path":"$.x","value":1}}]`, `[{"caseId":"a","setup":{"mocks":[{"taskId":"s"},{"taskId":"t"}]},"input":{},"expectedState":[{"path":"$.x","value":1}]}]`},
		"what is unknown stays":             {"workflow_definitions.metadata", `{"b":1e2,"a":[1.0,  2]}`, `{"b":1e2,"a":[1.0,  2]}`},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			table, column, _ := strings.Cut(c.column, ".")
			got, changes, err := jsonschema.Normalize(table, column, []byte(c.from))
			require.NoError(t, err)
			require.Equal(t, c.to, string(got))
			require.Equal(t, c.from != c.to, len(changes) > 0, "%+v", changes)
			for _, change := range changes {
				require.NotEmpty(t, change.Note)
			}
			require.Empty(t, jsonschema.Validate(table, column, got))
			again, changes, err := jsonschema.Normalize(table, column, got)
			require.NoError(t, err)
			require.Empty(t, changes)
			require.Equal(t, string(got), string(again))
		})
	}
}

func TestTheExamplesAreCanonical(t *testing.T) {
	t.Parallel()
	for _, name := range jsonschema.Columns() {
		table, column, _ := strings.Cut(name, ".")
		doc := example(t, name)
		got, changes, err := jsonschema.Normalize(table, column, doc)
		require.NoError(t, err)
		require.Empty(t, changes, name)
		require.Equal(t, doc, got, name)
	}
}

func TestAChangeKeepsWhatStoodThere(t *testing.T) {
	t.Parallel()
	_, changes, err := jsonschema.Normalize("task_definitions", "retry_policy", []byte(`{"maxRetries":2,"retryDelay":1000,"escalationTimeoutMs":5}`))
	require.NoError(t, err)
	require.Equal(t, []jsonschema.Change{{
		From: json.RawMessage(`{"maxRetries":2,"retryDelay":1000,"escalationTimeoutMs":5}`),
		To:   json.RawMessage(`{"maxRetries":2,"retryInterval":1000,"backoffMultiplier":1}`),
		Note: "the retry policy is written in its stored form; it has no place for escalationTimeoutMs",
	}}, changes)
}

func TestTextThatCannotBeStoredIsNotNormalised(t *testing.T) {
	t.Parallel()
	_, _, err := jsonschema.Normalize("workflow_definitions", "steps", []byte(`[{"stepId":"a\u0000"}]`))
	require.Equal(t, fault.Validation, fault.CodeOf(err))
}

func TestFormerWordsOfEnumerationColumns(t *testing.T) {
	t.Parallel()
	cases := [][4]string{
		{"integration_definitions", "status", "PUBLISHED", "active"},
		{"integration_definitions", "status", "ARCHIVED", "deprecated"},
		{"integration_definitions", "auth_type", "api_key", "apikey"},
		{"integration_definitions", "auth_type", "jwt", "custom"},
		{"integration_definitions", "type", "graphql", "integration"},
		{"workflow_event_subscriptions", "status", "matched", "fulfilled"},
		{"workflow_event_subscriptions", "status", "timedout", "expired"},
		{"workflow_event_subscriptions", "status", "suspended", "suspended"},
		{"task_instances", "status", "IN_PROGRESS", "RUNNING"},
		{"task_instances", "status", "RETRY_PENDING", "PENDING"},
		{"task_instances", "status", "RUNNING", "RUNNING"},
		{"workflow_instances", "status", "waiting for event", "WAITING_FOR_EVENT"},
		{"test_runs", "environment", "production", "prod"},
		{"ui_components", "component_type", "form", "Form"},
		{"no_such_table", "status", "x", "x"},
	}
	for _, c := range cases {
		word, changed := jsonschema.NormalizeWord(c[0], c[1], c[2])
		require.Equal(t, c[3], word, "%v", c)
		require.Equal(t, c[2] != c[3], changed, "%v", c)
	}
}

// Documents are built from the words the normaliser looks for, so that every
// rule meets every half-right shape.
func TestNormalisingTwiceIsNormalisingOnce(t *testing.T) {
	t.Parallel()
	columns := jsonschema.Columns()
	words := []string{"stepId", "type", "task", "TASK", "next", "nextStep", "nextStepId", "condition", "choices", "default", "transitions",
		"conditions", "branches", "parallelBranches", "name", "branchId", "steps", "retryPolicy", "maxRetries", "maxAttempts", "max_retries",
		"retryDelay", "retryInterval", "delay", "strategy", "fixed", "initialInterval", "backoffMultiplier", "escalationTimeoutMs", "timeout",
		"primaryComponent", "conditionalComponents", "componentIds", "visibleIf", "triggerAction", "alwaysVisible", "logLevel", "level", "INFO",
		"stepOutputs", "output", "status", "completed", "waitingForEvent", "eventType", "eventPattern", "integration", "implementation",
		"operation", "method", "paramSchema", "inputSchema", "properties", "required", "state", "AUTH_ERROR", "connected", "code", "mocks",
		"setup", "expectedState", "PT5S", "taskId", "taskDefinition", "api_key", "$ref", "items"}
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		leaf := rapid.OneOf(rapid.Map(rapid.SampledFrom(words), func(s string) any { return s }),
			rapid.Map(rapid.IntRange(-2, 90000), func(i int) any { return i }), rapid.Map(rapid.Bool(), func(b bool) any { return b }), rapid.Just[any](nil))
		if depth == 0 {
			return leaf
		}
		inner := rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) })
		return rapid.OneOf(leaf, rapid.Map(rapid.SliceOfN(inner, 0, 3), func(l []any) any { return l }),
			rapid.Map(rapid.MapOfN(rapid.SampledFrom(words), inner, 0, 6), func(m map[string]any) any { return m }))
	}
	property := func(t *rapid.T) {
		table, column, _ := strings.Cut(rapid.SampledFrom(columns).Draw(t, "column"), ".")
		doc, err := json.Marshal(value(4).Draw(t, "document"))
		require.NoError(t, err)
		once, changes, err := jsonschema.Normalize(table, column, doc)
		require.NoError(t, err)
		require.True(t, json.Valid(once))
		require.Equal(t, len(changes) == 0, string(once) == string(doc))
		twice, more, err := jsonschema.Normalize(table, column, once)
		require.NoError(t, err)
		require.Empty(t, more, "first pass gave %s", once)
		require.Equal(t, string(once), string(twice))
		jsonschema.Validate(table, column, once)
	}
	for range 30 {
		rapid.Check(t, property)
	}
}

// The rows of a bundle somewhere on disk become storable. The folder is given
// by AOS_TEST_BUNDLE, because bundles are not part of this repository.
func TestABundleOnDiskNormalisesAndValidates(t *testing.T) {
	folder := os.Getenv("AOS_TEST_BUNDLE")
	if folder == "" {
		t.Skip("AOS_TEST_BUNDLE names no folder")
	}
	files, err := filepath.Glob(filepath.Join(folder, "*.json"))
	require.NoError(t, err)
	checked := 0
	for _, file := range files {
		table := strings.TrimSuffix(filepath.Base(file), ".json")
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		var rows []map[string]json.RawMessage
		require.NoError(t, json.Unmarshal(text, &rows))
		for i, row := range rows {
			for column, doc := range row {
				if !jsonschema.Has(table, column) || string(doc) == "null" {
					continue
				}
				canonical, changes, err := jsonschema.Normalize(table, column, doc)
				require.NoError(t, err)
				require.Empty(t, jsonschema.Validate(table, column, canonical), "%s[%d].%s", table, i, column)
				t.Logf("%s[%d].%s: %d changes", table, i, column, len(changes))
				checked++
			}
		}
	}
	require.Positive(t, checked)
}
