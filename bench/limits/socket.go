package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// socket is the least that speaks graphql-transport-ws: the load must cost less
// than what it measures.
type socket struct {
	net.Conn
	mu   sync.Mutex   // of writes
	each atomic.Value // func([]byte), what to do with a message
}

// dial opens a socket that was welcomed.
func dial(addr string) (*socket, error) {
	conn, err := net.DialTimeout("tcp", addr, 10*time.Second)
	if err != nil {
		return nil, err
	}
	s := &socket{Conn: conn}
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	_, err = fmt.Fprintf(conn, "GET /graphql HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n", addr)
	if err == nil {
		err = s.welcomed()
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	_ = conn.SetDeadline(time.Time{})
	go s.read() // ends with the connection
	return s, nil
}

func (s *socket) welcomed() error {
	var head []byte
	one := make([]byte, 1)
	for !bytes.HasSuffix(head, []byte("\r\n\r\n")) {
		if _, err := io.ReadFull(s.Conn, one); err != nil {
			return err
		}
		head = append(head, one[0])
	}
	if !strings.HasPrefix(string(head), "HTTP/1.1 101") {
		return fmt.Errorf("no socket: %.60q", head)
	}
	if err := s.send(`{"type":"connection_init"}`); err != nil {
		return err
	}
	text, err := readFrame(s.Conn)
	if err == nil && !bytes.Contains(text, []byte("connection_ack")) {
		err = fmt.Errorf("not welcomed: %s", text)
	}
	return err
}

// send writes a text frame with a mask of zeros.
func (s *socket) send(text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	frame := []byte{0x81}
	switch n := len(text); {
	case n < 126:
		frame = append(frame, 0x80|byte(n))
	default:
		frame = binary.BigEndian.AppendUint16(append(frame, 0x80|126), uint16(n))
	}
	frame = append(frame, 0, 0, 0, 0)
	_, err := s.Write(append(frame, text...))
	return err
}

// readFrame reads one frame that the server did not mask.
func readFrame(r io.Reader) ([]byte, error) {
	var head [8]byte
	if _, err := io.ReadFull(r, head[:2]); err != nil {
		return nil, err
	}
	size := uint64(head[1] & 0x7f)
	switch size {
	case 126:
		if _, err := io.ReadFull(r, head[:2]); err != nil {
			return nil, err
		}
		size = uint64(binary.BigEndian.Uint16(head[:2]))
	case 127:
		if _, err := io.ReadFull(r, head[:8]); err != nil {
			return nil, err
		}
		size = binary.BigEndian.Uint64(head[:8])
	}
	if size > 64<<20 {
		return nil, errors.New("a frame that large is not ours")
	}
	text := make([]byte, size)
	_, err := io.ReadFull(r, text)
	return text, err
}

// feedQuery is a firehose, or the feed of the objects in $ids.
const feedQuery = `subscription Bench($ids: [ID!], $after: Cursor) { statusFeed(filter: {ids: $ids}, after: $after, heartbeatSeconds: 60) {
	__typename cursor ... on FeedChanges { changes { id newStatus reason } } } }`

// subscribe starts a subscription to some objects, or to all.
func (s *socket) subscribe(name string, ids []string, after string) error {
	variables := map[string]any{}
	if ids != nil {
		variables["ids"] = ids
	}
	if after != "" {
		variables["after"] = after
	}
	text, err := json.Marshal(map[string]any{"id": name, "type": "subscribe", "payload": map[string]any{"query": feedQuery, "variables": variables}})
	if err != nil {
		return err
	}
	return s.send(string(text))
}

// handle says what to do with messages from now on.
func (s *socket) handle(each func(text []byte)) { s.each.Store(each) }

// read answers pings, so that the server keeps the socket, and hands every
// other message over until the connection ends.
func (s *socket) read() {
	reader := bufio.NewReaderSize(s.Conn, 1<<10)
	for {
		text, err := readFrame(reader)
		if err != nil {
			return
		}
		if bytes.Contains(text, []byte(`"type":"ping"`)) {
			_ = s.send(`{"type":"pong"}`)
		} else if each, ok := s.each.Load().(func([]byte)); ok {
			each(text)
		}
	}
}
