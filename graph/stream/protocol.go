package stream

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/coder/websocket"
	"github.com/vektah/gqlparser/v2/gqlerror"
)

// Close codes of graphql-transport-ws, and those of WebSocket that clients come
// back after.
const (
	badRequest    websocket.StatusCode = 4400
	unauthorized  websocket.StatusCode = 4401
	forbidden     websocket.StatusCode = 4403
	notAcceptable websocket.StatusCode = 4406
	initTimeout   websocket.StatusCode = 4408
	alreadyExists websocket.StatusCode = 4409
	tooManyInits  websocket.StatusCode = 4429
	comeBack                           = websocket.StatusServiceRestart // 1012
	tooSlow                            = websocket.StatusTryAgainLater  // 1013
)

// What a client may call an operation, and what fits into a close frame.
const (
	longestID     = 128
	longestReason = 120
)

// request is what a client sends.
type request struct {
	ID      *string         `json:"id"`
	Type    *string         `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// handle does what a message asks, or closes the socket.
func (c *socket) handle(text []byte) {
	var m request
	if json.Unmarshal(text, &m) != nil || m.Type == nil {
		c.refuse(badRequest, "Invalid message")
		return
	}
	switch *m.Type {
	case "connection_init":
		c.initialise(m.Payload)
	case "ping":
		c.pong(m.Payload)
	case "pong":
	case "subscribe":
		c.subscribe(m)
	case "complete":
		c.complete(m)
	default:
		c.refuse(badRequest, "Invalid message type")
	}
}

// refuse closes the socket for what the client did.
func (c *socket) refuse(code websocket.StatusCode, reason string) {
	if len(reason) > longestReason {
		reason = strings.ToValidUTF8(reason[:longestReason], "")
	}
	c.close(code, reason)
}

// initialise makes the socket ready, if its caller may come in.
func (c *socket) initialise(raw json.RawMessage) {
	payload := map[string]any{}
	if len(raw) > 0 && json.Unmarshal(raw, &payload) != nil {
		c.refuse(badRequest, "The payload of connection_init must be an object")
		return
	}
	c.mu.Lock()
	stage, caller := c.stage, c.caller
	c.mu.Unlock()
	if stage != waiting {
		c.refuse(tooManyInits, "Too many initialisation requests")
		return
	}
	if authenticate := c.streams.options.Authenticate; authenticate != nil {
		ctx, err := authenticate(auth.With(c.streams.ctx, caller), payload)
		if err != nil {
			c.refuse(forbidden, "Forbidden")
			return
		}
		caller = auth.From(ctx)
	}
	c.admit(caller)
	c.send([]byte(`{"type":"connection_ack"}`))
}

// admit makes the socket ready for a caller, as long as their token lasts.
func (c *socket) admit(caller auth.Identity) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stage == closed {
		return
	}
	c.stage, c.caller = ready, caller
	c.stopTimer()
	if !caller.Expires.IsZero() {
		c.timer = time.AfterFunc(time.Until(caller.Expires), func() { c.close(forbidden, "The token has expired") })
	}
}

// renew takes a newer token of the same caller, so that a socket outlives the
// one it was opened with. Its subscriptions go on.
func (c *socket) renew(payload map[string]any) bool {
	c.mu.Lock()
	stage, caller := c.stage, c.caller
	c.mu.Unlock()
	if stage != ready {
		c.refuse(unauthorized, "Unauthorized")
		return false
	}
	ctx, err := c.streams.options.Authenticate(auth.With(c.streams.ctx, caller), payload)
	if err != nil {
		c.refuse(forbidden, "Forbidden")
		return false
	}
	renewed := auth.From(ctx)
	if renewed.Name != caller.Name || !slices.Equal(renewed.Roles, caller.Roles) {
		c.refuse(forbidden, "The token is another caller's; connect again")
		return false
	}
	c.admit(renewed)
	return true
}

// carriesToken tells whether a ping brings a token: the same key as in
// connection_init.
func carriesToken(payload map[string]any) bool {
	for key := range payload {
		if strings.EqualFold(key, "authorization") {
			return true
		}
	}
	return false
}

func (c *socket) pong(payload json.RawMessage) {
	if len(payload) == 0 {
		c.send([]byte(`{"type":"pong"}`))
		return
	}
	var fields map[string]any
	if json.Unmarshal(payload, &fields) != nil {
		c.refuse(badRequest, "The payload of ping must be an object")
		return
	}
	if c.streams.options.Authenticate != nil && carriesToken(fields) {
		if c.renew(fields) {
			c.send([]byte(`{"type":"pong"}`)) // a token is not sent back
		}
		return
	}
	c.send([]byte(`{"type":"pong","payload":`), payload, []byte(`}`))
}

// subscribe starts an operation of any kind.
func (c *socket) subscribe(m request) {
	if m.ID == nil || *m.ID == "" || len(*m.ID) > longestID || len(m.Payload) == 0 {
		c.refuse(badRequest, "subscribe needs an id and a payload")
		return
	}
	params, refusal := c.handler.ReadRequest(m.Payload)
	if refusal != nil && refusal.Code == fault.BadUserInput {
		c.refuse(badRequest, "Invalid message: "+refusal.Message)
		return
	}
	op := &operation{socket: c, id: *m.ID, tail: tailOf(*m.ID)}
	c.mu.Lock()
	stage, running := c.stage, len(c.operations)
	_, taken := c.operations[op.id]
	room := running < c.streams.options.MaxOperations
	if stage == ready && !taken && room && refusal == nil {
		c.operations[op.id] = op
	}
	c.mu.Unlock()
	switch {
	case stage != ready:
		c.refuse(unauthorized, "Unauthorized")
	case taken:
		c.refuse(alreadyExists, fmt.Sprintf("Subscriber for %s already exists", op.id))
	case refusal != nil:
		op.refuse(refusal)
	case !room:
		op.refuse(fault.Errorf(fault.Unavailable, "This socket runs %d operations, which is the limit.", running).
			Hint("Complete some of them, or open another socket."))
	default:
		c.streams.running.Go(func() { op.run(params) })
	}
}

// complete ends an operation from the client's side; one that is over already
// needs no word.
func (c *socket) complete(m request) {
	if m.ID == nil || *m.ID == "" {
		c.refuse(badRequest, "complete needs an id")
		return
	}
	c.mu.Lock()
	op := c.operations[*m.ID]
	delete(c.operations, *m.ID)
	c.mu.Unlock()
	if op != nil {
		op.stop()
	}
}

// tailOf is what follows the payload in the messages of an operation.
func tailOf(id string) []byte {
	text, err := json.Marshal(id)
	if err != nil {
		panic("a string is always JSON: " + err.Error())
	}
	return append(append([]byte(`,"id":`), text...), '}')
}

var (
	completeHead = []byte(`{"type":"complete"`)
	errorHead    = []byte(`{"type":"error","payload":`)
)

// errorsOf is the payload of an error message.
func errorsOf(response *graphql.Response) []byte {
	errs := response.Errors
	if errs == nil {
		errs = gqlerror.List{}
	}
	text, err := json.Marshal(errs)
	if err != nil {
		return []byte(`[]`)
	}
	return text
}
