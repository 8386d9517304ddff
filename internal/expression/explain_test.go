package expression_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
)

func explain(t *testing.T, source string) *expression.Trace {
	t.Helper()
	program, err := expression.Parse(source)
	require.NoError(t, err)
	return program.Explain(t.Context(), expression.Trigger.Env(decode(t, orderEvent)))
}

func TestAnExplanationShowsWhyATriggerDidNotFire(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(explain(t, `event.payload.amount > 1000 && event.payload.status == 'open' && event.payload.express`))
	require.NoError(t, err)
	require.JSONEq(t, `{
		"text": "event.payload.amount > 1000 && event.payload.status == \"open\" && event.payload.express",
		"value": false, "holds": false,
		"children": [
			{"text": "event.payload.amount > 1000", "value": true, "holds": true,
				"children": [{"text": "event.payload.amount", "value": 1500, "holds": true}]},
			{"text": "event.payload.status == \"open\"", "value": false, "holds": false,
				"children": [{"text": "event.payload.status", "value": "paid", "holds": true}]},
			{"text": "event.payload.express", "value": null, "holds": false, "skipped": true}
		]}`, string(raw))
}

func TestAnExplanationNamesTheMissingStepOfAPath(t *testing.T) {
	t.Parallel()
	for source, note := range map[string]string{
		`event.payload.custmer.name == 'Ada'`: "event.payload has no custmer, only amount, big, blank, customer, express, flag, items, none, …",
		`event.payload.customer.nam == 'Ada'`: "event.payload.customer has no nam, only name, vip",
		`event.payload.none.name == 'Ada'`:    "event.payload.none is null and has no name",
		`event.payload.status.name == 'Ada'`:  "event.payload.status is text and has no name",
		`workflow.input.orderId == 'x'`:       "there is no workflow here",
		`event.payload.nope[0].x.y == 'x'`:    "event.payload has no nope, only amount, big, blank, customer, express, flag, items, none, …",
		`event.payload.nope[*].x == 'x'`:      "event.payload has no nope, only amount, big, blank, customer, express, flag, items, none, …",
	} {
		trace := explain(t, source)
		require.False(t, trace.Holds, source)
		require.NotEmpty(t, trace.Children, source)
		require.True(t, trace.Children[0].Missing, source)
		require.Equal(t, note, trace.Children[0].Note, source)
	}
}

func TestAnExplanationStaysReadable(t *testing.T) {
	t.Parallel()
	program, err := expression.Parse(`event.text == 'x' || event.list == 1 || event.deep`)
	require.NoError(t, err)
	deep := map[string]any{"a": map[string]any{"b": map[string]any{"c": map[string]any{"d": 1}}}}
	trace := program.Explain(t.Context(), expression.Env{"event": map[string]any{
		"text": strings.Repeat("ä", 5000), "list": make([]any, 500), "deep": deep,
	}})
	raw, err := json.Marshal(trace)
	require.NoError(t, err)
	require.Less(t, len(raw), 2000)
	require.Contains(t, string(raw), "a list of 500 entries")
	require.Contains(t, string(raw), "an object of 1 fields")
}

func TestEmptyConditionsExplainThemselves(t *testing.T) {
	t.Parallel()
	require.True(t, explain(t, ``).Holds)
	require.True(t, explain(t, `otherwise`).Holds)
	require.Equal(t, "otherwise", explain(t, `otherwise`).Text)
	require.True(t, explain(t, `true`).Holds)
}

func TestOtherwiseIsKnownToComeLast(t *testing.T) {
	t.Parallel()
	for source, last := range map[string]bool{`otherwise`: true, ` DEFAULT `: true, `else`: true, ``: false, `true`: false} {
		program, err := expression.Parse(source)
		require.NoError(t, err)
		require.Equal(t, last, program.Otherwise(), source)
	}
}

func TestWhatIsSuggestedInsteadOfAnArrowFunctionWorks(t *testing.T) {
	t.Parallel()
	env := decode(t, `{"items": [{"price": 5, "sku": "a", "ok": true}, {"price": 20, "sku": "b", "ok": true}]}`)
	for source, want := range map[string]string{
		`items.reduce((sum, item) => sum + item.price, 0)`: `25`,
		`items.map(i => i.sku)`:                            `["a","b"]`,
		`items.filter(i => i.price > 10 && i.ok)`:          `[{"ok":true,"price":20,"sku":"b"}]`,
		`items.find(i => i.sku === 'b')`:                   `{"ok":true,"price":20,"sku":"b"}`,
		`items.some(i => i.price > 50)`:                    `false`,
		`items.every(i => i.ok)`:                           `true`,
	} {
		issues := expression.Check(source, expression.Trigger)
		require.Len(t, issues, 1)
		suggestion := strings.TrimSuffix(strings.TrimPrefix(issues[0].Remedy, "Write "), ".")
		program, err := expression.Parse(suggestion)
		require.NoError(t, err, suggestion)
		value, err := program.Eval(t.Context(), env)
		require.NoError(t, err)
		require.Equal(t, want, asJSON(t, value), suggestion)
	}
}

func TestACorrelationKeyIsText(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		`event.payload.orderId`: "o-7", `event.payload.amount`: "1500", `event.payload.big`: "9007199254740993",
		`event.payload.none`: "-", `event.payload.nope`: "-", `${event.payload.orderId}/${event.payload.status}`: "-",
	} {
		program, err := expression.Parse(source)
		require.NoError(t, err)
		text, present, err := program.Text(t.Context(), expression.Trigger.Env(decode(t, orderEvent)))
		require.NoError(t, err)
		if !present {
			text = "-"
		}
		require.Equal(t, want, text, source)
	}
}
