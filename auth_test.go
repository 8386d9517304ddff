package main_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/require"
)

// guarded is a server that asks callers who they are. A token is the name of a
// role, or "viewer" for a caller without one; "brief" expires soon.
func guarded(t *testing.T, general bool) *httptest.Server {
	t.Helper()
	authenticate := graph.Authenticate(func(token string) (auth.Identity, error) {
		switch token {
		case "viewer":
			return auth.Identity{Name: "vic"}, nil
		case "brief":
			return auth.Identity{Name: "bea", Expires: time.Now().Add(300 * time.Millisecond)}, nil
		case "worker", "publisher", "operator", "builder", "admin":
			return auth.Identity{Name: token, Roles: []string{token}}, nil
		}
		return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "nobody knows you")
	})
	db := testdb.New(t)
	feed := live.New(db, nil)
	ctx, stop := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	streams := stream.New(stream.Options{Authenticate: authenticate.Socket()})
	h, err := server.Handler(server.Parts{
		Primary: db, Operations: os.DirFS(operationsFolder), Authenticate: authenticate, Streams: streams, General: general, Feed: feed,
	})
	require.NoError(t, err)
	s := httptest.NewServer(h)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		streams.Drain(ctx)
		s.Close()
		http.DefaultClient.CloseIdleConnections()
		stop()
		<-done
	})
	return s
}

type reply struct {
	status int
	header http.Header
	body   string
	codes  []string
}

// call sends an operation with a token; none when it is empty.
func call(t *testing.T, s *httptest.Server, token, query string, headers ...string) reply {
	t.Helper()
	body, err := json.Marshal(map[string]string{"query": query})
	require.NoError(t, err)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.URL+"/graphql", bytes.NewReader(body))
	require.NoError(t, err)
	request.Header.Set("Content-Type", "application/json")
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	return do(t, request, token)
}

func do(t *testing.T, request *http.Request, token string) reply {
	t.Helper()
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	r := reply{status: response.StatusCode, header: response.Header, body: string(text)}
	var answer struct {
		Errors []struct{ Extensions struct{ Code string } }
	}
	_ = json.Unmarshal(text, &answer) // a stream is none
	for _, e := range answer.Errors {
		r.codes = append(r.codes, e.Extensions.Code)
	}
	return r
}

func TestACallerIsAskedWhoItIs(t *testing.T) {
	t.Parallel()
	s := guarded(t, false)
	for _, token := range []string{"", "stranger"} {
		for _, accept := range []string{"application/json", "application/graphql-response+json", "text/event-stream"} {
			got := call(t, s, token, `{ __typename }`, "Accept", accept)
			require.Equal(t, http.StatusUnauthorized, got.status, accept)
			require.Equal(t, []string{"UNAUTHENTICATED"}, got.codes, accept)
			require.Contains(t, got.header.Get("WWW-Authenticate"), "Bearer")
		}
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+"/graphql?query={__typename}", nil)
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, do(t, request, token).status)
	}
	require.Equal(t, `{"data":{"__typename":"Query"}}`, strings.TrimSpace(call(t, s, "viewer", `{ __typename }`).body))
	request, err := http.NewRequestWithContext(t.Context(), http.MethodOptions, s.URL+"/graphql", nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusNoContent, do(t, request, "").status, "a browser asks before it sends the token")
}

// TestEachMutationIsForSomeRoles finds what was forgotten, and tries each
// mutation as each role. Roles are looked at before variables are, so nothing
// is changed.
func TestEachMutationIsForSomeRoles(t *testing.T) {
	t.Parallel()
	servers := []*httptest.Server{guarded(t, false), guarded(t, true)}
	for _, f := range schema.Mutation.Fields {
		allow := f.Directives.ForName("allow")
		require.NotNil(t, allow, "%s has no @allow: say in the schema which roles may use it (docs/auth.md)", f.Name)
		var roles []string
		for _, role := range allow.Arguments.ForName("to").Value.Children {
			roles = append(roles, strings.ToLower(role.Value.Raw))
		}
		var declared, given []string
		for _, argument := range f.Arguments {
			if argument.Type.NonNull && argument.DefaultValue == nil {
				declared = append(declared, "$"+argument.Name+": "+argument.Type.String())
				given = append(given, argument.Name+": $"+argument.Name)
			}
		}
		require.NotEmpty(t, declared, "%s does something without being told what", f.Name)
		query := "mutation(" + strings.Join(declared, ", ") + ") { it: " + f.Name + "(" + strings.Join(given, ", ") + ") { __typename } }"
		for _, token := range []string{"viewer", "worker", "publisher", "operator", "builder", "admin"} {
			for _, s := range servers {
				got := call(t, s, token, query)
				want := []string{"FORBIDDEN"}
				if token == "admin" || slices.Contains(roles, token) {
					want = []string{"BAD_USER_INPUT"} // the input is missing
				}
				require.Equal(t, want, slices.Compact(got.codes), "%s as %s: %s", f.Name, token, got.body)
			}
		}
	}
}

