package web_test

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
	"github.com/coder/websocket/wsjson"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/web"
)

//go:embed testdata/introspection.json
var introspection []byte

func exampleTabs(t *testing.T) []web.Tab {
	t.Helper()
	tabs, err := web.ReadTabs(os.DirFS("testdata"), "Builder", "Explorer", "Dashboard")
	require.NoError(t, err)
	return tabs
}

// stub is the smallest server the page can talk to: it knows the three example
// operations and answers each with a fixed text.
type stub struct {
	*httptest.Server
	sockets bool          // whether WebSockets get through to it
	stopped chan struct{} // receives when a client ends its subscription
	wire    *countingListener
}

func newStub(t *testing.T, sockets bool) *stub {
	t.Helper()
	s := &stub{sockets: sockets, stopped: make(chan struct{}, 10)}
	mux := http.NewServeMux()
	mux.Handle("/", web.Handler(web.Options{
		Tabs:  exampleTabs(t),
		Links: []web.Link{{Name: "Schema", Href: "schema.graphql"}},
	}))
	mux.HandleFunc("/graphql", s.graphql)
	s.Server = httptest.NewUnstartedServer(mux)
	s.wire = &countingListener{Listener: s.Listener}
	s.Listener = s.wire
	s.Start()
	t.Cleanup(s.CloseClientConnections)
	return s
}

func (s *stub) graphql(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Header.Get("Upgrade") != "" && s.sockets:
		s.stream(w, r)
	case r.Header.Get("Upgrade") != "":
		http.Error(w, "no WebSocket here", http.StatusBadRequest)
	case strings.Contains(r.Header.Get("Accept"), "text/event-stream"):
		s.events(w, r)
	default:
		answer(w, r)
	}
}

func answer(w http.ResponseWriter, r *http.Request) {
	var request struct {
		OperationName string
		Variables     struct{ WorkflowID string }
	}
	_ = json.NewDecoder(r.Body).Decode(&request)
	w.Header().Set("Content-Type", "application/graphql-response+json")
	switch request.OperationName {
	case "IntrospectionQuery":
		_, _ = w.Write(introspection)
	case "Builder":
		_, _ = fmt.Fprintf(w, `{"data":{"workflowDefinition":{"name":"Answer to %s","version":"1.4.0","status":"ACTIVE",`+
			`"steps":[{"stepId":"submit","task":{"name":"Submit the expense","uiComponents":[{"title":"Expense form"}]}},`+
			`{"stepId":"approve","task":{"name":"Approve or return it","uiComponents":[{"title":"Approval card"}]}}]}}}`,
			request.Variables.WorkflowID)
	case "Explorer":
		_, _ = w.Write([]byte(`{"data":{"events":[{"pattern":"expense.submitted","startedInstances":[{"id":"wfi_1","status":"RUNNING"}]}]}}`))
	default:
		_, _ = w.Write([]byte(`{"errors":[{"message":"the stub does not know this operation"}]}`))
	}
}

// stream speaks graphql-transport-ws: two changes, then silence until the
// client stops.
func (s *stub) stream(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{Subprotocols: []string{"graphql-transport-ws"}})
	if err != nil {
		return
	}
	defer func() { _ = conn.CloseNow() }()
	for {
		var message struct{ ID, Type string }
		if wsjson.Read(r.Context(), conn, &message) != nil {
			return
		}
		switch message.Type {
		case "connection_init":
			_ = wsjson.Write(r.Context(), conn, object{"type": "connection_ack"})
		case "subscribe":
			for _, change := range []string{"FIRST", "STREAMED_BY_SOCKET"} {
				_ = wsjson.Write(r.Context(), conn, object{"id": message.ID, "type": "next", "payload": statusChange(change)})
			}
		case "complete":
			s.stopped <- struct{}{}
		}
	}
}

// events speaks server-sent events in the same way.
func (s *stub) events(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "text/event-stream")
	for _, change := range []string{"FIRST", "STREAMED_BY_EVENTS"} {
		payload, _ := json.Marshal(statusChange(change))
		_, _ = fmt.Fprintf(w, ":\n\nevent: next\ndata: %s\n\n", payload)
	}
	w.(http.Flusher).Flush()
	<-r.Context().Done()
	s.stopped <- struct{}{}
}

func statusChange(to string) object {
	return object{"data": object{"statusFeed": object{"instance": "wfi_1", "to": to}}}
}

// countingListener counts the bytes that leave the server: headers, bodies and
// frames, as they are on the wire.
type countingListener struct {
	net.Listener
	sent atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return countingConn{conn, l}, err
}

type countingConn struct {
	net.Conn
	l *countingListener
}

func (c countingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.l.sent.Add(int64(n))
	return n, err
}
