package stream_test

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/stream"
)

// listener reads an event stream.
type listener struct {
	t        *testing.T
	response *http.Response
	lines    *bufio.Scanner
}

func (s *site) listen(t *testing.T, r *http.Request) *listener {
	t.Helper()
	if r.Header.Get("Accept") == "" {
		r.Header.Set("Accept", "text/event-stream")
	}
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	response, err := http.DefaultClient.Do(r.WithContext(ctx)) //nolint:bodyclose // by the cleanup
	require.NoError(t, err)
	t.Cleanup(func() { cancel(); _ = response.Body.Close() })
	return &listener{t, response, bufio.NewScanner(response.Body)}
}

func (s *site) get(query string, header ...string) *http.Request {
	r, _ := http.NewRequest(http.MethodGet, s.server.URL+"?"+url.Values{"query": {query}}.Encode(), nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return r
}

func (s *site) post(body string) *http.Request {
	r, _ := http.NewRequest(http.MethodPost, s.server.URL, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	return r
}

// block is the next event, without comments; "" at the end.
func (l *listener) block() string {
	var lines []string
	for l.lines.Scan() {
		switch line := l.lines.Text(); {
		case line == "" && len(lines) > 0:
			return strings.Join(lines, "\n")
		case line != "" && line[0] != ':':
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

func TestAnEventStreamTellsThePlaceOfEachEventAndGoesOnAfterIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	s.say("a", "b", "c")
	l := s.listen(t, s.get(`subscription { feed { text } }`, "Last-Event-ID", at(1)))
	require.Equal(t, "text/event-stream; charset=utf-8", l.response.Header.Get("Content-Type"))
	require.Equal(t, "event: next\nid: "+at(2)+"\ndata: {\"data\":{\"feed\":{\"text\":\"b\"}}}", l.block())
	require.Equal(t, "event: next\nid: "+at(3)+"\ndata: {\"data\":{\"feed\":{\"text\":\"c\"}}}", l.block())
	require.Contains(t, l.block(), "live")
	s.say("bye!")
	require.Contains(t, l.block(), "bye!")
	require.Equal(t, "event: complete\ndata:", l.block())
	require.Equal(t, "", l.block())

	l = s.listen(t, s.post(`{"query":"subscription($p: Cursor) { feed(after: $p) { text } }","variables":{"p":"`+at(2)+`"}}`))
	require.Contains(t, l.block(), `"c"`)
	require.Contains(t, l.block(), `"bye!"`)
	require.Equal(t, "event: complete\ndata:", l.block())
}

func TestEventStreamsAndSocketsShareAnExecution(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	p.subscribe("a", "subscription { feed { text } }")
	require.Equal(t, "live", p.next())
	l := s.listen(t, s.get("subscription { feed { text } }"))
	require.Contains(t, l.block(), "live")
	s.only(t, 1)
	s.say("a")
	require.Equal(t, "a", p.next())
	require.Contains(t, l.block(), `"a"`)
}

func TestQueriesAndErrorsOverEventStreams(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	l := s.listen(t, s.get("{ hello }"))
	require.Equal(t, "event: next\ndata: {\"data\":{\"hello\":\"hi\"}}", l.block())
	require.Equal(t, "event: complete\ndata:", l.block())
	l = s.listen(t, s.get("subscription { broken { text } }"))
	require.Contains(t, l.block(), `"errors"`)
	require.Equal(t, "event: complete\ndata:", l.block())

	for name, r := range map[string]*http.Request{
		"400": s.get("{ nothing }"), "405": s.get("mutation { touch }"), "415": func() *http.Request {
			r := s.post("{}")
			r.Header.Set("Content-Type", "text/plain")
			return r
		}(),
	} {
		l := s.listen(t, r)
		require.Equal(t, name, l.response.Status[:3], "an EventSource does not come back with a request that cannot work")
		require.Contains(t, l.response.Header.Get("Content-Type"), "application/json")
	}
}

func TestAStreamIsForWhatNeedsOneWhenTheClientTakesBoth(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	both := "application/graphql-response+json, application/json, text/event-stream, multipart/mixed"
	for query, kind := range map[string]string{
		"{ hello }":                      "application/graphql-response+json; charset=utf-8",
		"{ nothing }":                    "application/graphql-response+json; charset=utf-8",
		"subscription { feed { text } }": "text/event-stream; charset=utf-8",
	} {
		l := s.listen(t, s.get(query, "Accept", both))
		require.Equal(t, kind, l.response.Header.Get("Content-Type"), query)
	}
}

func TestAQuietEventStreamIsKeptAliveByComments(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{KeepAlive: 10 * time.Millisecond})
	l := s.listen(t, s.get("subscription { feed { text } }"))
	comments := 0
	for comments < 4 && l.lines.Scan() {
		if l.lines.Text() == ":" {
			comments++
		}
	}
	require.Equal(t, 4, comments)
}

func TestAnEventStreamEndsWithItsClientAndWithTheServer(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	l := s.listen(t, s.get("subscription { feed { text } }"))
	require.Contains(t, l.block(), "live")
	require.NoError(t, l.response.Body.Close())
	s.only(t, 0)

	l = s.listen(t, s.get("subscription { feed { text } }"))
	require.Contains(t, l.block(), "live")
	s.streams.Drain(t.Context())
	require.Equal(t, "", l.block(), "no complete event: the client comes back")
	require.NoError(t, l.lines.Err())
}
