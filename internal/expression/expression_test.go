package expression_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
)

// decode reads test data the way stored JSON is read.
func decode(t testing.TB, raw string) map[string]any {
	t.Helper()
	value, err := expression.Decode([]byte(raw))
	require.NoError(t, err, raw)
	object, ok := value.(map[string]any)
	require.True(t, ok, "test data is an object: %s", raw)
	return object
}

// asJSON is a result as a reader of the API would see it; a missing value is
// the word undefined.
func asJSON(t testing.TB, value any) string {
	t.Helper()
	if value == (any)(expression.Undefined{}) {
		return "undefined"
	}
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}

const orderEvent = `{"event": {
	"id": "evt_1", "pattern": "order.created", "timestamp": "2026-05-04T10:00:00Z",
	"source": {"type": "external", "id": "shop"},
	"metadata": {"correlationId": "c-1"},
	"payload": {
		"orderId": "o-7", "status": "paid", "amount": 1500, "big": 9007199254740993, "text": "1500",
		"express": true, "flag": "true", "none": null, "blank": "", "zero": 0, "note": "gift wrap",
		"start": "2026-05-04T10:00:00Z", "customer": {"name": "Ada", "vip": false},
		"items": [{"sku": "a", "price": 10, "tags": ["x"]}, {"sku": "b", "price": 20.5, "tags": ["y", "z"]}, {"sku": "c"}]
	}}}`

