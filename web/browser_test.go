package web_test

import (
	"fmt"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// pageLimit is the most the explorer may cost on the wire, everything included.
const pageLimit = 2_500_000

const (
	tabs      = `[...document.querySelectorAll('[id^=graphiql-session-tab-]')]`
	tabTitles = tabs + `.map((tab) => tab.title).join(' ')`
	query     = `__MONACO.editor.getModels().find((m) => m.uri.path.endsWith('operation.graphql'))`
	answered  = `__MONACO.editor.getModels().find((m) => m.uri.path.endsWith('response.json')).getValue()`
	run       = `button.graphiql-execute-button`
	ready     = `document.querySelector('.graphiql-query-editor .view-line') && !document.querySelector('.graphiql-spinner')`
)

// colour is that of a word in the query editor.
func colour(word string) string {
	return fmt.Sprintf(`getComputedStyle([...document.querySelectorAll('.graphiql-query-editor .view-line span span')]`+
		`.find((s) => s.textContent.trim() === %q)).color`, word)
}

// openExplorer waits until the editors stand and the schema has arrived.
func openExplorer(t *testing.T, b *chromium, address string) *page {
	t.Helper()
	p := b.open(t, address)
	p.until("the explorer did not open", ready)
	return p
}

func (p *page) showTab(title string) {
	p.t.Helper()
	p.until("no tab "+title, fmt.Sprintf(
		`((tab) => tab && (tab.click(), true))(%s.find((t) => t.title === %q))`, tabs, title))
}

func (p *page) answers(text string) {
	p.t.Helper()
	p.until("no answer with "+text, answered+fmt.Sprintf(`.includes(%q)`, text))
}

// requireClean holds the page to: nothing in the console, nothing from another
// origin, nothing heavy.
func requireClean(t *testing.T, p *page, origin string, sent int64) {
	t.Helper()
	problems, requests := p.noticed()
	require.Empty(t, problems, "the console is not empty")
	for _, address := range requests {
		local := strings.HasPrefix(address, origin+"/") || strings.HasPrefix(address, "data:") || strings.HasPrefix(address, "blob:"+origin)
		require.True(t, local, "a request left for %s", address)
	}
	require.LessOrEqual(t, sent, int64(pageLimit), "bytes on the wire")
	t.Logf("%d requests, %d bytes on the wire", len(requests), sent)
}

func TestTheExplorerInABrowser(t *testing.T) {
	t.Parallel()
	b := launch(t)

	t.Run("opens a tab for each user and answers on run", func(t *testing.T) {
		s := newStub(t, true)
		p := openExplorer(t, b, s.URL+"/")
		require.Equal(t, "Augmented OS graph", p.until("no title", `document.title`))
		require.Equal(t, "Builder Explorer Dashboard", p.until("no tabs", tabTitles))
		p.until("no Start pane", `document.querySelector('.aos-start').textContent.includes('what a screen needs')`)
		p.click(run)
		p.answers("Answer to expense-approval")
		p.showTab("Explorer")
		p.click(run)
		p.answers("expense.submitted")
		p.screenshot("explorer-light")
		requireClean(t, p, s.URL, s.wire.sent.Load())
	})

	t.Run("documents the schema and builds queries without another host", func(t *testing.T) {
		s := newStub(t, true)
		p := openExplorer(t, b, s.URL+"/playground")
		p.prefer("dark")
		p.visit(s.URL + "/playground?dark")
		p.until("the explorer did not turn dark", ready+` && matchMedia('(prefers-color-scheme: dark)').matches`)
		p.click(`[aria-label="Show Documentation Explorer"]`)
		p.until("the documentation is empty", `document.querySelector('.graphiql-plugin').textContent.includes('in the words of the real one')`)
		p.click(`[aria-label="Show Query builder"]`)
		p.until("the query builder is empty", `document.querySelector('.graphiql-plugin').textContent.includes('workflowDefinition')`)
		p.until("the query has no colours", colour("query")+` !== `+colour("name"))
		p.screenshot("explorer-dark")
		p.until("no editor to write in", `(`+query+`.setValue('query Builder{workflowDefinition(workflowId:"x"){name}}'), true)`)
		p.click(`[aria-label^="Prettify"]`)
		p.until("the query was not prettified", query+`.getValue().includes('\n    name\n')`)
		p.until("the language worker did not start", `performance.getEntriesByType('resource').some((e) => e.name.includes('worker-graphql'))`)
		requireClean(t, p, s.URL, s.wire.sent.Load())
	})

	t.Run("streams a subscription over a WebSocket until it is stopped", func(t *testing.T) {
		s := newStub(t, true)
		p := openExplorer(t, b, s.URL+"/")
		p.showTab("Dashboard")
		p.click(run)
		p.answers("STREAMED_BY_SOCKET")
		p.click(run)
		requireStopped(t, s)
		requireClean(t, p, s.URL, s.wire.sent.Load())
	})

	t.Run("streams over server-sent events where no WebSocket gets through", func(t *testing.T) {
		s := newStub(t, false)
		p := openExplorer(t, b, s.URL+"/")
		p.showTab("Dashboard")
		p.click(run)
		p.answers("STREAMED_BY_EVENTS")
		p.click(run)
		requireStopped(t, s)
	})

	t.Run("opens what a link brings, once, and makes such links", func(t *testing.T) {
		s := newStub(t, true)
		link := url.Values{"query": {"query Brought($id: ID) { brought(id: $id) }"}, "variables": {`{"id": "wfi_1"}`}}.Encode()
		{
			p := openExplorer(t, b, s.URL+"/#"+link)
			p.until("the link's operation is not shown", query+`.getValue().includes('query Brought')`)
			require.Equal(t, "Brought Builder Explorer Dashboard", p.until("no tabs", tabTitles))
			p.until("nothing to share with", query+`.getValue() && (`+query+`.setValue('query Mine { mine }'), true)`)
			p.click(`[aria-label="Copy a link to this operation"]`)
			p.until("the address has no link", `new URLSearchParams(location.hash.slice(1)).get('query') === 'query Mine { mine }'`)
			requireClean(t, p, s.URL, s.wire.sent.Load())
		}
	})

	t.Run("keeps edited tabs over a reload and brings a closed example back", func(t *testing.T) {
		s := newStub(t, true)
		p := openExplorer(t, b, s.URL+"/")
		p.until("tabs were not stored", `localStorage['augmentedos:graphiql:tabState']`)
		p.visit(s.URL + "/?again")
		p.until("the explorer did not open again", ready+` && location.search`)
		p.click(run)
		p.answers("Answer to expense-approval")
		p.click(`button.graphiql-tab-close`)
		require.Equal(t, "Explorer Dashboard", p.until("the tab did not close", tabTitles+` === 'Explorer Dashboard' && `+tabTitles))
		p.until("tabs were not stored", `localStorage['augmentedos:graphiql:tabState'].match(/"title"/g).length === 2`)
		p.visit(s.URL + "/")
		p.until("the explorer did not open again", ready+` && !location.search`)
		require.Equal(t, "Explorer Dashboard", p.until("no tabs", tabTitles))
		p.until("the editor does not show the open tab", query+`.getValue().includes('query Explorer')`)
		p.click(`button.aos-example`)
		p.until("the example did not come back", tabTitles+` === 'Explorer Dashboard Builder'`)
		p.click(run)
		p.answers("Answer to expense-approval")
		requireClean(t, p, s.URL, s.wire.sent.Load())
	})
}

func requireStopped(t *testing.T, s *stub) {
	t.Helper()
	select {
	case <-s.stopped:
	case <-time.After(10 * time.Second):
		require.FailNow(t, "the server did not hear that the subscription was stopped")
	}
}

// A running server is tried with `make test-browser URL=http://127.0.0.1:8080`:
// each tab must answer, without errors, from data the server really has.
func TestARunningServerAnswersOnEveryTab(t *testing.T) {
	t.Parallel()
	address := os.Getenv("AOS_BROWSER_URL")
	if address == "" {
		t.Skip("no running server was named in AOS_BROWSER_URL")
	}
	target, err := url.Parse(address)
	require.NoError(t, err)
	relay := httptest.NewUnstartedServer(&httputil.ReverseProxy{FlushInterval: -1, Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(target)
		if r.Out.Header.Get("Origin") != "" {
			r.Out.Header.Set("Origin", target.Scheme+"://"+target.Host)
		}
	}})
	wire := &countingListener{Listener: relay.Listener}
	relay.Listener = wire
	relay.Start()
	t.Cleanup(relay.CloseClientConnections)

	p := openExplorer(t, launch(t), relay.URL+"/")
	for _, title := range []string{"Builder", "Explorer", "Dashboard"} {
		p.showTab(title)
		p.click(run)
		p.until(title+" has no answer", answered)
		answer := p.until("no answer", answered).(string)
		require.NotContains(t, answer, `"errors"`, title)
		require.Contains(t, answer, `"data"`, title)
		p.screenshot("running-" + strings.ToLower(title))
	}
	p.click(`[aria-label="Show Documentation Explorer"]`)
	p.until("the schema did not arrive", `document.querySelector('.graphiql-plugin').textContent.includes('Root Types')`)
	p.screenshot("running-documentation")
	requireClean(t, p, relay.URL, wire.sent.Load())
}
