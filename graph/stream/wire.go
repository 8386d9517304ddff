package stream

import (
	"bufio"
	"bytes"
	"net"
	"net/http"
	"sync"
	"time"
)

// wire is the connection below a socket. The websocket library shakes hands,
// reads, and writes control frames; messages are written here, many at a time
// and without copying what they share. Both take turns, frame by frame.
type wire struct {
	net.Conn
	timeout time.Duration // of one write
	turn    sync.Mutex
}

// Write is how the library writes: its control frames fit into its buffer, so
// each comes as one piece.
func (w *wire) Write(frame []byte) (int, error) {
	w.turn.Lock()
	defer w.turn.Unlock()
	_ = w.SetWriteDeadline(time.Now().Add(w.timeout)) // a closed connection says so below
	return w.Conn.Write(frame)
}

// writeAll writes whole frames.
func (w *wire) writeAll(frames net.Buffers) error {
	w.turn.Lock()
	defer w.turn.Unlock()
	_ = w.SetWriteDeadline(time.Now().Add(w.timeout))
	_, err := frames.WriteTo(w.Conn)
	return err
}

// The buffers of a socket: requests are short, and only control frames go
// through the writer. net/http's own of 4 KiB each would be most of an idle
// socket's memory.
const (
	readBuffer  = 256
	writeBuffer = 160
	// sendBuffer bounds what the kernel keeps for a client that does not read;
	// left to itself it takes megabytes each.
	sendBuffer = 64 << 10
)

// boundSending is a hint: without it more memory is used.
func boundSending(conn net.Conn) {
	if secure, ok := conn.(interface{ NetConn() net.Conn }); ok {
		conn = secure.NetConn()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetWriteBuffer(sendBuffer)
	}
}

// taking gives the websocket library the connection of a request as a wire.
type taking struct {
	http.ResponseWriter
	timeout time.Duration
	wire    *wire
}

// Hijack implements http.Hijacker.
func (t *taking) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, buffers, err := http.NewResponseController(t.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	boundSending(conn)
	early, _ := buffers.Peek(buffers.Reader.Buffered()) // what is there cannot fail
	t.wire = &wire{Conn: conn, timeout: t.timeout}
	reader := bufio.NewReaderSize(bytes.NewReader(bytes.Clone(early)), max(readBuffer, len(early)))
	_, _ = reader.Peek(len(early)) // the library goes on from what is buffered
	return t.wire, bufio.NewReadWriter(reader, bufio.NewWriterSize(t.wire, writeBuffer)), nil
}
