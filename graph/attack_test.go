package graph_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

// What a hostile request may cost at most.
const (
	attackTime   = 2 * time.Second
	attackAnswer = 512 << 10
	errorAnswer  = 64 << 10
	attackMemory = 200 << 20
)

func times(n int, format string) string {
	var b strings.Builder
	for i := range n {
		b.WriteString(strings.ReplaceAll(format, "#", fmt.Sprint(i)))
	}
	return b.String()
}

func nested(n int, open, inner, shut string) string {
	return strings.Repeat(open, n) + inner + strings.Repeat(shut, n)
}

// cycle goes from workflows to their tasks and back.
func cycle(rounds, page int) string {
	step := fmt.Sprintf(`tasks(first: %d) { nodes { workflow { `, page)
	return fmt.Sprintf(`{ workflows(first: %d) { nodes { %s } } }`, page, nested(rounds, step, "id", "} } }"))
}

// attacks are requests that hurt servers without limits. Each must be refused,
// or answered within the bounds above.
func attacks() map[string]string {
	fragments := func(n int, body string) string { return times(n, "fragment F# on Query { "+body+" }\n") }
	chain := ""
	for i := range 40 {
		chain += fmt.Sprintf("fragment F%d on Workflow { ...F%d ...F%d x%d: name ... { name ... { name } } }\n", i, i+1, i+1, i)
	}
	doubling := ""
	for i := range 25 {
		doubling += fmt.Sprintf("fragment F%d on Workflow { a: tasks { nodes { workflow { ...F%d } } } b: tasks { nodes { workflow { ...F%d } } } }\n", i, i+1, i+1)
	}
	return map[string]string{
		"one field many times":                 "{" + times(20_000, "hello ") + "}",
		"one field up to the token limit":      "{" + times(1_990, "hello ") + "}",
		"one object field many times":          "{" + times(3_000, "workflow(id: 1) { id } ") + "}",
		"one object field up to the limit":     "{" + times(390, `workflow(id: 1) { id } `) + "}",
		"repeated fields at every level":       "{" + times(40, "workflows { nodes {"+times(20, "tasks { nodes { id } }")+"} }") + "}",
		"inline fragments side by side":        "{" + times(20_000, "... { hello } ") + "}",
		"inline fragments up to the limit":     "{" + times(790, "... { hello } ") + "}",
		"inline fragments inside each other":   "{" + nested(1_300, "... { hello ", "hello", "}") + "}",
		"inline fragments nested and repeated": "{" + times(15, nested(40, "... { hello ", "hello", "}")) + "}",
		"aliases":                              "{" + times(10_000, "a#: hello ") + "}",
		"aliases up to the token limit":        "{" + times(1_300, "a#: hello ") + "}",
		"unknown directives":                   "{ hello " + times(20_000, "@x ") + "}",
		"unknown directives up to the limit":   "{ hello " + times(1_990, "@x ") + "}",
		"skip on everything":                   "{" + times(600, "hello @skip(if: true) ") + "}",
		"deferred fragments":                   "{" + times(2_000, "... @defer { hello } ") + "}",
		"doubling fragments":                   "{ workflow(id: 1) { ...F0 } }" + doubling + "fragment F25 on Workflow { id }",
		"doubling fragments without fields":    "{ workflow(id: 1) { ...F0 } }" + chain + "fragment F40 on Workflow { id }",
		"fragments in a circle":                "{ ...F0 }" + times(48, "fragment F# on Query { ...F# hello }"),
		"every fragment spreads every other":   "{ ...F0 }" + fragments(40, times(40, "...F# ")),
		"many fragments":                       "{" + times(400, "...F# ") + "}" + fragments(400, "hello"),
		"as many fragments as allowed":         "{" + times(50, "...F# ") + "}" + fragments(50, times(20, "hello ")),
		"many operations":                      times(900, "query Q# { hello } "),
		"as many operations as allowed":        times(10, "query Q# {"+times(190, "hello ")+"}"),
		"cycle of 15 rounds":                   cycle(15, 100),
		"cycle of 200 rounds":                  cycle(200, 100),
		"cycle of 4 rounds in large pages":     cycle(4, 100),
		"cycle of 4 rounds without sizes":      strings.ReplaceAll(cycle(4, 100), "(first: 100)", ""),
		"large pages side by side":             "{" + times(30, "a#: workflows(first: 100) { nodes { tasks(first: 100) { nodes { id } } } } ") + "}",
		"recursion through embedded objects":   "{ workflow(id: 1) { steps {" + nested(300, "next {", "stepId", "}") + "} } }",
		"embedded lists of entities":           "{ workflow(id: 1) { steps {" + nested(5, "next { task { workflow { steps {", "stepId", "} } } }") + "} } }",
		"introspection of types in types":      "{ __schema { types {" + nested(8, "fields { type {", "name", "} }") + "} } }",
		"introspection many times":             "{" + times(30, "a#: __schema { types { fields { name } } } ") + "}",
		"introspection through fragments":      "{ __schema { types { ...A } } } fragment A on __Type { fields { type { ...B } } } fragment B on __Type { fields { type { name } } }",
		"braces":                               strings.Repeat("{", 100_000),
		"brackets in a value":                  "{ hello(name: " + strings.Repeat("[", 100_000),
		"brackets up to the limit":             "{ hello(name: " + nested(1_900, "[", "1", "]") + ") }",
		"objects in a value":                   "{ workflows(where: " + nested(900, "{not: ", "{}", "}") + ") { totalCount } }",
		"a long list in a value":               "{ workflows(where: {names: [" + times(3_900, `"a" `) + "]}) { totalCount } }",
		"the same argument many times":         "{ hello(" + times(1_300, "name: 1 ") + ") }",
		"unknown arguments":                    "{ hello(" + times(1_300, "a#: 1 ") + ") }",
		"unknown input fields":                 "{ workflows(where: {" + times(1_300, "a#: 1 ") + "}) { totalCount } }",
		"unknown fields":                       "{" + times(1_900, "unknown# ") + "}",
		"unknown types":                        "{" + times(390, "... on Unknown# { hello } ") + "}",
		"unknown variables":                    "{ hello(name: $a) " + times(25, "b#: hello(name: $v#) ") + "}",
		"many variables":                       "query(" + times(900, "$v#: Int ") + ") { hello }",
		"unused variables":                     "query(" + times(100, "$v#: Unknown# ") + ") { hello }",
		"a name of 200 KB":                     "{ " + strings.Repeat("a", 200_000) + ": hello }",
		"an unknown field of 200 KB":           "{ " + strings.Repeat("a", 200_000) + " }",
		"a string of 200 KB of the wrong type": `{ hello(n: "` + strings.Repeat("a", 200_000) + `") }`,
		"a number of 200 KB":                   "{ hello(n: " + strings.Repeat("9", 200_000) + ") }",
		"comments":                             times(40_000, "#\n") + "{ hello }",
		"commas":                               strings.Repeat(",", 250_000) + "{ hello }",
		"block strings":                        `{ hello(name: """` + strings.Repeat(`\"""`, 50_000) + `""") }`,
		"a byte order mark everywhere":         strings.Repeat("\uFEFF", 80_000) + "{ hello }",
		"NUL":                                  "{ hello(name: \"\x00\") }",
		"errors at run time":                   "{" + times(30, "a#: fail(how: NULLS) ") + "}",
	}
}

