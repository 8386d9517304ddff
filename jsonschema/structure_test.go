package jsonschema_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/jsonschema"
)

// told lists problems as "SEVERITY CODE path", in the order they are reported.
func told(problems []jsonschema.Problem) []string {
	lines := []string{}
	for _, p := range problems {
		lines = append(lines, fmt.Sprintf("%s %s %s", p.Severity, p.Code, p.Path))
	}
	return lines
}

func TestTheStepsOfAWorkflowFormAProcess(t *testing.T) {
	t.Parallel()
	const end = `{"stepId":"end","type":"END"}`
	cases := map[string]struct {
		steps string
		draft []string
	}{
		"a straight line":     {`[{"stepId":"a","type":"TASK","taskId":"t","next":[{"nextStepId":"end"}]},` + end + `]`, nil},
		"nothing yet":         {`[]`, []string{"WARNING NO_STEPS /steps"}},
		"a name used twice":   {`[{"stepId":"a","type":"START","next":[{"nextStepId":"end"}]},` + end + `,` + end + `]`, []string{"ERROR DUPLICATE_ID /steps/2/stepId", "WARNING UNREACHABLE_STEP /steps/2"}},
		"a way to nowhere":    {`[{"stepId":"a","next":[{"nextStepId":"b"},{"nextStepId":"end"}]},` + end + `]`, []string{"ERROR UNKNOWN_STEP /steps/0/next/0/nextStepId", "WARNING NEVER_TAKEN /steps/0/next/1"}},
		"no way without if":   {`[{"stepId":"a","next":[{"nextStepId":"end","condition":"x"}]},` + end + `]`, []string{"INFO NO_DEFAULT_WAY /steps/0/next"}},
		"otherwise is a way":  {`[{"stepId":"a","next":[{"nextStepId":"end","condition":"x"},{"nextStepId":"end","condition":"otherwise"}]},` + end + `]`, nil},
		"a step nobody needs": {`[{"stepId":"a","next":[{"nextStepId":"end"}]},{"stepId":"lost"},` + end + `]`, []string{"WARNING UNREACHABLE_STEP /steps/1"}},
		"a handler counts as a way": {`[{"stepId":"a","type":"TASK","taskId":"t","onFailure":{"handlerStepId":"h","errorHandler":{"conditions":[{"nextStepId":"x"}]}},"next":[{"nextStepId":"end"}]},{"stepId":"h"},` + end + `]`,
			[]string{"ERROR UNKNOWN_STEP /steps/0/onFailure/errorHandler/conditions/0/nextStepId"}},
		"a timeout counts as a way": {`[{"stepId":"w","type":"EVENT_WAIT","eventPattern":"a.b","eventTimeout":{"duration":"PT1M","timeoutHandlerStepId":"h"},"next":[{"nextStepId":"end"}]},{"stepId":"h"},` + end + `]`, nil},
		"outcomes are ways":         {`[{"stepId":"a","type":"TASK","taskId":"t","transitions":{"NO":"b","default":"end"}},{"stepId":"b"},` + end + `]`, nil},
		"a loop that spins": {`[{"stepId":"a","next":[{"nextStepId":"b"}]},{"stepId":"b","next":[{"nextStepId":"a"}]},` + end + `]`,
			[]string{"WARNING UNREACHABLE_STEP /steps/2", "ERROR NO_TERMINAL_STEP /steps", "ERROR ENDLESS_LOOP /steps/0"}},
		"a step that leads to itself": {`[{"stepId":"a","next":[{"nextStepId":"a"}]}]`, []string{"ERROR NO_TERMINAL_STEP /steps", "ERROR ENDLESS_LOOP /steps/0"}},
		"a loop with a way out":       {`[{"stepId":"a","next":[{"nextStepId":"end","condition":"x"},{"nextStepId":"a"}]},` + end + `]`, []string{"WARNING LOOP /steps/0"}},
		"a loop through a wait": {`[{"stepId":"a","next":[{"nextStepId":"w"}]},{"stepId":"w","type":"EVENT_WAIT","eventPattern":"a.b","onFailure":{"nextStepId":"end"},"next":[{"nextStepId":"a"}]},` + end + `]`,
			[]string{"WARNING LOOP /steps/0"}},
		"a loop through a person": {`[{"stepId":"p","type":"HUMAN_TASK","taskId":"t","transitions":{"OK":"end","REVISE":"r"}},{"stepId":"r","type":"TASK","taskId":"t","next":[{"nextStepId":"p"}]},` + end + `]`,
			[]string{"WARNING LOOP /steps/0"}},
		"branches are part of it": {`[{"stepId":"p","type":"PARALLEL","parallelBranches":[{"branchId":"x","steps":[{"stepId":"p","type":"TASK"}]},{"branchId":"x","steps":[]}],"next":[{"nextStepId":"end"}]},` + end + `]`,
			[]string{"ERROR DUPLICATE_ID /steps/0/parallelBranches/0/steps/0/stepId", "ERROR DUPLICATE_ID /steps/0/parallelBranches/1/branchId", "WARNING EMPTY_BRANCH /steps/0/parallelBranches/1", "WARNING INCOMPLETE_STEP /steps/0/parallelBranches/0/steps/0"}},
		"a jump out of a branch": {`[{"stepId":"p","type":"PARALLEL","join":{"type":"n_of_m","count":2},"parallelBranches":[{"branchId":"x","steps":[{"stepId":"a","next":[{"nextStepId":"end"}]}]}],"next":[{"nextStepId":"end"}]},` + end + `]`,
			[]string{"ERROR JOIN_COUNT /steps/0/join/count", "WARNING BRANCH_CROSSED /steps/0/parallelBranches/0/steps/0/next/0/nextStepId"}},
		"two beginnings": {`[{"stepId":"a","type":"START","next":[{"nextStepId":"end"}]},{"stepId":"b","type":"START","next":[{"nextStepId":"end"}]},` + end + `]`, []string{"WARNING SECOND_START /steps/1"}},
		"kinds need their keys": {`[{"stepId":"a","type":"TASK","next":[{"nextStepId":"b"}]},{"stepId":"b","type":"DELAYED_TASK","taskId":"t","next":[{"nextStepId":"c"}]},{"stepId":"c","type":"HUMAN_TASK","next":[{"nextStepId":"d"}]},{"stepId":"d","type":"EVENT_WAIT","next":[{"nextStepId":"e"}]},{"stepId":"e","type":"DECISION"},{"stepId":"f","type":"END","next":[{"nextStepId":"a"}]}]`,
			[]string{"WARNING INCOMPLETE_STEP /steps/0", "WARNING INCOMPLETE_STEP /steps/1", "WARNING INCOMPLETE_STEP /steps/2", "WARNING INCOMPLETE_STEP /steps/3", "WARNING INCOMPLETE_STEP /steps/4", "WARNING END_CONTINUES /steps/5", "WARNING UNREACHABLE_STEP /steps/5"}},
		"too many steps": {`[{"stepId":"a"}` + strings.Repeat(`,{}`, 2000) + `]`, []string{"ERROR TOO_MANY_STEPS /steps"}},
		"broken text":    {`[`, []string{"ERROR INVALID_JSON /steps", "WARNING NO_STEPS /steps"}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if c.draft == nil {
				c.draft = []string{}
			}
			require.Equal(t, c.draft, told(jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{Steps: []byte(c.steps)}, jsonschema.Options{})))
			for _, p := range jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{Steps: []byte(c.steps)}, jsonschema.Options{Activating: true}) {
				require.NotContains(t, []string{"NO_STEPS", "UNREACHABLE_STEP", "INCOMPLETE_STEP", "EMPTY_BRANCH"}, warningCode(p), "%+v", p)
			}
		})
	}
}

