package expression_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
)

const runningWorkflow = `{
	"workflow": {"status": "RUNNING", "input": {"orderId": "o-7", "region": "north", "limit": 500},
		"state": {"variables": {"orderAmount": 1200, "region": "south"},
			"steps": {"node-manual": {"status": "COMPLETED", "output": {"decision": "approved"}}, "pay": {"output": {"receipt": "r-1"}}}},
		"cancellation": {"reason": "customer"}},
	"task": {"status": "COMPLETED", "type": "MANUAL", "priority": "HIGH", "input": {"x": 1},
		"output": {"decision": "approved", "actionResult": "Approved"}},
	"error": {"code": "E1", "message": "no stock"},
	"user": {"id": "u-1", "roles": ["approver"]},
	"event": {"id": "evt_1", "pattern": "order.cancelled", "payload": {"orderId": "o-7"}},
	"events": [{"payload": {"amount": 3}}, {"payload": {"amount": 4}}]
}`

func TestEveryPlaceKnowsItsRootsAndAliases(t *testing.T) {
	t.Parallel()
	cases := []struct {
		place        expression.Place
		source, want string
	}{
		{expression.Trigger, `$.payload.orderId + pattern + payload.orderId + data.orderId`, `"o-7order.cancelledo-7o-7"`},
		{expression.Trigger, `input`, `undefined`},
		{expression.SubscriptionFilter, `event.payload.orderId === workflow.input.orderId`, `true`},
		{expression.SubscriptionFilter, `workflow.context.orderAmount`, `1200`},
		{expression.SubscriptionFilter, `workflow.variables.orderAmount`, `1200`},
		{expression.SubscriptionFilter, `workflow.instance.state.variables.orderAmount`, `1200`},
		{expression.SubscriptionFilter, `workflow.instance.input.orderId`, `"o-7"`},
		{expression.Cancellation, `$.payload.orderId == workflow.input.orderId`, `true`},
		{expression.Transition, `${data.orderAmount} > 1000`, `true`},
		{expression.Transition, `${data.actionResult} == "Approved"`, `true`},
		{expression.Transition, `$.orderAmount >= 1200`, `true`},
		{expression.Transition, `${task.output.decision} == "approved"`, `true`},
		{expression.Transition, `taskStatus == 'completed' && taskPriority == 'HIGH' && taskType == 'MANUAL'`, `true`},
		{expression.Transition, `taskDetails.output.decision`, `"approved"`},
		{expression.Transition, `region = "south"`, `true`},
		{expression.Transition, `limit = 500`, `true`},
		{expression.StepInput, `workflow.state.steps.pay.output.receipt`, `"r-1"`},
		{expression.StepInput, `workflow.state.steps.node-manual.output.decision`, `"approved"`},
		{expression.StepInput, `workflow.state.steps['node-manual'].output.decision`, `"approved"`},
		{expression.StepInput, `{{input.orderId}}`, `"o-7"`},
		{expression.StepInput, `step.input.orderId`, `"o-7"`},
		{expression.Handler, `error.code + ': ' + error.message`, `"E1: no stock"`},
		{expression.Compensation, `workflow.cancellation.reason`, `"customer"`},
		{expression.Compensation, `cancellation.reason`, `"customer"`},
		{expression.Compensation, `events[1].payload.amount`, `4`},
		{expression.UICondition, `status == 'completed'`, `true`},
		{expression.UICondition, `status === 'Completed' && task.status != 'failed'`, `true`},
		{expression.UICondition, `in(status, 'completed', 'failed')`, `true`},
		{expression.UICondition, `['failed', 'completed'].includes(task.status)`, `true`},
		{expression.UICondition, `workflow.state.steps.node-manual.status == 'completed'`, `true`},
		{expression.UICondition, `output.decision == 'APPROVED'`, `false`},
		{expression.UICondition, `user.hasRole('approver') && !user.hasRole('admin')`, `true`},
		{expression.Assignment, `${region}`, `"south"`},
		{expression.Assignment, `${limit}`, `500`},
	}
	for _, c := range cases {
		t.Run(string(c.place)+" "+c.source, func(t *testing.T) {
			t.Parallel()
			roots := decode(t, runningWorkflow)
			before := asJSON(t, roots)
			program, err := expression.Parse(c.source)
			require.NoError(t, err)
			value, err := program.Eval(t.Context(), c.place.Env(roots))
			require.NoError(t, err)
			require.Equal(t, c.want, asJSON(t, value))
			require.Equal(t, before, asJSON(t, roots), "the caller's data is left alone")
		})
	}
}

func TestTheOutputOfTheLastStepIsFoundInStepAndData(t *testing.T) {
	t.Parallel()
	env := expression.StepInput.Env(map[string]any{
		"workflow": map[string]any{"variables": map[string]any{"a": 1, "b": 1}},
		"output":   map[string]any{"b": 2, "orderAmount": 10},
	})
	for source, want := range map[string]string{
		`step.orderAmount`: `10`, `data.a`: `1`, `data.b`: `2`, `$.b`: `2`, `output.b`: `2`,
	} {
		program, err := expression.Parse(source)
		require.NoError(t, err)
		value, err := program.Eval(t.Context(), env)
		require.NoError(t, err)
		require.Equal(t, want, asJSON(t, value), source)
	}
}