func measure(t *testing.T, h http.Handler, r *http.Request) answer {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	a := send(t, h, r)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	require.Less(t, took, attackTime)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(attackMemory))
	require.Less(t, len(a.raw), attackAnswer)
	if a.Data == nil {
		require.NotEmpty(t, a.Errors)
		require.Less(t, len(a.raw), errorAnswer)
	}
	require.LessOrEqual(t, len(a.Errors), 20)
	for _, e := range a.Errors {
		require.NotEmpty(t, e.Extensions["code"])
	}
	t.Logf("%v, %d KB allocated, %d bytes: %d %s", took.Round(time.Microsecond), (after.TotalAlloc-before.TotalAlloc)>>10, len(a.raw), a.status, a.code())
	return a
}

//nolint:paralleltest // measures the memory of the process
func TestAHostileDocumentIsRefusedOrBounded(t *testing.T) {
	h := handler(graph.Options{})
	for name, query := range attacks() {
		t.Run(name, func(t *testing.T) {
			measure(t, h, postBody(body(query)))
			require.Equal(t, `{"data":{"hello":"hello "}}`, run(t, h, "{hello}").raw, "healthy afterwards")
		})
	}
}

//nolint:paralleltest // measures the memory of the process
func TestAHostileDocumentIsBoundedWithSuggestionsToo(t *testing.T) {
	h := handler(graph.Options{Development: true})
	for _, name := range []string{"unknown fields", "unknown arguments", "unknown input fields", "unknown types", "unknown variables"} {
		t.Run(name, func(t *testing.T) { measure(t, h, postBody(body(attacks()[name]))) })
	}
}

