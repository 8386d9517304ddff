package graph_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

func TestOnlyConfiguredOriginsMayReadAnswers(t *testing.T) {
	t.Parallel()
	h := handler(graph.Options{Origins: []string{"https://app.example.com"}})
	a := send(t, h, postBody(body("{hello}"), "Origin", "https://app.example.com"))
	require.Equal(t, "https://app.example.com", a.header.Get("Access-Control-Allow-Origin"))
	require.Equal(t, "Origin", a.header.Get("Vary"))
	for _, origin := range []string{"https://evil.example", "null", "https://app.example.com.evil.example", "http://app.example.com"} {
		a = send(t, h, postBody(body("{hello}"), "Origin", origin))
		require.Empty(t, a.header.Get("Access-Control-Allow-Origin"), origin)
	}
	r := httptest.NewRequest(http.MethodOptions, "/graphql", nil)
	r.Header.Set("Origin", "https://app.example.com")
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	require.Equal(t, 204, w.Code)
	require.Contains(t, w.Header().Get("Access-Control-Allow-Headers"), "Content-Type")

	require.Empty(t, send(t, handler(graph.Options{}), postBody(body("{hello}"), "Origin", "https://app.example.com")).header.Get("Access-Control-Allow-Origin"))
}

func TestALocalServerAnswersOnlyUnderALocalName(t *testing.T) {
	t.Parallel()
	h := graph.LocalHosts(handler(graph.Options{}))
	for host, status := range map[string]int{
		"localhost": 200, "localhost:8080": 200, "127.0.0.1:8080": 200, "[::1]:8080": 200, "[::1]": 200, "LOCALHOST.:80": 200, "app.localhost": 200,
		"evil.example": 421, "evil.example:8080": 421, "127.0.0.1.evil.example": 421, "10.0.0.1:8080": 421, "": 421, "localhost.evil.example": 421,
	} {
		r := postBody(body("{hello}"))
		r.Host = host
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		require.Equal(t, status, w.Code, host)
	}
}
