package expression_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
)

func TestTextsWithWrappersAreValuesExpressionsOrText(t *testing.T) {
	t.Parallel()
	type parse func(string) (*expression.Program, error)
	mapping, template, text := parse(expression.ParseMapping), parse(expression.ParseTemplate), parse(expression.ParseText)
	env := decode(t, `{"event": {"payload": {"id": 7, "a": 12, "b": 5, "list": [1], "obj": {"k": "v<"}, "name": "Ada", "none": null}},
		"error": {"message": "no stock"}, "data": {"invoice_number": "I-1", "due": "2026-05-04"}}`)
	cases := []struct {
		name         string
		parse        parse
		source, want string
	}{
		{"a lone wrapper keeps the type", template, `${event.payload.list}`, `[1]`},
		{"space around it is not text", template, ` {{ event.payload.id }} `, `7`},
		{"missing stays missing", template, `${event.payload.nope}`, `undefined`},
		{"text without wrappers is itself", template, `event.payload.id`, `"event.payload.id"`},
		{"empty text is itself", template, ``, `""`},
		{"text is filled in", template, `Sequence failure: ${error.message}`, `"Sequence failure: no stock"`},
		{"what is missing leaves a gap", template, `[${event.payload.nope}|${event.payload.none}]`, `"[|]"`},
		{"structures fill in as JSON", template, `x ${event.payload.obj}`, `"x {\"k\":\"v\u003c\"}"`},
		{"wrappers side by side are text", template, `${event.payload.a}${event.payload.b}`, `"125"`},
		{"comparison joins wrappers", template, `${event.payload.a} > 10`, `true`},
		{"arithmetic joins wrappers", template, `${event.payload.a} * ${event.payload.b}`, `60`},
		{"default joins wrappers", template, `${event.payload.nope} || 'normal'`, `"normal"`},
		{"spaced minus joins wrappers", template, `${event.payload.a} - ${event.payload.b}`, `7`},
		{"a call joins wrappers", template, `coalesce(${event.payload.nope}, ${event.payload.b})`, `5`},
		{"a dash inside text is text", template, `${event.payload.a}-${event.payload.b}`, `"12-5"`},
		{"a slash inside text is text", template, `https://x.test/${event.payload.a}/${event.payload.b}`, `"https://x.test/12/5"`},
		{"names outside make it text", template, `Review - ${event.payload.id}`, `"Review - 7"`},
		{"punctuation is text", template, `Hello ${event.payload.name}! Really?`, `"Hello Ada! Really?"`},
		{"an apostrophe is text", template, `It's ${event.payload.name}'s`, `"It's Ada's"`},
		{"braces in quotes do not close", template, `a ${event.payload.name + '}'} b`, `"a Ada} b"`},
		{"functions work in templates", template, `Due {{formatDate(data.due)}}`, `"Due 2026-05-04"`},
		{"titles are always text", text, `${event.payload.a} - ${event.payload.b}`, `"12 - 5"`},
		{"titles are text even alone", text, `{{event.payload.a}}`, `"12"`},
		{"titles without wrappers", text, `Review Request`, `"Review Request"`},
		{"designer titles", text, `Invoice {{data.invoice_number}}`, `"Invoice I-1"`},

		{"a path is an expression", mapping, `event.payload.id`, `7`},
		{"a JSONPath is an expression", mapping, `$.x`, `undefined`},
		{"a default is an expression", mapping, `event.payload.nope || 'normal'`, `"normal"`},
		{"a computation is an expression", mapping, `event.payload.a * 2`, `24`},
		{"quoted text", mapping, `'normal'`, `"normal"`},
		{"a number", mapping, `-5`, `-5`},
		{"a boolean", mapping, `true`, `true`},
		{"a lone word is text", mapping, `high`, `"high"`},
		{"a lone root is its value", mapping, `error`, `{"message":"no stock"}`},
		{"a sentence is text", mapping, `Standard order`, `"Standard order"`},
		{"words with and are text", mapping, `Approved and paid`, `"Approved and paid"`},
		{"hyphenated words are text", mapping, `self-service`, `"self-service"`},
		{"a date is text", mapping, `2026-11-22`, `"2026-11-22"`},
		{"a duration is text", mapping, `PT5M`, `"PT5M"`},
		{"an address is text", mapping, `https://example.test/hook?x=1`, `"https://example.test/hook?x=1"`},
		{"an empty text is text", mapping, ``, `""`},
		{"wrapped values keep their type", mapping, `${event.payload.obj}`, `{"k":"v\u003c"}`},
		{"partly wrapped text", mapping, `Order ${event.payload.id}`, `"Order 7"`},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			program, err := c.parse(c.source)
			require.NoError(t, err)
			value, err := program.Eval(t.Context(), env)
			require.NoError(t, err)
			if s, ok := value.(string); ok && c.name != "" {
				require.Equal(t, strings.ReplaceAll(c.want, `\u003c`, `<`), `"`+strings.ReplaceAll(s, `"`, `\"`)+`"`)
				return
			}
			require.Equal(t, c.want, asJSON(t, value))
		})
	}
}