//nolint:paralleltest // measures the memory of the process
func TestAHostileBodyIsRefusedWithoutAnEcho(t *testing.T) {
	h := handler(graph.Options{})
	const q = `{"query":"query($w: WorkflowWhere, $s: String) { hello(name: $s) workflows(where: $w) { totalCount } }","variables":`
	canary := strings.Repeat("canary", 500_000)
	for name, b := range map[string]string{
		"3 MB that is not JSON":         canary,
		"3 MB of an unfinished string":  `{"query":"` + canary,
		"3 MB of variables":             q + `{"s":"` + canary + `"}}`,
		"200 KB that is not JSON":       canary[:200_000],
		"200 KB of the wrong type":      `{"query":["` + canary[:200_000] + `"]}`,
		"200 KB of variables as text":   q + `"` + canary[:200_000] + `"}`,
		"200 KB behind the end":         `{"query":"{hello}"}` + canary[:200_000],
		"deep lists":                    q + nested(9_000, "[", "", "]") + "}",
		"deep objects":                  q + nested(9_000, `{"not":`, "{}", "}") + "}",
		"deep input inside the limit":   q + `{"w":` + nested(60, `{"not":`, "{}", "}") + "}}",
		"unclosed":                      strings.Repeat("[", 200_000),
		"many wrong list items":         q + `{"w":{"names":[` + strings.Repeat("1,", 100_000) + "1]}}}",
		"many unknown variables":        q + "{" + strings.TrimSuffix(times(15_000, `"v#":1,`), ",") + "}}",
		"many unknown input fields":     q + `{"w":{` + strings.TrimSuffix(times(15_000, `"canary#":1,`), ",") + "}}}",
		"one unknown field of 200 KB":   q + `{"w":{"` + canary[:200_000] + `":1}}}`,
		"a number of 200 KB":            q + `{"w":{"size":` + strings.Repeat("9", 200_000) + "}}}",
		"a number with a huge exponent": q + `{"w":{"doc":1e100000000}}}`,
		"a huge extension":              `{"query":"{hello}","extensions":{"a":"` + canary[:200_000] + `"}}`,
		"an operation name of 200 KB":   `{"query":"{hello}","operationName":"` + canary[:200_000] + `"}`,
		"the same key many times":       "{" + strings.TrimSuffix(times(12_000, `"query":"{hello}",`), ",") + "}",
	} {
		t.Run(name, func(t *testing.T) {
			a := measure(t, h, postBody(b))
			require.Less(t, strings.Count(a.raw, "canary"), 200)
		})
	}
}

func TestAHostileURLIsRefused(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for _, raw := range []string{"query=%7Bhello%7D&query=%7Bhello%7D", "query=%zz", "variables=%7B%7D", "query=%7Bhello%7D&variables=[]", "query=%ff", "query=%7Bhello%7D;x", url.Values{"query": {"{hello}"}, "variables": {nested(500, "[", "", "]")}}.Encode()} {
		r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
		r.URL.RawQuery = raw
		a := send(t, h, r)
		require.Equal(t, 400, a.status, raw)
		require.NotEmpty(t, a.code())
	}
}

