package graph_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

type answer struct {
	status     int
	header     http.Header
	raw        string
	Data       json.RawMessage
	Errors     []problem
	Extensions map[string]any
}

type problem struct {
	Message    string
	Path       []any
	Locations  []any
	Extensions map[string]any
}

func (a answer) code() string {
	if len(a.Errors) == 0 {
		return ""
	}
	code, _ := a.Errors[0].Extensions["code"].(string)
	return code
}

func handler(o graph.Options) *graph.Handler {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return graph.NewHandler(newWorld(), o)
}

func send(t testing.TB, h http.Handler, r *http.Request) answer {
	t.Helper()
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	a := answer{status: w.Code, header: w.Header(), raw: w.Body.String()}
	if w.Body.Len() > 0 && strings.Contains(w.Header().Get("Content-Type"), "json") {
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &a), a.raw)
	}
	return a
}

func postBody(body string, header ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func body(query string, variables ...any) string {
	m := map[string]any{"query": query}
	if len(variables) > 0 {
		m["variables"] = variables[0]
	}
	b, _ := json.Marshal(m)
	return string(b)
}

func run(t testing.TB, h http.Handler, query string, variables ...any) answer {
	t.Helper()
	return send(t, h, postBody(body(query, variables...)))
}

func TestAQueryIsAnsweredByPostAndByGet(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	a := run(t, h, `query($n: String) { hello(name: $n) }`, map[string]any{"n": "you"})
	require.Equal(t, 200, a.status)
	require.Equal(t, `{"data":{"hello":"hello you"}}`, a.raw)
	require.Equal(t, "application/json; charset=utf-8", a.header.Get("Content-Type"))
	require.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))

	q := url.Values{"query": {`query($n: String) { hello(name: $n) }`}, "variables": {`{"n":"there"}`}}
	a = send(t, h, httptest.NewRequest(http.MethodGet, "/graphql?"+q.Encode(), nil))
	require.Equal(t, `{"data":{"hello":"hello there"}}`, a.raw)
}

func TestTheStatusFollowsTheAcceptedType(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for _, c := range []struct {
		accept, body, media string
		status              int
	}{
		{"", body("{hello}"), "application/json", 200},
		{"*/*", body("{hello}"), "application/json", 200},
		{"application/graphql-response+json", body("{hello}"), "application/graphql-response+json", 200},
		{"application/json;q=0.5, application/graphql-response+json", body("{hello}"), "application/graphql-response+json", 200},
		{"application/json", body("{nope}"), "application/json", 200},
		{"application/json", body("{"), "application/json", 200},
		{"application/json", body("{fail(how: INTERNAL)}"), "application/json", 200},
		{"application/json", "{", "application/json", 400},
		{"application/json", "{}", "application/json", 400},
		{"application/graphql-response+json", body("{nope}"), "application/graphql-response+json", 400},
		{"application/graphql-response+json", body("{"), "application/graphql-response+json", 400},
		{"application/graphql-response+json", body("query($n:Int!){hello(n:$n)}"), "application/graphql-response+json", 400},
		{"application/graphql-response+json", body("{fail(how: INTERNAL)}"), "application/graphql-response+json", 200},
		{"text/html", body("{hello}"), "application/json", 406},
	} {
		r := postBody(c.body, "Accept", c.accept)
		if c.accept == "" {
			r.Header.Del("Accept")
		}
		a := send(t, h, r)
		require.Equal(t, c.status, a.status, "%s %s", c.accept, c.body)
		require.Equal(t, c.media+"; charset=utf-8", a.header.Get("Content-Type"))
		if a.status == 400 {
			require.NotContains(t, a.raw, `"data"`)
		}
	}
}

func TestARequestThatIsNotStrictlyGraphQLIsRefusedWithoutAnEcho(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for _, b := range []string{
		``, ` `, `null`, `"canary"`, `[]`, `[{"query":"{hello}"}]`, `{"query":"{hello}"} canary`, `{"query":"{hello}"}{}`,
		`{"query":7}`, `{"query":["{hello}"]}`, `{"query":null}`, `{"Query":"{hello}"}`, `{"query":""}`,
		`{"query":"{hello}","operationName":7}`, `{"query":"{hello}","variables":[]}`, `{"query":"{hello}","variables":"canary"}`,
		`{"query":"{hello}","variables":7}`, `{"query":"{hello}","extensions":"canary"}`, `{"query":"{hello}","extensions":[]}`,
		`{"query":"{hello}","variables":{"a":"\ud800"}}`, "{\"query\":\"{hello}\",\"x\":\"\xff\"}", `{"query":"{hello}",}`,
		`{"query":"{hello}","variables":` + strings.Repeat("[", 100) + strings.Repeat("]", 100) + `}`,
	} {
		a := send(t, h, postBody(b))
		require.Equal(t, 400, a.status, b)
		require.NotEmpty(t, a.code(), b)
		require.NotContains(t, a.raw, "canary")
		require.NotContains(t, a.raw, `"data"`)
		require.Less(t, len(a.raw), 400)
	}
}

