package stream

import (
	"bytes"
	"encoding/binary"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/page"
)

// event is one response of a running operation, written once for everybody who
// receives it.
type event struct {
	mark
	text []byte // nextHead and the response
	sse  []byte // what stands before the response in an event stream
}

// mark says where in the change feed an event stands. The zero value is an
// event that tells no place.
type mark struct {
	cursor    page.Cursor
	place     page.Position
	caughtUp  bool // the past was delivered, what follows is live
	resync    bool // the place does not continue the ones before
	heartbeat bool // nothing happened
}

// A next message has its id at the end, so that everything before it is the
// same for every subscriber.
var (
	nextHead  = []byte(`{"type":"next","payload":`)
	lineBreak = []byte("\n\n")
)

// newEvent copies the response: gqlgen writes the next one into the same bytes.
func newEvent(m mark, response *graphql.Response) *event {
	text := make([]byte, 0, len(nextHead)+len(response.Data)+64)
	text = graph.AppendResponse(append(text, nextHead...), response)
	return &event{mark: m, text: oneLine(text), sse: eventHead(m.cursor)}
}

// oneLine replaces line breaks, which JSON has between tokens only and an event
// stream has none of.
func oneLine(text []byte) []byte {
	for i, c := range text {
		if c == '\n' || c == '\r' {
			text[i] = ' '
		}
	}
	return text
}

func eventHead(cursor page.Cursor) []byte {
	var b bytes.Buffer
	b.WriteString("event: next\n")
	if cursor != "" {
		b.WriteString("id: " + string(cursor) + "\n")
	}
	b.WriteString("data: ")
	return b.Bytes()
}

// The opcodes of frames that are written here; the websocket library writes
// the answers to pings and the closing handshake.
const (
	textFrame = 0x81
	pingFrame = 0x89
)

// frameHead is the head of a frame from a server, which is not masked.
func frameHead(opcode byte, size int) []byte {
	switch {
	case size < 126:
		return []byte{opcode, byte(size)}
	case size <= 0xffff:
		return binary.BigEndian.AppendUint16([]byte{opcode, 126}, uint16(size))
	}
	return binary.BigEndian.AppendUint64([]byte{opcode, 127}, uint64(size))
}