func TestBrokenExpressionsInTemplatesAreRefusedWhereTheyBreak(t *testing.T) {
	t.Parallel()
	for source, column := range map[string]int{
		`Order ${event.payload.}`: 23,
		`Order ${a +} and ${b}`:   12,
		`Order ${a`:               7,
		`{{#if x}}yes{{/if}}`:     3,
		`first line ${`:           12,
	} {
		_, err := expression.ParseTemplate(source)
		var f *fault.Fault
		require.True(t, errors.As(err, &f), source)
		require.Equal(t, column, f.Details["column"], "%s: %s", source, f.Message)
	}
	_, err := expression.ParseMapping(`event.payload.amount >`)
	require.Error(t, err, "a mistyped expression does not silently become text")
}

func TestAMappingBuildsTheWorkflowInput(t *testing.T) {
	t.Parallel()
	env := expression.Trigger.Env(decode(t, orderEvent))
	value, err := evalMapping(t, []byte(`{
		"orderId": "event.payload.orderId",
		"amount": "$.payload.amount",
		"total": "event.payload.amount + 50",
		"priority": "event.payload.priority || 'normal'",
		"kind": "express",
		"source": "'shop'",
		"pattern": "pattern",
		"missing": "event.payload.nope",
		"null": "event.payload.none",
		"flag": true, "count": 3, "nothing": null,
		"customer.name": "data.customer.name",
		"customer.address.city": "event.payload.city",
		"customer.vip": "payload.customer.vip",
		"gone.entirely": "event.payload.nope",
		"nested": {"sku": "event.payload.items[0].sku", "deep": {"x": "event.payload.nope"}, "empty": {}},
		"list": ["event.payload.orderId", "event.payload.nope", 5],
		"label": "Order ${event.payload.orderId}"
	}`), env)
	require.NoError(t, err)
	require.JSONEq(t, `{
		"orderId": "o-7", "amount": 1500, "total": 1550, "priority": "normal", "kind": "express", "source": "shop",
		"pattern": "order.created", "null": null, "flag": true, "count": 3, "nothing": null,
		"customer": {"name": "Ada", "vip": false},
		"nested": {"sku": "a", "empty": {}}, "list": ["o-7", null, 5], "label": "Order o-7"
	}`, asJSON(t, value))
}

func TestAWholeMappingMayBeOneExpression(t *testing.T) {
	t.Parallel()
	value, err := evalMapping(t, []byte(`"${event.payload.customer}"`), decode(t, orderEvent))
	require.NoError(t, err)
	require.JSONEq(t, `{"name": "Ada", "vip": false}`, asJSON(t, value))
}

func TestAPayloadTemplateLeavesUnwrappedTextAlone(t *testing.T) {
	t.Parallel()
	d, err := expression.ParseDocument([]byte(`{"reason": "Sequence failure: ${error.message}", "path": "event.payload.id",
		"amount": "${events[0].payload.amount} * -1", "a.b": "${events[1].payload.amount}"}`), expression.Filled)
	require.NoError(t, err)
	value, err := d.Eval(t.Context(), expression.Compensation.Env(decode(t, runningWorkflow)))
	require.NoError(t, err)
	require.JSONEq(t, `{"reason": "Sequence failure: no stock", "path": "event.payload.id", "amount": -3, "a.b": 4}`, asJSON(t, value))
}

func TestAMappingThatCannotWorkIsRefusedAtItsPlace(t *testing.T) {
	t.Parallel()
	cases := []struct{ raw, path string }{
		{`{"a": {"b/c": ["x", "${event.}"]}}`, "/a/b~1c/1"},
		{`{"a": "event.id", "a.b": "event.id"}`, "/a.b"},
		{`{"a.b": "event.id", "a": {"b": 1}}`, "/a.b"},
		{`{"a": `, ""},
		{`{} {}`, ""},
	}
	for _, c := range cases {
		_, err := expression.ParseDocument([]byte(c.raw), expression.Mapping)
		var f *fault.Fault
		require.True(t, errors.As(err, &f), c.raw)
		require.Equal(t, c.path, f.Path, f.Message)
		require.NotEmpty(t, f.Remedy)
	}
}

// evalMapping parses and evaluates a mapping in one go.
func evalMapping(t *testing.T, raw []byte, env expression.Env) (any, error) {
	t.Helper()
	d, err := expression.ParseDocument(raw, expression.Mapping)
	require.NoError(t, err)
	return d.Eval(t.Context(), env)
}
