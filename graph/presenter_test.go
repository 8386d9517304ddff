package graph_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

func TestAFaultIsShownWhole(t *testing.T) {
	t.Parallel()
	a := run(t, handler(graph.Options{}), `{a: fail(how: FAULT)}`)
	require.Equal(t, 200, a.status)
	require.JSONEq(t, `{"a":null}`, string(a.Data))
	require.Len(t, a.Errors, 1)
	require.Equal(t, "Someone was first.", a.Errors[0].Message)
	require.Equal(t, []any{"a"}, a.Errors[0].Path)
	require.Equal(t, map[string]any{"code": "CONFLICT", "remedy": "Read again.", "path": "/input/name", "currentRevision": 7.0}, a.Errors[0].Extensions)
}

func TestAnythingElseIsLoggedAndShownAsAnID(t *testing.T) {
	t.Parallel()
	for how, cause := range map[string]string{"INTERNAL": "secret_table", "PANIC": "secret panic"} {
		log, out := capture()
		a := run(t, handler(graph.Options{Log: log}), `query Tour {fail(how: `+how+`)}`)
		require.Equal(t, "INTERNAL", a.code())
		require.NotContains(t, a.raw, "secret")
		id, _ := a.Errors[0].Extensions["id"].(string)
		require.Len(t, id, 16)
		require.Contains(t, a.raw, "report the id "+id)
		require.Contains(t, out.String(), id)
		require.Contains(t, out.String(), cause)
		require.Contains(t, out.String(), "operation=Tour")
	}
}

func TestADatabaseThatIsAwayOrSlowIsNotAnInternalError(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for how, code := range map[string]string{"TIMEOUT": "TIMEOUT", "UNAVAILABLE": "UNAVAILABLE", "REFUSED": "UNAVAILABLE", "CANCELLED": "TIMEOUT"} {
		a := run(t, h, `{fail(how: `+how+`)}`)
		require.Equal(t, code, a.code(), how)
		require.NotContains(t, a.raw, "secret")
		require.NotEmpty(t, a.Errors[0].Extensions["remedy"])
	}
}

func TestManyErrorsAreCutAndLoggedAsFew(t *testing.T) {
	t.Parallel()
	log, out := capture()
	a := run(t, handler(graph.Options{Log: log}), `{fail(how: NULLS)}`)
	require.Len(t, a.Errors, 20)
	require.Equal(t, 80.0, a.Extensions["errorsOmitted"])
	require.Equal(t, 20, strings.Count(out.String(), "secret cause"))
}

func TestABadArgumentIsFoundByItsPath(t *testing.T) {
	t.Parallel()
	a := run(t, handler(graph.Options{}), `{a: hello(n: 3000000000)}`)
	require.Equal(t, "BAD_USER_INPUT", a.code())
	require.Equal(t, []any{"a"}, a.Errors[0].Path, "the path leads to the null")
	require.Equal(t, "/n", a.Errors[0].Extensions["path"])
	require.Len(t, a.Errors[0].Locations, 1)
}

func TestAVariableThatIsNullIsRefusedWhereAValueIsNeeded(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	const query = `query($n: Int) { ...F } fragment F on Query { hello(times: $n) }`
	require.Empty(t, run(t, h, query).Errors, "left out it is the default")
	a := run(t, h, query, map[string]any{"n": nil})
	require.Equal(t, "BAD_USER_INPUT", a.code())
	require.Equal(t, "/n", a.Errors[0].Extensions["path"])
	require.NotEmpty(t, a.Errors[0].Extensions["remedy"])
	require.Equal(t, "BAD_USER_INPUT", run(t, h, `query($n: Int = null) { hello(times: $n) }`).code())
	require.Empty(t, run(t, h, `query($n: Int) { hello(n: $n) }`, map[string]any{"n": nil}).Errors)
}

func TestADocumentThatIsWrongSaysWhereAndWhatToDo(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for query, code := range map[string]string{
		"{":                                 "GRAPHQL_PARSE_FAILED",
		"{hello(}":                          "GRAPHQL_PARSE_FAILED",
		`{hello(name: "\ud800")}`:           "GRAPHQL_PARSE_FAILED",
		"{helo}":                            "GRAPHQL_VALIDATION_FAILED",
		"{hello hello: workflow(id:1){id}}": "GRAPHQL_VALIDATION_FAILED",
		"query A{hello} query B{hello}":     "BAD_USER_INPUT",
		"fragment F on Query {hello}":       "GRAPHQL_VALIDATION_FAILED",
		"{...F} fragment F on Query {...G} fragment G on Query {...F}": "GRAPHQL_VALIDATION_FAILED",
	} {
		a := run(t, h, query)
		require.Equal(t, code, a.code(), query)
		require.NotEmpty(t, a.Errors[0].Extensions["remedy"], query)
	}
	require.NotEmpty(t, run(t, h, "{helo}").Errors[0].Locations)
}

func TestSuggestionsAreForDevelopment(t *testing.T) {
	t.Parallel()
	require.NotContains(t, run(t, handler(graph.Options{}), "{helo}").raw, "hello")
	require.Contains(t, run(t, handler(graph.Options{Development: true}), "{helo}").raw, "hello")
}
