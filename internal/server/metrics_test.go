package server_test

import (
	"bufio"
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

// What dashboards of operators are made of is there after a change went
// through, in the words that the documentation of a metric has.
func TestMetricsTellOfTheFeedAndItsClients(t *testing.T) {
	t.Parallel()
	db, quiet := testdb.New(t), slog.New(slog.DiscardHandler)
	feed, streams := live.New(db, quiet), stream.New(stream.Options{Log: quiet})
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() { defer close(done); feed.Run(ctx) }()
	handler, err := server.Handler(server.Parts{Primary: db, Operations: os.DirFS("../../testdata/operations"), Log: quiet, Feed: feed, Streams: streams})
	require.NoError(t, err)
	site := httptest.NewServer(handler)
	t.Cleanup(func() {
		streams.Drain(context.Background())
		site.Close()
		cancel()
		<-done
	})

	query := `subscription { statusFeed { __typename } }`
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, site.URL+"/graphql?query="+url.QueryEscape(query), nil)
	require.NoError(t, err)
	request.Header.Set("Accept", "text/event-stream")
	response, err := site.Client().Do(request)
	require.NoError(t, err)
	defer response.Body.Close()
	events := bufio.NewScanner(response.Body)
	until := func(what string) {
		for events.Scan() {
			if strings.Contains(events.Text(), what) {
				return
			}
		}
		t.Fatalf("no %s came: %v", what, events.Err())
	}
	until("FeedCaughtUp")
	_, err = db.Exec(ctx, `insert into workflow_definitions (workflow_id, name, version) values ('w', 'W', '1.0.0')`)
	require.NoError(t, err)
	until("FeedChanges")

	page, err := site.Client().Get(site.URL + "/metrics")
	require.NoError(t, err)
	defer page.Body.Close()
	text, err := io.ReadAll(page.Body)
	require.NoError(t, err)
	for _, line := range []string{"aos_feed_changes_total 1\n", "aos_feed_newest_change_timestamp_seconds ", "aos_stream_connections 1\n", "aos_stream_cohorts 1\n", "aos_feed_resyncs_total{reason=\"RETENTION\"} 0\n", "aos_database_connections_open "} {
		require.Contains(t, string(text), "\n"+line)
	}
}
