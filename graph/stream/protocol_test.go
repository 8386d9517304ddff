package stream_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/auth"
)

// peer is a client that says exactly what the test wants.
type peer struct {
	t    *testing.T
	conn *websocket.Conn
}

func (s *site) connect(t *testing.T, subprotocols ...string) *peer {
	t.Helper()
	if subprotocols == nil {
		subprotocols = []string{"graphql-transport-ws"}
	}
	conn, _, err := websocket.Dial(t.Context(), s.server.URL, &websocket.DialOptions{Subprotocols: subprotocols})
	require.NoError(t, err)
	conn.SetReadLimit(16 << 20)
	t.Cleanup(func() { _ = conn.CloseNow() })
	return &peer{t, conn}
}

func (s *site) ready(t *testing.T) *peer {
	t.Helper()
	p := s.connect(t)
	p.say(`{"type":"connection_init"}`)
	require.Equal(t, `{"type":"connection_ack"}`, p.hear())
	return p
}

func (p *peer) say(text string) {
	p.t.Helper()
	require.NoError(p.t, p.conn.Write(p.t.Context(), websocket.MessageText, []byte(text)))
}

func (p *peer) subscribe(id, query string, variables ...any) {
	p.t.Helper()
	payload := map[string]any{"query": query}
	if len(variables) > 0 {
		payload["variables"] = variables[0]
	}
	text, err := json.Marshal(map[string]any{"id": id, "type": "subscribe", "payload": payload})
	require.NoError(p.t, err)
	p.say(string(text))
}

func (p *peer) hear() string {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	_, text, err := p.conn.Read(ctx)
	require.NoError(p.t, err)
	return string(text)
}

// next is the text of the next event.
func (p *peer) next() string {
	p.t.Helper()
	var m struct {
		Type    string
		Payload struct {
			Data struct{ Feed struct{ Text string } }
		}
	}
	raw := p.hear()
	require.NoError(p.t, json.Unmarshal([]byte(raw), &m))
	require.Equal(p.t, "next", m.Type, raw)
	return m.Payload.Data.Feed.Text
}

// closed is the code the server closes with.
func (p *peer) closed() (websocket.StatusCode, string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.t.Context(), 20*time.Second)
	defer cancel()
	for {
		_, _, err := p.conn.Read(ctx)
		var closing websocket.CloseError
		if errors.As(err, &closing) {
			return closing.Code, closing.Reason
		}
		require.NoError(p.t, err)
	}
}

const hello = `{"id":"1","type":"subscribe","payload":{"query":"{ hello }"}}`