func warningCode(p jsonschema.Problem) string {
	if p.Severity == jsonschema.Error {
		return ""
	}
	return p.Code
}

func TestTheOtherDocumentsOfAWorkflowNameStepsAndHoldExpressions(t *testing.T) {
	t.Parallel()
	var asked []string
	options := jsonschema.Options{Expression: func(place jsonschema.ExpressionPlace, text string) []jsonschema.Problem {
		asked = append(asked, string(place)+" "+text)
		if strings.Contains(text, "bad") {
			return []jsonschema.Problem{{Severity: jsonschema.Error, Code: "SYNTAX", Message: "does not read"}}
		}
		return nil
	}}
	problems := jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{
		InputSchema: []byte(`{"type":"x"}`),
		Steps: []byte(`[{"stepId":"a","type":"TASK","taskId":"t","input":{"deep":[{"x":"bad one"}],"n":1},"next":[{"nextStepId":"b","condition":"bad two"},{"nextStepId":"b"}],"onFailure":{"inputMapping":{"m":"e1"}}},
			{"stepId":"b","type":"EVENT_WAIT","eventPattern":"a.b","eventCondition":"e2"}]`),
		CompensationSteps:    []byte(`[{"stepId":"a","compensationFor":"a","taskId":"t","input":"e3","condition":"e4"},{"stepId":"u","compensationFor":"zzz","taskId":"t"},{"stepId":"v","compensationFor":"a","taskId":"t"}]`),
		CancellationTriggers: []byte(`[{"eventPattern":"x.y","eventCondition":"bad three"}]`),
		UIComponents:         []byte(`[{"componentId":"c","condition":"bad four"},{"componentId":"c","condition":"bad four"}]`),
	}, options)
	require.Equal(t, []string{
		"ERROR INVALID_SCHEMA /input_schema/type",
		"ERROR SYNTAX /steps/0/input/deep/0/x",
		"ERROR SYNTAX /steps/0/next/0/condition",
		"ERROR DUPLICATE_ID /compensation_steps/0/stepId",
		"ERROR UNKNOWN_STEP /compensation_steps/1/compensationFor",
		"WARNING DUPLICATE_COMPENSATION /compensation_steps/2/compensationFor",
		"ERROR SYNTAX /cancellation_triggers/0/eventCondition",
		"ERROR SYNTAX /ui_components/0/condition",
		"WARNING DUPLICATE_COMPONENT /ui_components/1",
		"ERROR SYNTAX /ui_components/1/condition",
	}, told(problems))
	require.Subset(t, asked, []string{"STEP_INPUT bad one", "TRANSITION bad two", "HANDLER e1", "SUBSCRIPTION_FILTER e2", "STEP_INPUT e3", "COMPENSATION e4", "CANCELLATION bad three", "UI_CONDITION bad four"})
}

