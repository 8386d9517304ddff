package stream

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/coder/websocket"
)

// socket is a client that speaks graphql-transport-ws. It costs one goroutine,
// which waits for messages.
type socket struct {
	streams *Streams
	handler *graph.Handler
	conn    *websocket.Conn
	wire    *wire
	out     outbox
	heard   atomic.Int64 // when something came from the client, in Unix nanoseconds

	mu         sync.Mutex
	stage      stage
	caller     auth.Identity
	operations map[string]*operation
	timer      *time.Timer // ends a socket that is not ready in time, or whose token expires; nil when neither can be
}

// stage is where a socket is in the protocol.
type stage int

const (
	waiting stage = iota // for connection_init
	ready
	closed
)

// subprotocol is the only one that is spoken.
const subprotocol = "graphql-transport-ws"

// serveSocket shakes hands and leaves the connection to goroutines of its own,
// so that nothing of the request stays in memory.
func (s *Streams) serveSocket(w http.ResponseWriter, r *http.Request, h *graph.Handler) {
	c := &socket{streams: s, handler: h, operations: map[string]*operation{}, caller: auth.From(r.Context())}
	address, refusal := s.enter(r)
	if refusal != nil {
		w.Header().Set("Retry-After", "5")
		h.Refuse(w, r, http.StatusServiceUnavailable, refusal)
		return
	}
	taken := &taking{ResponseWriter: w, timeout: s.options.WriteTimeout}
	conn, err := websocket.Accept(taken, r, &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, OriginPatterns: hostsOf(s.options.Origins),
		CompressionMode: websocket.CompressionDisabled,
		OnPingReceived:  func(context.Context, []byte) bool { c.hear(); return true },
		OnPongReceived:  func(context.Context, []byte) { c.hear() },
	})
	if err != nil { // Accept answered
		s.release(address)
		return
	}
	conn.SetReadLimit(s.options.FrameBytes)
	c.conn, c.wire = conn, taken.wire
	c.out = outbox{
		write: c.wire.writeAll, budget: s.options.QueueBytes, running: &s.running,
		overflow: func() { c.close(tooSlow, "Too slow; resume from the last cursor") },
		broken:   func(error) { c.vanish() },
	}
	c.hear()
	c.mu.Lock()
	c.timer = time.AfterFunc(s.options.InitTimeout, c.expire)
	c.mu.Unlock()
	s.open(c, address)
	if conn.Subprotocol() != subprotocol {
		s.running.Go(func() { c.close(notAcceptable, "Subprotocol not acceptable") })
		return
	}
	s.running.Go(c.read)
}

// hostsOf are the host patterns of origins.
func hostsOf(origins []string) []string {
	var hosts []string
	for _, origin := range origins {
		if u, err := url.Parse(origin); err == nil {
			hosts = append(hosts, u.Host)
		}
	}
	return hosts
}

// read waits for a message and hands over to a goroutine that takes it, which
// hands back: the stack that is needed for a message would stay with an idle
// socket.
func (c *socket) read() {
	if c.wire.await(c.hear) != nil {
		c.vanish()
		return
	}
	c.streams.running.Go(c.take)
}

// take deals with a message, and ends the socket when there will be no more.
func (c *socket) take() {
	defer func() {
		if r := recover(); r != nil {
			c.streams.options.Log.Error("a message of a socket panicked", "panic", r, "stack", string(debug.Stack()))
			c.vanish()
		}
	}()
	kind, text, err := c.conn.Read(context.Background()) // ended by closing
	switch {
	case err != nil:
		c.vanish()
		return
	case kind != websocket.MessageText:
		c.close(badRequest, "Messages are text")
		return
	}
	c.hear()
	c.handle(text)
	c.streams.running.Go(c.read)
}

func (c *socket) who() auth.Identity {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.caller
}

func (c *socket) hear() { c.heard.Store(time.Now().UnixNano()) }

// beat pings a quiet peer, and gives up one that stayed quiet for three pings,
// or whose token was taken back.
func (c *socket) beat(now time.Time) {
	quiet := now.Sub(time.Unix(0, c.heard.Load()))
	switch interval := c.streams.options.KeepAlive; {
	case c.who().Gone():
		c.streams.running.Go(func() { c.close(forbidden, "The token was taken back") })
	case quiet > 3*interval+interval/2:
		c.streams.running.Go(c.vanish)
	case quiet > interval/2:
		c.out.offer(net.Buffers{frameHead(pingFrame, 0), nil, nil}) // who has something to read needs none
	}
}

func (c *socket) expire() {
	c.mu.Lock()
	late := c.stage == waiting
	c.mu.Unlock()
	if late {
		c.close(initTimeout, "Connection initialisation timeout")
	}
}

// stopTimer stops waiting for connection_init, or for the token to expire. The
// caller holds mu.
func (c *socket) stopTimer() {
	if c.timer != nil {
		c.timer.Stop()
		c.timer = nil
	}
}

func (c *socket) drain() { c.close(comeBack, "Restarting; connect again") }

// close says why and ends the socket. Only the first one counts.
func (c *socket) close(code websocket.StatusCode, reason string) {
	if !c.end() {
		return
	}
	c.out.drop()
	_ = c.conn.Close(code, reason) // the peer may be gone already
}

// vanish ends the socket without a word.
func (c *socket) vanish() {
	c.end()
	_ = c.conn.CloseNow()
	c.out.drop()
}

// end stops everything that runs for the socket, once.
func (c *socket) end() bool {
	c.mu.Lock()
	if c.stage == closed {
		c.mu.Unlock()
		return false
	}
	c.stage = closed
	c.stopTimer()
	running := c.operations
	c.operations = nil
	c.mu.Unlock()
	for _, op := range running {
		op.stop()
	}
	c.streams.exit(c)
	return true
}

// send queues a message.
func (c *socket) send(parts ...[]byte) {
	text := bytes.Join(parts, nil)
	c.out.push(message{frameHead(textFrame, len(text)), text})
}