func TestARefusalNamesTheFieldAndTheRoles(t *testing.T) {
	t.Parallel()
	s := guarded(t, false)
	got := call(t, s, "viewer", `mutation { ...f } fragment f on Mutation { a: eventQueueSetStatus(input: {id: "x", status: PAUSED}) { userErrors { message } } }`)
	require.Equal(t, http.StatusOK, got.status)
	require.JSONEq(t, `{"errors": [{"message": "eventQueueSetStatus takes one of the roles operator, admin.", "path": ["a"], "locations": [{"line": 1, "column": 44}],
		"extensions": {"code": "FORBIDDEN", "remedy": "Ask an administrator of this server for the role."}}]}`, got.body)
}

func TestASocketShowsItsTokenWhenItBegins(t *testing.T) {
	t.Parallel()
	s := guarded(t, false)
	open := func(header string, payload map[string]any) (*websocket.Conn, map[string]any, error) {
		options := &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}, HTTPHeader: http.Header{}}
		if header != "" {
			options.HTTPHeader.Set("Authorization", header)
		}
		conn, _, err := websocket.Dial(t.Context(), s.URL+"/graphql", options) //nolint:bodyclose // the library's own
		require.NoError(t, err)
		t.Cleanup(func() { _ = conn.CloseNow() })
		require.NoError(t, wsjson.Write(t.Context(), conn, map[string]any{"type": "connection_init", "payload": payload}))
		var answer map[string]any
		err = wsjson.Read(t.Context(), conn, &answer)
		return conn, answer, err
	}
	for _, payload := range []map[string]any{{}, {"authorization": "Bearer stranger"}, {"authorization": 5}, {"authorization": "viewer"}} {
		_, _, err := open("", payload)
		require.Equal(t, websocket.StatusCode(4403), websocket.CloseStatus(err), "%v", payload)
	}
	for _, c := range []struct {
		header  string
		payload map[string]any
	}{{"", map[string]any{"authorization": "Bearer viewer"}}, {"", map[string]any{"Authorization": "bearer viewer"}}, {"Bearer viewer", map[string]any{}}} {
		conn, answer, err := open(c.header, c.payload)
		require.NoError(t, err)
		require.Equal(t, "connection_ack", answer["type"])
		require.NoError(t, wsjson.Write(t.Context(), conn, map[string]any{"type": "subscribe", "id": "1", "payload": map[string]any{
			"query": `mutation { eventQueueSetStatus(input: {id: "x", status: PAUSED}) { userErrors { message } } }`}}))
		require.NoError(t, wsjson.Read(t.Context(), conn, &answer))
		require.Contains(t, string(must(json.Marshal(answer))), "FORBIDDEN")
	}
	conn, answer, err := open("", map[string]any{"authorization": "Bearer brief"})
	require.NoError(t, err)
	require.Equal(t, "connection_ack", answer["type"])
	err = wsjson.Read(t.Context(), conn, &answer)
	require.Equal(t, websocket.StatusCode(4403), websocket.CloseStatus(err), "the token expired: %v", errors.Unwrap(err))
}

func TestAnEventStreamEndsWithItsToken(t *testing.T) {
	t.Parallel()
	s := guarded(t, false)
	got := call(t, s, "brief", `subscription { statusFeed { __typename } }`, "Accept", "text/event-stream")
	require.Equal(t, http.StatusOK, got.status, got.body)
	require.Contains(t, got.header.Get("Content-Type"), "text/event-stream")
}

func must(text []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return text
}

// TestAForbiddenOperationHasTheStatusOfItsMediaType: who asks for the truthful
// type learns it from the status; who asks for JSON, as older clients do, gets an
// answer to a request that was understood.
func TestAForbiddenOperationHasTheStatusOfItsMediaType(t *testing.T) {
	t.Parallel()
	s := guarded(t, false)
	for accept, want := range map[string]int{"application/graphql-response+json": http.StatusForbidden, "application/json": http.StatusOK} {
		got := call(t, s, "viewer", `{ auditLog { entries { id } } }`, "Accept", accept)
		require.Equal(t, want, got.status, accept)
		require.Equal(t, []string{"FORBIDDEN"}, got.codes)
	}
	require.Equal(t, http.StatusBadRequest, call(t, s, "viewer", `{ nothing }`, "Accept", "application/graphql-response+json").status)
}