func TestEachBreachOfTheProtocolHasItsCloseCode(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{FrameBytes: 1 << 10})
	start := `{"type":"connection_init"}`
	for name, c := range map[string]struct {
		say  []string
		code websocket.StatusCode
	}{
		"not JSON":                  {[]string{"hello"}, 4400},
		"not an object":             {[]string{"[]"}, 4400},
		"no type":                   {[]string{"{}"}, 4400},
		"a numeric type":            {[]string{`{"type":1}`}, 4400},
		"an unknown type":           {[]string{`{"type":"start"}`}, 4400},
		"a message of servers":      {[]string{start, `{"type":"next","id":"1","payload":{}}`}, 4400},
		"init with a list":          {[]string{`{"type":"connection_init","payload":[]}`}, 4400},
		"subscribe without id":      {[]string{start, `{"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400},
		"subscribe with empty id":   {[]string{start, `{"id":"","type":"subscribe","payload":{"query":"{hello}"}}`}, 4400},
		"subscribe with numeric id": {[]string{start, `{"id":1,"type":"subscribe","payload":{"query":"{hello}"}}`}, 4400},
		"subscribe without payload": {[]string{start, `{"id":"1","type":"subscribe"}`}, 4400},
		"subscribe without query":   {[]string{start, `{"id":"1","type":"subscribe","payload":{}}`}, 4400},
		"a numeric query":           {[]string{start, `{"id":"1","type":"subscribe","payload":{"query":7}}`}, 4400},
		"complete without id":       {[]string{start, `{"type":"complete"}`}, 4400},
		"a ping with a list":        {[]string{`{"type":"ping","payload":[1]}`}, 4400},
		"subscribe before init":     {[]string{hello}, 4401},
		"a second init":             {[]string{start, start}, 4429},
		"an id in use": {[]string{start, `{"id":"a","type":"subscribe","payload":{"query":"subscription{feed{text}}"}}`,
			`{"id":"a","type":"subscribe","payload":{"query":"subscription{feed{text}}"}}`}, 4409},
		"a frame too large": {[]string{`{"type":"ping","payload":{"x":"` + strings.Repeat("x", 1500) + `"}}`}, websocket.StatusMessageTooBig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := s.connect(t)
			for _, text := range c.say {
				p.say(text)
			}
			code, reason := p.closed()
			require.Equal(t, c.code, code, reason)
		})
	}
	t.Run("binary", func(t *testing.T) {
		t.Parallel()
		p := s.connect(t)
		require.NoError(t, p.conn.Write(t.Context(), websocket.MessageBinary, []byte(start)))
		code, _ := p.closed()
		require.Equal(t, websocket.StatusCode(4400), code)
	})
	for _, other := range []string{"graphql-ws", ""} {
		t.Run("subprotocol "+other, func(t *testing.T) {
			t.Parallel()
			p := s.connect(t, other)
			code, _ := p.closed()
			require.Equal(t, websocket.StatusCode(4406), code)
		})
	}
}

func TestASocketThatNeverIntroducesItselfIsClosed(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{InitTimeout: 50 * time.Millisecond})
	p := s.connect(t)
	code, _ := p.closed()
	require.Equal(t, websocket.StatusCode(4408), code)
}

func TestWhoMayNotComeInIsToldSo(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{Authenticate: func(ctx context.Context, payload map[string]any) (context.Context, error) {
		if payload["token"] != "secret" {
			return nil, errors.New("no")
		}
		return auth.With(ctx, auth.Identity{Name: "me"}), nil
	}})
	p := s.connect(t)
	p.say(`{"type":"connection_init","payload":{"token":"wrong"}}`)
	code, _ := p.closed()
	require.Equal(t, websocket.StatusCode(4403), code)
	p = s.connect(t)
	p.say(`{"type":"connection_init","payload":{"token":"secret"}}`)
	require.Equal(t, `{"type":"connection_ack"}`, p.hear())
}

func TestASocketOutlivesItsTokenWithANewerOne(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{Authenticate: func(ctx context.Context, payload map[string]any) (context.Context, error) {
		switch payload["authorization"] {
		case "brief":
			return auth.With(ctx, auth.Identity{Name: "me", Expires: time.Now().Add(time.Second)}), nil
		case "newer":
			return auth.With(ctx, auth.Identity{Name: "me"}), nil
		case "admin's":
			return auth.With(ctx, auth.Identity{Name: "me", Roles: []string{"admin"}}), nil
		}
		return nil, errors.New("no")
	}})
	brief := func() *peer {
		p := s.connect(t)
		p.say(`{"type":"connection_init","payload":{"authorization":"brief"}}`)
		require.Equal(t, `{"type":"connection_ack"}`, p.hear())
		return p
	}
	renewed, forgetful := brief(), brief()
	renewed.subscribe("a", feed)
	require.Equal(t, "live", renewed.next())
	renewed.say(`{"type":"ping","payload":{"authorization":"newer"}}`)
	require.Equal(t, `{"type":"pong"}`, renewed.hear(), "a token is not sent back")
	code, reason := forgetful.closed()
	require.Equal(t, websocket.StatusCode(4403), code)
	require.Contains(t, reason, "expired")
	s.say("still here")
	require.Equal(t, "still here", renewed.next())
	for _, token := range []string{"wrong", "admin's"} {
		p := brief()
		p.say(`{"type":"ping","payload":{"authorization":"` + token + `"}}`)
		code, _ = p.closed()
		require.Equal(t, websocket.StatusCode(4403), code, token)
	}
}

func TestWhoseTokenIsTakenBackIsSentAway(t *testing.T) {
	t.Parallel()
	var withdrawn atomic.Bool
	who := auth.Identity{Name: "me", Withdrawn: withdrawn.Load}
	s := newSite(t, stream.Options{KeepAlive: 200 * time.Millisecond})
	inner := s.server.Config.Handler
	s.server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		inner.ServeHTTP(w, r.WithContext(auth.With(r.Context(), who)))
	})
	p := s.ready(t)
	p.subscribe("a", feed)
	require.Equal(t, "live", p.next())
	l := s.listen(t, s.get(feed))
	require.Contains(t, l.block(), "live")
	withdrawn.Store(true)
	code, reason := p.closed()
	require.Equal(t, websocket.StatusCode(4403), code)
	require.Contains(t, reason, "token")
	require.Empty(t, l.block(), "the stream ends without completing, so the client asks again and is refused")
}

func TestPingsAreAnsweredAtAnyTime(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.connect(t)
	p.say(`{"type":"ping"}`)
	require.Equal(t, `{"type":"pong"}`, p.hear())
	p.say(`{"type":"ping","payload":{"n":1}}`)
	require.Equal(t, `{"type":"pong","payload":{"n":1}}`, p.hear())
	p.say(`{"type":"pong"}`)
	p.say(`{"type":"connection_init"}`)
	require.Equal(t, `{"type":"connection_ack"}`, p.hear())
}

func TestQueriesMutationsAndErrorsTravelOverTheSocket(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	p.subscribe("q", "{ hello }")
	require.JSONEq(t, `{"id":"q","type":"next","payload":{"data":{"hello":"hi"}}}`, p.hear())
	require.JSONEq(t, `{"id":"q","type":"complete"}`, p.hear())
	p.subscribe("q", "mutation { touch }") // the id is free again
	require.JSONEq(t, `{"id":"q","type":"next","payload":{"data":{"touch":"hi"}}}`, p.hear())
	require.JSONEq(t, `{"id":"q","type":"complete"}`, p.hear())
	for _, query := range []string{"{", "{ nothing }", "subscription { broken { text } }", "subscription { feed(after: \"x\") { text } }"} {
		p.subscribe("e", query)
		raw := p.hear()
		require.Contains(t, raw, `"type":"error"`)
		require.Contains(t, raw, `"code"`)
	}
	p.subscribe("q", "{ hello }")
	require.JSONEq(t, `{"id":"q","type":"next","payload":{"data":{"hello":"hi"}}}`, p.hear(), "an error is the last message of its operation")
}

func TestAnOperationEndsWhenItsClientCompletesIt(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	p.subscribe("a", "subscription { feed { text } }")
	require.Equal(t, "live", p.next())
	p.say(`{"id":"a","type":"complete"}`)
	p.say(`{"id":"unknown","type":"complete"}`)
	require.Eventually(t, func() bool { _, open, _ := s.counts(); return open == 0 }, 10*time.Second, time.Millisecond)
	p.subscribe("slow", "{ slow }")
	p.say(`{"id":"slow","type":"complete"}`)
	p.subscribe("slow", "{ hello }")
	require.JSONEq(t, `{"id":"slow","type":"next","payload":{"data":{"hello":"hi"}}}`, p.hear())
}

func TestLimitsPerSocketPerAddressAndInTotal(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{MaxOperations: 2, MaxPerAddress: 3})
	p := s.ready(t)
	for i := range 3 {
		p.subscribe(fmt.Sprint(i), "subscription { feed { text } }")
	}
	var all string
	for range 3 {
		all += p.hear()
	}
	require.Equal(t, 1, strings.Count(all, `"type":"error"`), all)
	require.Contains(t, all, "UNAVAILABLE")
	s.connect(t)
	s.connect(t)
	_, response, err := websocket.Dial(t.Context(), s.server.URL, nil)
	require.Error(t, err)
	require.Equal(t, 503, response.StatusCode)

	full := newSite(t, stream.Options{MaxClients: 1})
	first := full.ready(t)
	_, response, err = websocket.Dial(t.Context(), full.server.URL, nil)
	require.Error(t, err)
	require.Equal(t, 503, response.StatusCode)
	require.NoError(t, first.conn.Close(websocket.StatusNormalClosure, ""))
	require.Eventually(t, func() bool { clients, _ := full.streams.Counts(); return clients == 0 }, 10*time.Second, time.Millisecond)
	full.ready(t)
}

func TestAForeignPageCannotOpenASocket(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{Origins: []string{"https://app.example.com"}})
	dial := func(origin string) error {
		conn, _, err := websocket.Dial(t.Context(), s.server.URL, &websocket.DialOptions{HTTPHeader: map[string][]string{"Origin": {origin}}, Subprotocols: []string{"graphql-transport-ws"}})
		if err == nil {
			_ = conn.CloseNow()
		}
		return err
	}
	require.Error(t, dial("https://evil.example.com"))
	require.NoError(t, dial("https://app.example.com"))
	require.Eventually(t, func() bool { clients, _ := s.streams.Counts(); return clients == 0 }, 10*time.Second, time.Millisecond)
}

func TestDrainingTellsClientsToComeBack(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{})
	p := s.ready(t)
	p.subscribe("a", "subscription { feed { text } }")
	require.Equal(t, "live", p.next())
	go s.streams.Drain(context.Background()) // the cleanup of the site waits for it
	code, _ := p.closed()
	require.Equal(t, websocket.StatusServiceRestart, code)
}

func TestADeadPeerIsFoundByItsSilence(t *testing.T) {
	t.Parallel()
	s := newSite(t, stream.Options{KeepAlive: 500 * time.Millisecond})
	alive := s.ready(t) // answers pings while it reads
	s.ready(t)          // does not read
	alive.subscribe("a", "subscription { feed { text } }")
	require.Equal(t, "live", alive.next())
	go func() {
		require.Eventually(t, func() bool { clients, _ := s.streams.Counts(); return clients == 1 }, 10*time.Second, time.Millisecond)
		s.say("still here")
	}()
	require.Equal(t, "still here", alive.next())
}