func TestNothingABrowserSendsUnaskedIsRun(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/graphql", "application/json; charset=utf-16", "application/json, text/plain"} {
		r := postBody(body(`mutation { rename(input: {id: "1", name: "x"}) { id } }`))
		r.Header.Del("Content-Type")
		if media != "" {
			r.Header.Set("Content-Type", media)
		}
		a := send(t, h, r)
		require.Equal(t, 415, a.status, media)
	}
	q := url.Values{"query": {`mutation { rename(input: {id: "1", name: "x"}) { id } }`}}
	a := send(t, h, httptest.NewRequest(http.MethodGet, "/graphql?"+q.Encode(), nil))
	require.Equal(t, 405, a.status)
	require.Equal(t, "POST", a.header.Get("Allow"))
	require.Equal(t, "BAD_USER_INPUT", a.code())
	for _, method := range []string{"PUT", "DELETE", "PATCH", "HEAD", "TRACE"} {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(method, "/graphql", nil))
		require.Equal(t, 405, w.Code, method)
		require.NotEmpty(t, w.Header().Get("Allow"))
	}
}

func TestASubscriptionNeedsAStream(t *testing.T) {
	t.Parallel()
	a := run(t, handler(graph.Options{}), `subscription { ticks(n: 3) { id } }`)
	require.Equal(t, 400, a.status)
	require.Equal(t, "BAD_USER_INPUT", a.code())
	require.Contains(t, a.raw, "text/event-stream")
}

// lineStream is the smallest stream transport: one line for each event.
type lineStream struct{}

func (lineStream) Supports(r *http.Request) bool { return r.Header.Get("Accept") == "text/lines" }

func (lineStream) Serve(w http.ResponseWriter, r *http.Request, h *graph.Handler) {
	exec := h.Executor()
	text, _ := io.ReadAll(r.Body)
	ctx := r.Context()
	op, errs := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: string(text)})
	if errs != nil {
		_, _ = w.Write(graph.AppendResponse(nil, exec.DispatchError(ctx, errs)))
		return
	}
	next, ctx := exec.DispatchOperation(ctx, op)
	for response := next(ctx); response != nil; response = next(ctx) {
		_, _ = w.Write(append(graph.AppendResponse(nil, response), '\n'))
	}
}

func TestEveryEventOfAStreamHasLoadersOfItsOwn(t *testing.T) {
	t.Parallel()
	type key struct{}
	made := 0
	h := handler(graph.Options{
		Streams: []graph.Transport{lineStream{}},
		WithLoaders: func(ctx context.Context) context.Context {
			made++
			return context.WithValue(ctx, key{}, made)
		},
		RootField: func(ctx context.Context, next graphql.RootResolver) graphql.Marshaler {
			n := ctx.Value(key{}).(int)
			return graphql.WriterFunc(func(w io.Writer) { _, _ = io.WriteString(w, string(rune('0'+n))) })
		},
	})
	w := httptest.NewRecorder()
	r := httptest.NewRequest(http.MethodPost, "/graphql", strings.NewReader(`subscription { ticks(n: 3) { id } }`))
	r.Header.Set("Accept", "text/lines")
	h.ServeHTTP(w, r)
	require.Equal(t, "{\"data\":{\"ticks\":2}}\n{\"data\":{\"ticks\":3}}\n{\"data\":{\"ticks\":4}}\n", w.Body.String())
}