//nolint:paralleltest // measures the memory of the process
func TestTwoHundredCopiesOfAnExpensiveQueryLeaveTheServerAnswering(t *testing.T) {
	server := httptest.NewServer(handler(graph.Options{}))
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	var mu sync.Mutex
	statuses := map[int]int{}
	var wg sync.WaitGroup
	for range 200 {
		wg.Go(func() {
			r, _ := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader(body(cycle(1, 40))))
			r.Header.Set("Content-Type", "application/json")
			res, err := http.DefaultClient.Do(r)
			if err != nil {
				return
			}
			defer res.Body.Close()
			mu.Lock()
			statuses[res.StatusCode]++
			mu.Unlock()
		})
	}
	wg.Wait()
	t.Log(statuses)
	require.Equal(t, 200, statuses[200]+statuses[503], "every request has an answer")
	res, err := http.Get(server.URL + "?query=%7Bhello%7D")
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, 200, res.StatusCode)
}

func TestASlowClientIsCutOff(t *testing.T) {
	t.Parallel()
	server := graph.NewServer("", handler(graph.Options{}))
	server.ReadHeaderTimeout, server.ReadTimeout = 50*time.Millisecond, 100*time.Millisecond
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	go func() { _ = server.Serve(listener) }()
	defer server.Close()
	for _, begun := range []string{
		"POST /graphql HTTP/1.1\r\nHost: x\r\nX-Slow: ",
		"POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
	} {
		conn, err := net.Dial("tcp", listener.Addr().String())
		require.NoError(t, err)
		defer conn.Close()
		_, err = conn.Write([]byte(begun))
		require.NoError(t, err)
		require.NoError(t, conn.SetReadDeadline(time.Now().Add(attackTime)))
		for err == nil {
			_, err = conn.Read(make([]byte, 1024))
		}
		var timeout net.Error
		require.False(t, errors.As(err, &timeout) && timeout.Timeout(), "the server closes the connection")
	}
}

func TestWorkStopsWhenTheClientLeaves(t *testing.T) {
	t.Parallel()
	ended := make(chan struct{}, 1)
	h := handler(graph.Options{Observe: func(context.Context, graph.Outcome) { ended <- struct{}{} }})
	server := httptest.NewServer(h)
	defer server.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, _ := http.NewRequestWithContext(ctx, http.MethodPost, server.URL, strings.NewReader(body("{wait(ms: 60000)}")))
	r.Header.Set("Content-Type", "application/json")
	_, err := http.DefaultClient.Do(r)
	require.Error(t, err)
	select {
	case <-ended:
	case <-time.After(attackTime):
		t.Fatal("the operation goes on although nobody waits for it")
	}
}

func FuzzAnyDocumentIsAnsweredInTime(f *testing.F) {
	for _, query := range attacks() {
		if len(query) < 20_000 {
			f.Add(query)
		}
	}
	h := handler(graph.Options{})
	f.Fuzz(func(t *testing.T, query string) {
		start := time.Now()
		a := send(t, h, postBody(body(query)))
		if took := time.Since(start); took > attackTime {
			t.Fatalf("%v", took)
		}
		if a.status >= 500 || a.code() == "INTERNAL" && !strings.Contains(query, "fail") {
			t.Fatalf("%d %s", a.status, a.raw)
		}
	})
}

func FuzzAnyBodyIsAnswered(f *testing.F) {
	f.Add(body("{hello}", map[string]any{"a": 1.5}))
	f.Add(`{"query":"query($w:WorkflowWhere){workflows(where:$w){totalCount}}","variables":{"w":{"doc":[1e5,"\ud83d\ude00"]}}}`)
	h := handler(graph.Options{})
	f.Fuzz(func(t *testing.T, b string) {
		if a := send(t, h, postBody(b)); a.status >= 500 {
			t.Fatalf("%d %s", a.status, a.raw)
		}
	})
}