func TestTheExampleWorkflowHasOnlyWhatIsWorthKnowing(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckWorkflow(jsonschema.WorkflowDocument{
		InputSchema: example(t, "workflow_definitions.input_schema"), Steps: example(t, "workflow_definitions.steps"),
		CompensationSteps: example(t, "workflow_definitions.compensation_steps"), CancellationTriggers: example(t, "workflow_definitions.cancellation_triggers"),
		UIComponents: example(t, "workflow_definitions.ui_components"),
	}, jsonschema.Options{Activating: true})
	require.Equal(t, []string{"INFO NO_DEFAULT_WAY /steps/1/next"}, told(problems))
}

func TestThePartsOfAUIComponentFitTogether(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckUIComponent(jsonschema.UIComponentDocument{
		ComponentType:   "Form",
		Fields:          []byte(`[{"fieldKey":"a","type":"select"},{"fieldKey":"a","type":"text","validationRules":["required","no_such_rule",{"type":"pattern","value":"(?=x)"}]},{"fieldKey":"b","type":"select","options":[{"value":"1"},{"value":"1"}]}]`),
		Layout:          []byte(`{"order":["a","zzz"],"sections":[{"title":"s","fields":["b","yyy"]}],"type":"single","defaultView":{"order":["xxx"]}}`),
		Actions:         []byte(`[{"actionKey":"ok"},{"actionKey":"ok"}]`),
		DisplayTemplate: "<p>{{x}}</p>",
	}, jsonschema.Options{})
	require.Equal(t, []string{
		"WARNING NO_CHOICES /fields/0",
		"ERROR DUPLICATE_ID /fields/1/fieldKey",
		"WARNING UNKNOWN_RULE /fields/1/validationRules/1",
		"WARNING INVALID_PATTERN /fields/1/validationRules/2/value",
		"WARNING DUPLICATE_CHOICE /fields/2/options/1/value",
		"ERROR UNKNOWN_FIELD /layout/order/1",
		"ERROR UNKNOWN_FIELD /layout/sections/0/fields/1",
		"WARNING NO_COMPONENT /layout/component",
		"ERROR UNKNOWN_FIELD /layout/defaultView/order/0",
		"ERROR DUPLICATE_ID /actions/1/actionKey",
		"INFO DEPRECATED /display_template",
	}, told(problems))
	require.Equal(t, []string{"ERROR NO_FIELDS /fields"}, told(jsonschema.CheckUIComponent(jsonschema.UIComponentDocument{ComponentType: "Form"}, jsonschema.Options{Activating: true})))
	require.Empty(t, jsonschema.CheckUIComponent(jsonschema.UIComponentDocument{
		ComponentType: "Form", Fields: example(t, "ui_components.fields"), Layout: example(t, "ui_components.layout"), Actions: example(t, "ui_components.actions"),
	}, jsonschema.Options{Activating: true}))
}