func TestEveryStoredFormHasItsDocumentedMeaning(t *testing.T) {
	t.Parallel()
	cases := []struct{ source, want string }{
		// logical
		{`event.payload.amount > 1000 && event.payload.status == 'paid'`, `true`},
		{`event.payload.amount > 2000 || event.payload.status == 'paid'`, `true`},
		{`!event.payload.customer.vip`, `true`},
		{`event.payload.amount > 1000 AND event.payload.status == 'paid'`, `true`},
		{`event.payload.amount > 2000 or NOT event.payload.status = 'open'`, `true`},
		// comparison
		{`event.payload.amount == 1500`, `true`},
		{`event.payload.amount != 1500`, `false`},
		{`event.payload.text == 1500`, `true`},
		{`event.payload.text === 1500`, `false`},
		{`event.payload.text !== 1500`, `true`},
		{`event.payload.amount === 1500.0`, `true`},
		{`event.payload.flag == true`, `true`},
		{`event.payload.flag === true`, `false`},
		{`event.payload.express == 'true'`, `true`},
		{`event.payload.amount < 1500`, `false`},
		{`event.payload.amount <= 1500`, `true`},
		{`event.payload.amount >= 1500`, `true`},
		{`event.payload.status = "paid"`, `true`},
		{`event.payload.express = true`, `true`},
		{`event.payload.big == 9007199254740993`, `true`},
		{`event.payload.big == 9007199254740992`, `false`},
		{`event.payload.start < '2026-05-04T12:00:00+01:00'`, `true`},
		{`event.payload.start > '2026-05-04'`, `true`},
		// null, undefined
		{`event.payload.none == null`, `true`},
		{`event.payload.none == undefined`, `true`},
		{`event.payload.none === undefined`, `false`},
		{`event.payload.nowhere == null`, `true`},
		{`event.payload.nowhere === null`, `false`},
		{`event.payload.nowhere === undefined`, `true`},
		{`event.payload.nowhere != 'x'`, `false`},
		{`event.payload.nowhere !== 'x'`, `false`},
		{`event.payload.nowhere > 1`, `false`},
		{`event.payload.nowhere <= 1`, `false`},
		{`event.payload.none != 'x'`, `true`},
		{`event.payload.amount != null`, `true`},
		// default value
		{`event.payload.priority || 'normal'`, `"normal"`},
		{`event.payload.blank || event.payload.zero || event.payload.note || 'none'`, `"gift wrap"`},
		{`event.payload.zero ?? 5`, `0`},
		{`event.payload.none ?? 5`, `5`},
		// ternary
		{`event.payload.amount > 80 ? "high" : event.payload.amount > 50 ? "medium" : "low"`, `"high"`},
		{`60 > 80 ? "high" : 60 > 50 ? "medium" : "low"`, `"medium"`},
		// arithmetic
		{`event.payload.amount * 2 + 10 / 4 - 1`, `3001.5`},
		{`7 % 4`, `3`},
		{`event.payload.big + 1`, `9007199254740994`},
		{`-event.payload.amount`, `-1500`},
		{`'Order ' + event.payload.orderId`, `"Order o-7"`},
		{`'Order ' + event.payload.nowhere`, `"Order "`},
		{`event.payload.amount + event.payload.nowhere`, `undefined`},
		{`1 / 0`, `undefined`},
		// literals
		{`12`, `12`}, {`1.5e3`, `1500`}, {`'text'`, `"text"`}, {`"text"`, `"text"`},
		{`true`, `true`}, {`false`, `false`}, {`null`, `null`}, {`undefined`, `undefined`},
		{`'it\'s\n\u00e4\ud83d\ude00'`, `"it's\nä😀"`},
		{`['a', 1, null]`, `["a",1,null]`},
		// access
		{`event.payload.items[0].sku`, `"a"`},
		{`event.payload.items[1]['sku']`, `"b"`},
		{`event.payload.items.length`, `3`},
		{`event.payload.note.length`, `9`},
		{`event?.payload?.orderId`, `"o-7"`},
		{`$.payload.status`, `"paid"`},
		{`$['payload']['status']`, `"paid"`},
		{`payload.amount`, `1500`},
		{`data.amount`, `1500`},
		{`pattern`, `"order.created"`},
		{`event.source.type`, `"external"`},
		{`event.metadata.correlationId`, `"c-1"`},
		{`event.payload.items[*].price`, `[10,20.5]`},
		{`event.payload.items[*].tags[*]`, `["x","y","z"]`},
		{`event.payload.items[?(@.price > 15)].sku`, `["b"]`},
		{`event.payload.items[?(@.price > 5)].length`, `2`},
		{`event.payload.items[?(@.sku == 'c')][0].sku`, `"c"`},
		{`event.payload.items[9].sku`, `undefined`},
		{`event.payload.amount.deeper.still`, `undefined`},
		{`event.constructor`, `undefined`},
		{`event.payload.__proto__`, `undefined`},
		// calls
		{`exists(event.payload.note)`, `true`},
		{`exists(event.payload.none)`, `false`},
		{`exists(event.payload.nowhere)`, `false`},
		{`isEmpty(event.payload.blank)`, `true`},
		{`isEmpty(event.payload.items)`, `false`},
		{`isEmpty(event.payload.nowhere)`, `true`},
		{`contains(event.payload.note, 'wrap')`, `true`},
		{`contains(event.payload.items[*].sku, 'b')`, `true`},
		{`event.payload.note.includes('bow')`, `false`},
		{`event.payload.note.startsWith('gift')`, `true`},
		{`endsWith(event.payload.note, 'wrap')`, `true`},
		{`matches(event.payload.orderId, '^o-\d+$')`, `true`},
		{`upper(event.payload.status)`, `"PAID"`},
		{`event.payload.status.toUpperCase().toLowerCase()`, `"paid"`},
		{`sum(event.payload.items[*].price)`, `30.5`},
		{`max(event.payload.items[*].price) + min(1, 2)`, `21.5`},
		{`round(2.345, 1)`, `2.3`},
		{`coalesce(event.payload.none, event.payload.nowhere, 'x')`, `"x"`},
		{`toNumber(event.payload.text) + 1`, `1501`},
		{`toString(event.payload.amount)`, `"1500"`},
		{`length(event.payload.items)`, `3`},
		{`in(event.payload.status, 'open', 'paid')`, `true`},
		{`event.payload.status in ['open', 'closed']`, `false`},
		{`['open', 'paid'].includes(event.payload.status)`, `true`},
		{`addTime(event.payload.start, 'PT30M')`, `"2026-05-04T10:30:00Z"`},
		{`date('2026-05-04T12:00:00+02:00')`, `"2026-05-04T10:00:00Z"`},
		{`formatDate(event.payload.start)`, `"2026-05-04"`},
		{`formatDate(event.payload.start, 'DD.MM.YYYY HH:mm')`, `"04.05.2026 10:00"`},
		// wrapping
		{`${event.payload.amount > 1000}`, `true`},
		{`  {{ event.payload.amount }}  `, `1500`},
		{`${data.amount} > 1000`, `true`},
		{`${event.payload.status} == "paid" && {{event.payload.amount}} < 2000`, `true`},
		{`${ ${event.payload.amount} > 5 }`, `true`},
		{`Order ${event.payload.orderId}: ${event.payload.nowhere}`, `"Order o-7: "`},
		{`exists(${event.payload.note})`, `true`},
		{`${event.payload.note}.includes('bow')`, `false`},
		// otherwise
		{``, `true`}, {`  `, `true`}, {`otherwise`, `true`}, {`Default`, `true`}, {`else`, `true`},
		// free labels: a lone word is a name that leads nowhere
		{`string`, `undefined`},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			program, err := expression.Parse(c.source)
			require.NoError(t, err)
			value, err := program.Eval(t.Context(), expression.Trigger.Env(decode(t, orderEvent)))
			require.NoError(t, err)
			require.Equal(t, c.want, asJSON(t, value))
			require.Equal(t, c.source, program.Source(), "stored text is never rewritten")
		})
	}
}

