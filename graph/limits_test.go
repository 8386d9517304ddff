package graph_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

// prepare says whether an operation would be run, without running it.
func prepare(t testing.TB, h *graph.Handler, query string, variables map[string]any) string {
	t.Helper()
	if variables == nil {
		variables = map[string]any{}
	}
	_, errs := h.Executor().CreateOperationContext(t.Context(), &graphql.RawParams{Query: query, Variables: variables})
	if len(errs) == 0 {
		return ""
	}
	response := h.Executor().DispatchError(t.Context(), errs)
	return fmt.Sprint(response.Errors[0].Extensions["code"], " ", response.Errors[0].Message)
}

// introspection is the query that tools send, with descriptions left out.
const introspection = `query IntrospectionQuery { __schema { queryType { name } mutationType { name } subscriptionType { name }
	types { ...FullType } directives { name locations args { ...InputValue } } } }
fragment FullType on __Type { kind name fields(includeDeprecated: true) { name args { ...InputValue } type { ...TypeRef } isDeprecated deprecationReason }
	inputFields { ...InputValue } interfaces { ...TypeRef } enumValues(includeDeprecated: true) { name isDeprecated } possibleTypes { ...TypeRef } }
fragment InputValue on __InputValue { name type { ...TypeRef } defaultValue }
fragment TypeRef on __Type { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name ofType { kind name
	ofType { kind name ofType { kind name ofType { kind name } } } } } } } } } }`

func TestWhatScreensAndToolsAskForPasses(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	colocated := "{ workflows(first: 50) { edges { node { " + times(30, "...F# ") + "} } } }" +
		times(30, "fragment F# on Workflow { id name tasks(first: 5) { nodes { id name } } }\n")
	for name, query := range map[string]string{
		"the introspection of tools":        introspection,
		"100 rows with 100 rows each":       `{ workflows(first: 100) { totalCount edges { cursor node { id tasks(first: 100) { nodes { id name } pageInfo { endCursor } } } } } }`,
		"a dashboard of six lists":          "{" + times(6, "w#: workflows(first: 50) { nodes { id name steps { stepId next { stepId } } tasks(first: 20) { nodes { id } } } } ") + "}",
		"thirty components with a fragment": colocated,
		"nine entities in a row":            cycle(4, 2),
		"two types below one another":       `{ __type(name: "Workflow") { fields { name type { name ofType { name } } } } }`,
		"a hundred nodes by their ids":      `{ nodes(ids: [` + times(100, `"x" `) + `]) { id ... on Workflow { tasks(first: 100) { nodes { id } } } } }`,
		"a document full of long arguments": `{ workflows(where: {names: [` + times(1000, `"name" `) + `]}) { totalCount } }`,
	} {
		require.Empty(t, prepare(t, h, query, nil), name)
	}
}

func TestASubscriptionIsToOneStream(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	require.Empty(t, prepare(t, h, `subscription { ticks(n: 1) { id } }`, nil))
	for _, query := range []string{
		`subscription { ticks(n: 1) { id } again: ticks(n: 2) { id } }`,
		`subscription { ticks(n: 1) @skip(if: true) { id } }`,
	} {
		require.Contains(t, prepare(t, h, query, nil), "BAD_USER_INPUT A subscription is to exactly one stream", query)
	}
}