func TestTheCasesOfATestCanBeRun(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckTest(jsonschema.TestDocument{
		Cases: []byte(`[{"caseId":"a","input":{},"assertions":[{"type":"equals","path":"output.x","value":1},{"type":"matches","path":"$.a[0]['b c']..d[*]","value":"(?=x)"},{"type":"contains","path":"$..x"}],"expectedState":[{"path":"$.x[","value":1}]},
			{"caseId":"a","input":{},"setup":{"mocks":[{"taskId":"t","response":{},"error":{}},{"taskId":"t"}]}}]`),
		SharedMocks: []byte(`[{"taskId":"t"},{"taskId":"t"}]`),
	}, jsonschema.Options{})
	require.Equal(t, []string{
		"ERROR INVALID_PATH /cases/0/assertions/0/path",
		"ERROR INVALID_PATTERN /cases/0/assertions/1/value",
		"WARNING NO_VALUE /cases/0/assertions/2",
		"ERROR INVALID_PATH /cases/0/expectedState/0/path",
		"ERROR DUPLICATE_ID /cases/1/caseId",
		"WARNING TWO_OUTCOMES /cases/1/setup/mocks/0",
		"WARNING DUPLICATE_MOCK /cases/1/setup/mocks/1/taskId",
		"WARNING DUPLICATE_MOCK /shared_mocks/1/taskId",
	}, told(problems))
	require.Equal(t, []string{"ERROR NO_CASES /cases"}, told(jsonschema.CheckTest(jsonschema.TestDocument{}, jsonschema.Options{Activating: true})))
}

func TestAnIntegrationCanBeSetUpAndCalled(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckIntegration(jsonschema.IntegrationDocument{
		Type: "ai", AuthType: "oauth2",
		Methods:      []byte(`[{"id":"a","inputSchema":{"type":"strin"},"outputSchema":{}},{"id":"a","inputSchema":{},"outputSchema":{"$ref":"file:///etc/passwd"}}]`),
		ConfigSchema: []byte(`{"properties":{"a":{"minimum":"1"}}}`),
		AIConfig:     []byte(`{"availableModels":[{"id":"m"},{"id":"m"}],"defaultModel":"n"}`),
	}, jsonschema.Options{Activating: true})
	require.Equal(t, []string{
		"ERROR INVALID_SCHEMA /methods/0/inputSchema/type",
		"ERROR DUPLICATE_ID /methods/1/id",
		"ERROR INVALID_SCHEMA /methods/1/outputSchema/$ref",
		"ERROR INVALID_SCHEMA /config_schema/properties/a/minimum",
		"ERROR NO_AUTH_CONFIG /oauth2_config",
		"ERROR DUPLICATE_ID /ai_config/availableModels/1/id",
		"ERROR UNKNOWN_MODEL /ai_config/defaultModel",
	}, told(problems))
	require.Equal(t, []string{"WARNING NO_MODELS /ai_config"}, told(jsonschema.CheckIntegration(jsonschema.IntegrationDocument{Type: "ai", AuthType: "custom"}, jsonschema.Options{})))
}