func TestWhatTheLanguageLeavesOutIsRefusedWithItsEquivalent(t *testing.T) {
	t.Parallel()
	cases := []struct {
		source string
		column int
		remedy string
	}{
		{`items.reduce((sum, item) => sum + item.price, 0) > 100`, 7, "Write sum(items[*].price)."},
		{`event.items.map(i => i.sku)`, 13, "Write event.items[*].sku."},
		{`items.filter(i => i.price > 10)`, 7, "Write items[?(@.price > 10)]."},
		{`items.find((i) => i.id == 3)`, 7, "Write items[?(@.id == 3)][0]."},
		{`items.some(i => i.status === 'failed')`, 7, "Write !isEmpty(items[?(@.status === 'failed')])."},
		{`items.every(i => i.ok)`, 7, "Write isEmpty(items[?(!(@.ok))])."},
		{`(x, y) => x`, 8, "Write list[*].field"},
		{`execution.startTime + 30m`, 23, "Write addTime(start, 'PT30M') for a moment that long after start."},
		{`now() > x + 2h`, 13, "addTime(start, 'PT2H')"},
		{`new Date()`, 1, "date(x)"},
		{`typeof a == 'string'`, 1, "exists(x)"},
		{`a += 1`, 3, "a + b"},
		{`a++`, 2, "+ 1"},
		{`a <> b`, 3, "Write !="},
		{`a & b`, 3, "Write && for and"},
		{`a | lower`, 3, "Write || for or"},
		{`/abc/.test(x)`, 1, "matches(x, 'pattern')"},
		{"`a ${b}`", 1, "value"},
		{`a; b`, 2, "&& or ||"},
		{`{a: 1}`, 1, "mapping"},
		{`$..price`, 2, "[*]"},
		{`x > .5`, 5, "Write 0.5"},
		{`Math.round(x)`, 1, "Write round(x, digits)"},
		{`size(items)`, 1, "functions are exists"},
		{`exist(x)`, 1, "Write exists(x)"},
		{`contains(x)`, 1, "Write contains(textOrList, x)"},
		{`matches(x, '(')`, 12, "RE2"},
		{`High Risk`, 6, "quotes"},
		{`a >`, 4, "Complete it"},
		{`(a`, 3, "Complete it"},
		{`a)`, 2, "parentheses"},
		{`'abc`, 1, "quote it starts with"},
		{`${a > 1`, 1, "Close ${ with }"},
		{`a == “b”`, 6, `"text"`},
		{`2fa == 1`, 1, "['2fa']"},
		{`@.x > 1`, 1, "name the root"},
		{`+x`, 1, "toNumber"},
		{`a.*`, 3, "[*]"},
		{`&& a`, 1, "operators"},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			_, err := expression.Parse(c.source)
			var f *fault.Fault
			require.True(t, errors.As(err, &f), "refused: %v", err)
			require.Equal(t, fault.Validation, f.Code)
			require.Contains(t, strings.ToLower(f.Remedy), strings.ToLower(c.remedy), f.Message)
			require.Equal(t, c.column, f.Details["column"], f.Message)
			require.Contains(t, f.Details["excerpt"], "▸")
		})
	}
}
