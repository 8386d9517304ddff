package rig

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/coder/websocket"
)

// Change is a change as a client received it.
type Change struct {
	Cursor    string
	ID        string
	Kind      string
	OldStatus *string
	NewStatus *string
	Reason    *string
	At        time.Time
}

// Key names a change: what its writer called the transaction, and the object.
func (c Change) Key() string {
	reason := ""
	if c.Reason != nil {
		reason = *c.Reason
	}
	return reason + " " + c.ID
}

// Client follows statusFeed over one of the transports, and comes back with its
// last cursor whenever the connection is gone. What it received over all its
// connections is one list.
type Client struct {
	Addr    string         // of the server or a balancer
	Events  bool           // server-sent events instead of a socket
	Filter  string         // a StatusFilter as GraphQL text, such as {kinds: [TASK_INSTANCE]}; empty for all
	Every   func(c Change) // called for each change; may be nil
	Discard bool           // do not keep what was received

	mu       sync.Mutex
	received []Change
	resyncs  []Resync
	cursor   string
	stall    chan struct{} // while it is not nil, nothing is read
	cut      func()        // breaks the current connection without a word

	CaughtUp   chan struct{} // closed once the first connection is live
	Reconnects atomic.Int64
	Messages   atomic.Int64
	once       sync.Once
}

// Resync is a break that the server told, and how much had been received then.
type Resync struct {
	Reason string
	At     int
	Before string // the place that has no continuation
	Cursor string // where the feed goes on
}

// NewClient makes a client; Run makes it follow.
func NewClient(addr string) *Client { return &Client{Addr: addr, CaughtUp: make(chan struct{})} }

// Received is everything so far.
func (c *Client) Received() ([]Change, []Resync) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]Change(nil), c.received...), append([]Resync(nil), c.resyncs...)
}

// Begin is the place to go on from; to be called before Run.
func (c *Client) Begin(cursor string) { c.cursor = cursor }

// Cursor is the place reached.
func (c *Client) Cursor() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.cursor
}

// Vanish breaks the connection without a word.
func (c *Client) Vanish() {
	c.mu.Lock()
	cut := c.cut
	c.mu.Unlock()
	if cut != nil {
		cut()
	}
}

// Stall stops reading, and connecting, until resume is called.
func (c *Client) Stall() (resume func()) {
	stall := make(chan struct{})
	c.mu.Lock()
	c.stall = stall
	c.mu.Unlock()
	return sync.OnceFunc(func() {
		c.mu.Lock()
		c.stall = nil
		c.mu.Unlock()
		close(stall)
	})
}

// Run follows until ctx ends.
func (c *Client) Run(ctx context.Context) {
	for ctx.Err() == nil {
		c.wait(ctx)
		session, cancel := context.WithCancel(ctx)
		c.mu.Lock()
		c.cut = cancel
		c.mu.Unlock()
		if c.Events {
			_ = c.listen(session) // whatever ended it, the client comes back
		} else {
			_ = c.talk(session)
		}
		cancel()
		c.Reconnects.Add(1)
		select {
		case <-ctx.Done():
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// operation is what is asked for; the filter is part of the text, so that
// clients with the same one are alike to the server.
func (c *Client) operation() map[string]any {
	filter := ""
	if c.Filter != "" {
		filter = ", filter: " + c.Filter
	}
	variables := map[string]any{}
	if cursor := c.Cursor(); cursor != "" {
		variables["after"] = cursor
	}
	return map[string]any{"variables": variables, "query": `subscription Feed($after: Cursor) { statusFeed(after: $after` + filter + `, heartbeatSeconds: 2) {
		__typename cursor ... on FeedResync { reason } ... on FeedChanges { changes { cursor id kind oldStatus newStatus reason at } }
	} }`}
}

// talk speaks graphql-transport-ws.
func (c *Client) talk(ctx context.Context) error {
	dial, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	conn, _, err := websocket.Dial(dial, "ws://"+c.Addr+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}) //nolint:bodyclose // the library says that it needs no closing
	if err != nil {
		return err
	}
	defer func() { _ = conn.CloseNow() }()
	conn.SetReadLimit(64 << 20)
	subscribe, err := json.Marshal(map[string]any{"id": "1", "type": "subscribe", "payload": c.operation()})
	if err != nil {
		return err
	}
	if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
		return err
	}
	if _, _, err := conn.Read(dial); err != nil { // connection_ack
		return err
	}
	if err := conn.Write(ctx, websocket.MessageText, subscribe); err != nil {
		return err
	}
	for {
		c.wait(ctx)
		text, err := read(ctx, conn)
		if err != nil {
			return err
		}
		var m struct {
			Type    string
			Payload json.RawMessage
		}
		if err := json.Unmarshal(text, &m); err != nil {
			return err
		}
		switch m.Type {
		case "next":
			c.take(m.Payload)
		case "ping":
			if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"pong"}`)); err != nil {
				return err
			}
		case "error", "complete":
			return fmt.Errorf("the server ended the subscription: %s", text)
		}
	}
}

// patience is how long a client waits for a sign of life. Heartbeats come every
// two seconds, so it has missed several when it takes the connection for dead.
const patience = 10 * time.Second

func read(ctx context.Context, conn *websocket.Conn) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, text, err := conn.Read(ctx)
	return text, err
}

// listen reads server-sent events. The place goes in Last-Event-ID, as with a
// browser.
func (c *Client) listen(ctx context.Context) error {
	operation := c.operation()
	operation["variables"] = map[string]any{}
	body, err := json.Marshal(operation)
	if err != nil {
		return err
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.Addr+"/graphql", bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Header.Set("Accept", "text/event-stream")
	if cursor := c.Cursor(); cursor != "" {
		request.Header.Set("Last-Event-ID", cursor)
	}
	transport := &http.Transport{DisableKeepAlives: true}
	response, err := transport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	lines := bufio.NewReaderSize(response.Body, 64<<10)
	silent := time.AfterFunc(patience, func() { _ = response.Body.Close() })
	defer silent.Stop()
	for {
		c.wait(ctx)
		silent.Reset(patience)
		line, err := lines.ReadString('\n')
		if err != nil {
			return err
		}
		if data, ok := strings.CutPrefix(line, "data: "); ok {
			c.take([]byte(data))
		}
		if strings.HasPrefix(line, "event: complete") {
			return fmt.Errorf("the server ended the subscription")
		}
	}
}

func (c *Client) wait(ctx context.Context) {
	c.mu.Lock()
	stall := c.stall
	c.mu.Unlock()
	if stall != nil {
		select {
		case <-stall:
		case <-ctx.Done():
		}
	}
}

func (c *Client) take(payload []byte) {
	var p struct {
		Data *struct {
			StatusFeed struct {
				Typename string `json:"__typename"`
				Cursor   string
				Reason   string
				Changes  []Change
			}
		}
	}
	if json.Unmarshal(payload, &p) != nil || p.Data == nil {
		return
	}
	c.Messages.Add(1)
	e := p.Data.StatusFeed
	c.mu.Lock()
	if e.Typename == "FeedResync" {
		c.resyncs = append(c.resyncs, Resync{e.Reason, len(c.received), c.cursor, e.Cursor})
	}
	if e.Cursor != "" {
		c.cursor = e.Cursor
	}
	if !c.Discard {
		c.received = append(c.received, e.Changes...)
	}
	c.mu.Unlock()
	if c.Every != nil {
		for _, change := range e.Changes {
			c.Every(change)
		}
	}
	if e.Typename == "FeedCaughtUp" {
		c.once.Do(func() { close(c.CaughtUp) })
	}
}
