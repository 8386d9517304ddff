package stream

import (
	"encoding/json"
	"fmt"
	"strings"

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

// message is what both sides send.
type message struct {
	ID      *string         `json:"id"`
	Type    *string         `json:"type"`
	Payload json.RawMessage `json:"payload"`
}

// handle does what a message asks. False when it closed the socket.
func (c *socket) handle(text []byte) bool {
	var m message
	if json.Unmarshal(text, &m) != nil || m.Type == nil {
		return c.refuse(badRequest, "Invalid message")
	}
	switch *m.Type {
	case "connection_init":
		return c.initialise(m.Payload)
	case "ping":
		return c.pong(m.Payload)
	case "pong":
		return true
	case "subscribe":
		return c.subscribe(m)
	case "complete":
		return c.complete(m)
	}
	return c.refuse(badRequest, "Invalid message type")
}

func (c *socket) refuse(code websocket.StatusCode, reason string) bool {
	if len(reason) > longestReason {
		reason = strings.ToValidUTF8(reason[:longestReason], "")
	}
	c.close(code, reason)
	return false
}

// initialise makes the socket ready, if its caller may come in.
func (c *socket) initialise(raw json.RawMessage) bool {
	payload := map[string]any{}
	if len(raw) > 0 && json.Unmarshal(raw, &payload) != nil {
		return c.refuse(badRequest, "The payload of connection_init must be an object")
	}
	c.mu.Lock()
	stage, caller := c.stage, c.caller
	c.mu.Unlock()
	if stage != waiting {
		return c.refuse(tooManyInits, "Too many initialisation requests")
	}
	if authenticate := c.streams.options.Authenticate; authenticate != nil {
		ctx, err := authenticate(auth.With(c.streams.ctx, caller), payload)
		if err != nil {
			return c.refuse(forbidden, "Forbidden")
		}
		caller = auth.From(ctx)
	}
	c.mu.Lock()
	if c.stage == waiting {
		c.stage, c.caller = ready, caller
	}
	c.stopTimer()
	c.mu.Unlock()
	c.send([]byte(`{"type":"connection_ack"}`))
	return true
}

func (c *socket) pong(payload json.RawMessage) bool {
	if len(payload) == 0 {
		c.send([]byte(`{"type":"pong"}`))
		return true
	}
	var fields map[string]any
	if json.Unmarshal(payload, &fields) != nil {
		return c.refuse(badRequest, "The payload of ping must be an object")
	}
	c.send([]byte(`{"type":"pong","payload":`), payload, []byte(`}`))
	return true
}

// subscribe starts an operation of any kind.
func (c *socket) subscribe(m message) bool {
	if m.ID == nil || *m.ID == "" || len(*m.ID) > longestID || len(m.Payload) == 0 {
		return c.refuse(badRequest, "subscribe needs an id and a payload")
	}
	params, refusal := c.handler.ReadRequest(m.Payload)
	if refusal != nil && refusal.Code == fault.BadUserInput {
		return c.refuse(badRequest, "Invalid message: "+refusal.Message)
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
		return c.refuse(unauthorized, "Unauthorized")
	case taken:
		return c.refuse(alreadyExists, fmt.Sprintf("Subscriber for %s already exists", op.id))
	case refusal != nil:
		op.refuse(refusal)
	case !room:
		op.refuse(fault.Errorf(fault.Unavailable, "This socket runs %d operations, which is the limit.", running).
			Hint("Complete some of them, or open another socket."))
	default:
		c.streams.running.Go(func() { op.run(params) })
	}
	return true
}

// complete ends an operation from the client's side; one that is over already
// needs no word.
func (c *socket) complete(m message) bool {
	if m.ID == nil || *m.ID == "" {
		return c.refuse(badRequest, "complete needs an id")
	}
	c.mu.Lock()
	op := c.operations[*m.ID]
	delete(c.operations, *m.ID)
	c.mu.Unlock()
	if op != nil {
		op.stop()
	}
	return true
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