func TestVariablesAreHeldToTheirTypes(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{})
	const q = `query($n: Int, $s: String, $b: Boolean, $at: DateTime, $w: WorkflowWhere, $id: ID) {
		hello(n: $n, name: $s, ok: $b, at: $at, id: $id) workflows(first: 1, where: $w) { totalCount } }`
	for variables, path := range map[string]string{
		`{"n": 3000000000}`:                      "/n",
		`{"n": "5"}`:                             "/n",
		`{"n": 1.5}`:                             "/n",
		`{"s": 5}`:                               "/s",
		`{"s": "a\u0000b"}`:                      "/s",
		`{"s": {}}`:                              "/s",
		`{"b": "true"}`:                          "/b",
		`{"at": "yesterday"}`:                    "/at",
		`{"id": 1.5}`:                            "/id",
		`{"w": 5}`:                               "/w",
		`{"w": {"status": "active"}}`:            "/w/status",
		`{"w": {"status": 0}}`:                   "/w/status",
		`{"w": {"a/b~": 1}}`:                     "/w/a~1b~0",
		`{"w": {"names": ["a", 7]}}`:             "/w/names/1",
		`{"w": {"names": [null]}}`:               "/w/names/0",
		`{"w": {"not": {"not": {"size": "1"}}}}`: "/w/not/not/size",
		`{"w": {"doc": {"a": "\u0000"}}}`:        "/w/doc",
	} {
		a := send(t, h, postBody(`{"query":`+string(mustJSON(q))+`,"variables":`+variables+`}`))
		require.Equal(t, "BAD_USER_INPUT", a.code(), variables)
		require.Equal(t, path, a.Errors[0].Extensions["path"], variables)
		require.Nil(t, a.Data, variables)
	}
	for _, variables := range []string{
		`{}`, `{"n": 1.0}`, `{"n": null, "w": null}`, `{"id": 7}`, `{"w": {"names": "one"}}`, `{"unused": 1}`,
		`{"w": {"status": "FAILED", "size": 2.0, "not": {"names": []}, "doc": [1.50]}}`,
	} {
		a := send(t, h, postBody(`{"query":`+string(mustJSON(q))+`,"variables":`+variables+`}`))
		require.Empty(t, a.Errors, variables)
	}
}

func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}

func TestAPersistedQueryIsDeclinedInTheWordsClientsKnow(t *testing.T) {
	t.Parallel()
	a := send(t, handler(graph.Options{}), postBody(`{"extensions":{"persistedQuery":{"version":1,"sha256Hash":"00"}}}`))
	require.Equal(t, "PERSISTED_QUERY_NOT_SUPPORTED", a.code())
	require.Equal(t, "PersistedQueryNotSupported", a.Errors[0].Message)
}

func TestABrowserIsSentToTheExplorer(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest(http.MethodGet, "/graphql", nil)
	r.Header.Set("Accept", "text/html,application/xhtml+xml,*/*;q=0.8")
	w := httptest.NewRecorder()
	handler(graph.Options{Explorer: "/playground"}).ServeHTTP(w, r)
	require.Equal(t, 303, w.Code)
	require.Equal(t, "/playground", w.Header().Get("Location"))
}

func TestAnOperationThatTakesTooLongIsStopped(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{Limits: graph.Limits{Timeout: 20 * time.Millisecond}})
	a := run(t, h, `{wait(ms: 5000)}`)
	require.Equal(t, "TIMEOUT", a.code())
	require.Equal(t, 200, a.status)
}

func TestAServerAtItsLimitSaysWhenToComeBack(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{Limits: graph.Limits{Concurrency: 1, Waiting: 1, Patience: 10 * time.Millisecond}})
	release, err := h.Admit(t.Context())
	require.NoError(t, err)
	a := run(t, h, `{hello}`)
	require.Equal(t, 503, a.status)
	require.Equal(t, "UNAVAILABLE", a.code())
	require.Equal(t, "1", a.header.Get("Retry-After"))
	release()
	require.Equal(t, 200, run(t, h, `{hello}`).status)
}

func TestEveryOperationIsObserved(t *testing.T) {
	t.Parallel()
	var seen graph.Outcome
	h := handler(graph.Options{Observe: func(_ context.Context, o graph.Outcome) { seen = o }})
	run(t, h, `query Tour { hello fail(how: FAULT) }`)
	require.Equal(t, "Tour", seen.Name)
	require.Equal(t, "query", seen.Kind)
	require.Equal(t, []string{"CONFLICT"}, seen.Codes)
	require.Positive(t, seen.Bytes)
}

func TestTheSchemaIsServedAsText(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	graph.SDLHandler(sdl).ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/schema.graphql", nil))
	require.Equal(t, sdl, w.Body.String())
	require.Equal(t, "text/plain; charset=utf-8", w.Header().Get("Content-Type"))
}

func TestSlowClientsCannotHoldTheServer(t *testing.T) {
	t.Parallel()
	s := graph.NewServer("127.0.0.1:0", nil)
	require.LessOrEqual(t, s.ReadHeaderTimeout, 5*time.Second)
	require.LessOrEqual(t, s.ReadTimeout, 10*time.Second)
	require.LessOrEqual(t, s.MaxHeaderBytes, 32<<10)
	require.Zero(t, s.WriteTimeout, "streams write for as long as they live")
}

func capture() (*slog.Logger, *bytes.Buffer) {
	var b bytes.Buffer
	return slog.New(slog.NewTextHandler(&b, nil)), &b
}