func TestATaskCanBeExecutedAsDescribed(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckTask(jsonschema.TaskDocument{
		Type: "INTEGRATION", OutputSchema: []byte(`{"pattern":"("}`),
		RetryPolicy:     []byte(`{"maxRetries":1,"retryInterval":1000.5,"backoffMultiplier":1,"maxRetryInterval":1000.25}`),
		ExecutionConfig: []byte(`{"executor":"x","securityContext":{"securityLevel":"user"},"integration":{"type":"a","instanceSelector":{"type":"RULE"}},"implementation":{"kind":"HTTP","integration":{"type":"b"}}}`),
	}, jsonschema.Options{})
	require.Equal(t, []string{
		"ERROR INVALID_SCHEMA /output_schema/pattern",
		"WARNING RETRY_INTERVAL /retry_policy/maxRetryInterval",
		"WARNING SECURITY_LEVEL /execution_config/securityContext/securityLevel",
		"WARNING NO_SELECTOR_VALUE /execution_config/integration/instanceSelector/value",
		"WARNING TWO_INTEGRATIONS /execution_config/implementation/integration/type",
	}, told(problems))
	require.Equal(t, []string{"ERROR NO_INTEGRATION /execution_config"}, told(jsonschema.CheckTask(jsonschema.TaskDocument{Type: "INTEGRATION", ExecutionConfig: []byte(`{"executor":"x"}`)}, jsonschema.Options{Activating: true})))
	require.Equal(t, []string{"INFO NO_COMPONENT /ui_components"}, told(jsonschema.CheckTask(jsonschema.TaskDocument{Type: "MANUAL"}, jsonschema.Options{Activating: true})))
}

func TestTheExamplesOfAnEventAreWhatItsSchemaDescribes(t *testing.T) {
	t.Parallel()
	problems := jsonschema.CheckEventDefinition(jsonschema.EventDefinitionDocument{
		Pattern: "parcels.*", PayloadSchema: example(t, "event_definitions.payload_schema"), Examples: []byte(`[{"parcelId":"p"},{"parcelId":1,"weightKg":0}]`),
	}, jsonschema.Options{})
	require.Equal(t, []string{"ERROR INVALID_PATTERN /pattern", "WARNING INVALID_EXAMPLE /examples/1/parcelId", "WARNING INVALID_EXAMPLE /examples/1/weightKg"}, told(problems))
	require.Empty(t, jsonschema.CheckEventDefinition(jsonschema.EventDefinitionDocument{
		Pattern: "parcels.scanned", PayloadSchema: example(t, "event_definitions.payload_schema"), Examples: example(t, "event_definitions.examples"),
	}, jsonschema.Options{}))
}

func TestATriggerHasAPatternThatCanMatchAndExpressionsThatRead(t *testing.T) {
	t.Parallel()
	options := jsonschema.Options{Expression: func(_ jsonschema.ExpressionPlace, text string) []jsonschema.Problem {
		return []jsonschema.Problem{{Severity: jsonschema.Warning, Code: "SEEN"}}
	}}
	require.Equal(t, []string{"WARNING SEEN /event_condition", "WARNING SEEN /correlation_key", "WARNING SEEN /input_mapping/a"},
		told(jsonschema.CheckTrigger(jsonschema.TriggerDocument{EventPattern: "a.*.b.pre*.**", EventCondition: "x", CorrelationKey: "y", InputMapping: []byte(`{"a":"z","b":true}`)}, options)))
	for _, pattern := range []string{"", ".a", "a..b", "a.", "a b", "a.*b", "a.b*c", "***", "a.#b", strings.Repeat("a", 256), "a" + strings.Repeat(".a", 32)} {
		require.Equal(t, []string{"ERROR INVALID_PATTERN /event_pattern"}, told(jsonschema.CheckTrigger(jsonschema.TriggerDocument{EventPattern: pattern}, jsonschema.Options{})), pattern)
	}
}

func TestAQueueSlowsDownBeforeItIsFull(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"ERROR WATERMARK /config/highWatermark", "WARNING BATCH_SIZE /config/batchSize"},
		told(jsonschema.CheckQueueConfig([]byte(`{"maxQueueDepth":10,"highWatermark":11,"batchSize":20}`))))
	require.Empty(t, jsonschema.CheckQueueConfig([]byte(`{"maxQueueDepth":10,"highWatermark":10}`)))
	require.Empty(t, jsonschema.CheckQueueConfig([]byte(`{"highWatermark":10}`)))
}