func TestThePriceOfAQueryIsTheRowsItMayRead(t *testing.T) {
	t.Parallel()
	const query = `query($n: Int, $all: Boolean = true) { workflows(first: $n) { nodes { id tasks(first: $n) @include(if: $all) { nodes { workflow { id } } } } } }`
	price := func(query string, variables map[string]any) string {
		h := handler(graph.Options{Limits: graph.Limits{Cost: 1}})
		_, rest, _ := strings.Cut(prepare(t, h, query, variables), "may read ")
		price, _, _ := strings.Cut(rest, " rows")
		return price
	}
	// 1 for the page, and for each of 3 rows: itself, its page, and 3 times a
	// task and its workflow.
	require.Equal(t, fmt.Sprint(1+3*(1+1+3*2)), price(query, map[string]any{"n": int64(3)}))
	require.Equal(t, fmt.Sprint(1+3), price(query, map[string]any{"n": int64(3), "all": false}))
	require.Equal(t, fmt.Sprint(1+20*(1+1+10)), price(`{ workflows { nodes { tasks { nodes { id } } } } }`, nil), "default sizes")
	require.Equal(t, fmt.Sprint(1+100), price(`{ workflows(first: 2000000000) { nodes { id } } }`, nil), "more than a page is refused elsewhere")
	require.Equal(t, fmt.Sprint(1+7), price(`{ workflows(last: 7) { edges { node { id } } } }`, nil))
	require.Equal(t, "3", price(`{ nodes(ids: [1, 2, 3]) { id } }`, nil))
	require.Equal(t, fmt.Sprint(1+50), price(`{ log(first: 50) { entries { node { id } } } }`, nil), "entries that lead to rows are a page, too")
	require.Equal(t, "1000", price(`{ feed(batches: 1) { id } }`, nil), "a batch of commits holds what it holds")
	require.Equal(t, "", price(`{ workflows(first: 100) { totalCount pageInfo { endCursor } } }`, nil), "no rows, no price")
}

func TestEachLimitNamesItselfAndARemedy(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for query, says := range map[string]string{
		"{" + times(31, "a#: hello ") + "}":                                             "30 aliases",
		"{ hello " + times(26, "... @skip(if: true) @include(if: true) {hello} ") + "}": "50 directives",
		cycle(5, 1): "10 objects",
		"{ workflow(id: 1) { steps {" + nested(49, "next {", "stepId", "}") + "} } }": "50 levels",
		cycle(4, 100):                                    "rows",
		"{" + times(1001, "hello hello ") + "}":          "2000 fields",
		times(11, "query Q# {hello} "):                   "10 operations",
		"query(" + times(101, "$a#: Int ") + ") {hello}": "100 variables",
		strings.Repeat("a", 129):                         "128 characters",
		"{" + strings.Repeat("hello ", 4001) + "}":       "4000 tokens",
	} {
		a := run(t, h, query)
		require.Equal(t, "QUERY_TOO_COMPLEX", a.code(), query)
		require.Contains(t, a.Errors[0].Message, says)
		require.NotEmpty(t, a.Errors[0].Extensions["remedy"])
	}
}

// wild writes documents that are as bad for validation as the limits allow:
// repeated fields, fragments that spread each other, inline fragments in both.
func wild(r *rand.Rand) string {
	fragments := 1 + r.IntN(50)
	var b strings.Builder
	var set func(from, size, depth int)
	set = func(from, size, depth int) {
		b.WriteString("{ id ")
		for range size {
			switch n := r.IntN(6); {
			case n == 0 && from < fragments:
				fmt.Fprintf(&b, "...F%d ", from+r.IntN(fragments-from))
			case n == 1 && depth > 0:
				b.WriteString("... ")
				set(from, r.IntN(size)+1, depth-1)
			case n == 2 && depth > 0:
				b.WriteString("tasks { nodes { workflow ")
				set(from, r.IntN(size)+1, depth-1)
				b.WriteString("} } ")
			default:
				b.WriteString("name ")
			}
		}
		b.WriteString("} ")
	}
	size, depth := 1+r.IntN(12), 1+r.IntN(6)
	b.WriteString("{ workflow(id: 1) ")
	set(0, size, depth)
	b.WriteString("}")
	for i := range fragments {
		fmt.Fprintf(&b, "fragment F%d on Workflow ", i)
		set(i+1, 1+r.IntN(size), min(depth, 2))
	}
	return b.String()
}

func TestNoDocumentWithinTheLimitsIsSlowToValidate(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	slowest, passed := time.Duration(0), 0
	for seed := range uint64(3000) {
		query := wild(rand.New(rand.NewPCG(seed, 1)))
		start := time.Now()
		if says := prepare(t, h, query, nil); !strings.HasPrefix(says, "QUERY_TOO_COMPLEX") {
			passed++
		}
		took := time.Since(start)
		slowest = max(slowest, took)
		require.Less(t, took, time.Second, "seed %d", seed)
	}
	t.Logf("%d of 3000 reached validation, the slowest took %v", passed, slowest)
	require.Greater(t, passed, 500)
}