func TestFormFieldsAreSeenByVisibilityConditions(t *testing.T) {
	t.Parallel()
	program, err := expression.Parse(`decision === 'reject' || decision === 'more_info'`)
	require.NoError(t, err)
	env := expression.Visibility.Env(map[string]any{"uiState": map[string]any{"decision": "reject"}})
	holds, err := program.Condition(t.Context(), env)
	require.NoError(t, err)
	require.True(t, holds)
	env = expression.Visibility.Env(map[string]any{expression.Names: map[string]any{"decision": "approve"}})
	holds, err = program.Condition(t.Context(), env)
	require.NoError(t, err)
	require.False(t, holds)
}

func TestAVisibilityConditionOnFormStateIsLeftToTheClient(t *testing.T) {
	t.Parallel()
	for source, client := range map[string]bool{
		`decision === 'reject'`:                       true,
		`uiState.expanded`:                            true,
		`task.status == 'failed' || uiState.expanded`: true,
		`task.status == 'failed'`:                     false,
		`user.hasRole('approver') && data.total > 5`:  false,
		`output.items[?(@.open)].length > 0`:          false,
		`output.items[?(@.id == chosen)].length > 0`:  true,
		`true`: false, ``: false,
	} {
		program, err := expression.Parse(source)
		require.NoError(t, err)
		require.Equal(t, client, program.DependsOnClient(), source)
	}
}

func TestRootsTellWhichDataAConditionNeeds(t *testing.T) {
	t.Parallel()
	program, err := expression.Parse(`event.payload.amount > 10 && contains(event.payload.items[*].sku, pattern) ` +
		`|| workflow.state.steps['a b'].output[event.id].x || event.payload.amount == events[0].payload.list[?(@.a == input.b)].c`)
	require.NoError(t, err)
	var paths []string
	for _, root := range program.Roots() {
		paths = append(paths, root.Path)
	}
	require.Equal(t, []string{
		"event.payload.amount", "event.payload.items[*].sku", "pattern",
		`workflow.state.steps["a b"].output[*].x`, "event.id", "events[0].payload.list[*].c", "input.b",
	}, paths)
	require.Equal(t, 1, program.Roots()[0].Column)
	require.Equal(t, "event.payload.amount", expression.Trigger.Resolve("payload.amount"))
	require.Equal(t, "event.pattern", expression.Trigger.Resolve("pattern"))
	require.Equal(t, "data.amount", expression.Transition.Resolve("$.amount"))
	require.Equal(t, "other.amount", expression.Trigger.Resolve("other.amount"))
}

func TestCheckWarnsTheAuthor(t *testing.T) {
	t.Parallel()
	cases := []struct {
		place  expression.Place
		source string
		want   []string // code@column
	}{
		{expression.Trigger, `event.payload.amount > 1000`, nil},
		{expression.Trigger, ``, nil},
		{expression.Trigger, `otherwise`, nil},
		{expression.Trigger, `evnt.payload.amount > 1000 && true`, []string{"UNKNOWN_ROOT@1"}},
		{expression.Trigger, `workflow.input.x == event.id`, []string{"UNKNOWN_ROOT@1"}},
		{expression.Trigger, `string`, []string{"UNKNOWN_ROOT@1"}},
		{expression.SubscriptionFilter, `workflow.input.x == event.id`, nil},
		{expression.Transition, `passed = true`, []string{"SINGLE_EQUALS@8", "BARE_NAME@1"}},
		{expression.Transition, `data.a AND data.b or not data.c`, []string{"WORD_OPERATOR@8", "WORD_OPERATOR@19", "WORD_OPERATOR@22"}},
		{expression.UICondition, `decision == 'reject'`, []string{"UNKNOWN_ROOT@1"}},
		{expression.Visibility, `decision == 'reject'`, nil},
		{expression.Trigger, `Amount ${event.payload.amount}`, []string{"ALWAYS_TRUE@1"}},
		{expression.Template, `Amount ${event.payload.amount}`, nil},
		{expression.StepInput, `high`, nil},
		{expression.StepInput, `order.created`, []string{"UNKNOWN_ROOT@1"}},
		{expression.StepInput, `A plain sentence, with text.`, nil},
		{expression.Trigger, `event.payload.amount >`, []string{"SYNTAX@23"}},
	}
	for _, c := range cases {
		t.Run(string(c.place)+" "+c.source, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, issue := range expression.Check(c.source, c.place) {
				got = append(got, issue.Code+"@"+asJSON(t, issue.Column))
				require.NotEmpty(t, issue.Message)
				require.NotEmpty(t, issue.Remedy)
				require.Equal(t, issue.Code == "SYNTAX", issue.Severity == expression.Error)
			}
			require.Equal(t, c.want, got)
		})
	}
}

func TestCheckGuessesWhatAMistypedRootMeant(t *testing.T) {
	t.Parallel()
	issues := expression.Check(`evnt.payload.amount > 1`, expression.Trigger)
	require.Len(t, issues, 1)
	require.True(t, strings.HasPrefix(issues[0].Remedy, "Did you mean event?"), issues[0].Remedy)
}
