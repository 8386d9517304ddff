package web_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/web"
)

func TestTheLivePageNeedsNoInlineCodeAndNoOtherHost(t *testing.T) {
	t.Parallel()
	page := get(t, "/live")
	require.Equal(t, http.StatusOK, page.StatusCode)
	require.NotContains(t, page.Header.Get("Content-Security-Policy"), "unsafe")
	html := body(t, page.Body)
	for _, path := range []string{"live.css", "live.js"} {
		require.Contains(t, html, `"`+path+`"`)
		file := get(t, "/"+path)
		require.Equal(t, http.StatusOK, file.StatusCode)
		require.Equal(t, "no-cache", file.Header.Get("Cache-Control"))
		require.NotContains(t, body(t, file.Body), "://")
	}
	require.Equal(t, http.StatusNotModified, get(t, "/live", "If-None-Match", page.Header.Get("ETag")).StatusCode)
}

// feeds is a server whose feed breaks off after each event.
type feeds struct{ resumed chan string } // the Last-Event-ID of each request for the feed

const (
	failedRun = `{"__typename":"WorkflowInstance","id":"wfi_%d","updatedAt":"2026-11-20T09:00:00Z","instanceId":"run-%d","definition":{"name":"Parcel claim"},"error":{"message":"FAILURE_%d"}}`
	movingRun = `{"id":"wfi_run","status":"RUNNING","correlationId":"SIM-7","instanceId":"run-7","updatedAt":"2026-11-20T09:00:00Z","definition":{"name":"Bakery order"},
		"progress":{"completed":1,"total":3,"steps":[{"stepId":"start","name":null,"status":"COMPLETED"},{"stepId":"bake","name":"Bake","status":"%s"},{"stepId":"end","name":"Done","status":"NOT_STARTED"}]}}`
)

func (f *feeds) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		_, _ = fmt.Fprintf(w, `{"data":{"workflowInstances":{"endPosition":"place-0","nodes":[`+failedRun+`]},"deadLetters":{"nodes":[
			{"__typename":"DeadLetter","id":"dlq_1","updatedAt":"2026-11-20T08:00:00Z","pattern":"parcel.requested","subscriberId":"postbox","errorMessage":"postbox did not answer"}]}}}`, 0, 0, 0)
		return
	}
	w.Header().Set("Content-Type", "text/event-stream")
	send := func(id, data string) {
		if id != "" {
			id = "id: " + id + "\n"
		}
		_, _ = io.WriteString(w, id+"event: next\nretry: 10\ndata: "+strings.ReplaceAll(data, "\n", "")+"\n\n")
		w.(http.Flusher).Flush()
	}
	switch query := r.URL.Query().Get("query"); {
	case strings.Contains(query, "statsLive"):
		send("", `{"data":{"statsLive":{"workflowInstances":[{"status":"RUNNING","count":12},{"status":"FAILED","count":3}],"taskInstances":[{"status":"ASSIGNED","count":1234}],"deadLetters":[],"queueDepth":5}}}`)
	case strings.Contains(query, "workflowInstancesLive"):
		send("", `{"data":{"workflowInstancesLive":{"snapshot":true,"left":[],"nodes":[`+fmt.Sprintf(movingRun, "NOT_STARTED")+`]}}}`)
		send("", `{"data":{"workflowInstancesLive":{"snapshot":false,"left":[],"nodes":[`+fmt.Sprintf(movingRun, "RUNNING")+`]}}}`)
	default:
		last := r.Header.Get("Last-Event-ID")
		n := len(f.resumed) + 1
		f.resumed <- last + r.URL.Query().Get("variables")
		send(fmt.Sprintf("place-%d", n), `{"data":{"statusFeed":{"__typename":"FeedChanges","changes":[{"kind":"WORKFLOW_INSTANCE","newStatus":"FAILED","at":"2026-11-20T09:01:00Z","node":`+
			fmt.Sprintf(failedRun, n, n, n)+`}]}}}`)
		if n < 3 {
			return // the connection breaks off
		}
	}
	<-r.Context().Done()
}

func TestTheLivePageInABrowser(t *testing.T) {
	t.Parallel()
	b := launch(t)
	f := &feeds{resumed: make(chan string, 10)}
	mux := http.NewServeMux()
	mux.Handle("/", web.Handler(web.Options{Tabs: exampleTabs(t)}))
	mux.Handle("/graphql", f)
	s := httptest.NewServer(mux)
	t.Cleanup(s.CloseClientConnections)

	p := b.open(t, s.URL+"/live")
	p.until("no numbers", `document.querySelector('#runs .total').textContent === '15' && document.querySelector('#queue .total').textContent === '5'`)
	p.until("no colours by status", `[...document.querySelectorAll('#runs .bar i')].map((i) => i.dataset.tone + i.style.flexGrow).join() === 'active12,failed3'`)
	p.until("the run did not move", `document.querySelector('#moving li .strip i.now')?.title === 'Bake: running'`)
	require.Equal(t, 1.0, p.until("a run is shown once", `document.querySelectorAll('#moving li').length`))
	p.until("the failures did not arrive", `document.querySelector('#trouble').textContent.includes('FAILURE_3')`)
	require.Equal(t, "FAILURE_3 FAILURE_2 FAILURE_1 FAILURE_0", p.until("no list of failures",
		`document.querySelector('#trouble').textContent.match(/FAILURE_\d/g).join(' ')`), "once each, the newest on top")
	p.until("no dead letter", `document.querySelector('#trouble').textContent.includes('dead letter of postbox')`)
	require.Equal(t, `{"after":"place-0"}`, <-f.resumed, "it goes on where the list was read")
	require.Equal(t, `place-1{"after":"place-0"}`, <-f.resumed, "and after a break where it was")
	problems, requests := p.noticed()
	require.Empty(t, problems)
	for _, address := range requests {
		require.True(t, strings.HasPrefix(address, s.URL+"/"), address)
	}
	p.screenshot("live-stub")
}

func TestARunningServersLivePageMoves(t *testing.T) {
	t.Parallel()
	address := os.Getenv("AOS_BROWSER_URL")
	if address == "" {
		t.Skip("no running server was named in AOS_BROWSER_URL")
	}
	p := launch(t).open(t, address+"/live")
	p.prefer("light")
	p.until("no numbers", `Number(document.querySelector('#runs .total').textContent.replace(/\D/g, '')) > 0`)
	p.until("nothing moves", `document.querySelectorAll('#moving li.news').length > 2`)
	p.until("it is not live", `document.querySelector('#link').dataset.state === 'live'`)
	p.screenshot("live-light")
	p.prefer("dark")
	p.until("nothing goes wrong", `document.querySelectorAll('#trouble li').length > 3`)
	p.screenshot("live-dark")
	problems, _ := p.noticed()
	require.Empty(t, problems)
}
