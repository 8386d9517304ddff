package main_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/stretchr/testify/require"
)

// TestAnExportIsFetchedByAdministratorsOnly starts an export through the API and
// fetches what it wrote.
func TestAnExportIsFetchedByAdministratorsOnly(t *testing.T) {
	t.Parallel()
	db := testdb.New(t)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- bulk.Run(ctx, &repository.Writer{Store: repository.NewStore(db), DB: db}, db, bulk.RunOptions{Log: slog.New(slog.DiscardHandler)})
	}()
	defer func() { cancel(); require.NoError(t, <-ended) }()
	handler, err := server.Handler(server.Parts{Primary: db, Operations: os.DirFS(operationsFolder), Authenticate: func(token string) (auth.Identity, error) {
		if token == "" {
			return auth.Identity{}, fault.Errorf(fault.Unauthenticated, "nobody knows you")
		}
		return auth.Identity{Name: token, Roles: []string{token}}, nil
	}})
	require.NoError(t, err)
	s := httptest.NewServer(handler)
	defer s.Close()
	const start = `mutation { bulkOperationStart(input: {kind: EXPORT_BUNDLE, reason: "for the auditor"}) { bulkOperation { id } userErrors { message } } }`
	require.Equal(t, []string{"FORBIDDEN"}, call(t, s, "operator", start).codes)
	id := strings.Split(call(t, s, "admin", start).body, `"`)[9]

	var path string
	require.Eventually(t, func() bool {
		var answer struct {
			Data struct{ Node struct{ Download *string } }
		}
		require.NoError(t, json.Unmarshal([]byte(call(t, s, "admin", `{ node(id: "`+id+`") { ... on BulkOperation { download } } }`).body), &answer))
		if answer.Data.Node.Download != nil {
			path = *answer.Data.Node.Download
		}
		return path != ""
	}, 30*time.Second, 50*time.Millisecond)
	get := func(path, token string) reply {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		require.NoError(t, err)
		return do(t, request, token)
	}
	require.Equal(t, http.StatusUnauthorized, get(path, "").status)
	require.Equal(t, http.StatusForbidden, get(path, "operator").status)
	fetched := get(path, "admin")
	require.Equal(t, http.StatusOK, fetched.status)
	require.Equal(t, "application/gzip", fetched.header.Get("Content-Type"))
	require.Equal(t, "\x1f\x8b", fetched.body[:2])
	for _, wrong := range []string{"/exports/blk_7zzzzzzzzzzzzzzzzzzzzzzzzz.tar.gz", "/exports/nonsense", "/exports/" + strings.Replace(id, "blk", "wfd", 1)} {
		require.Equal(t, http.StatusNotFound, get(wrong, "admin").status, wrong)
	}
}
