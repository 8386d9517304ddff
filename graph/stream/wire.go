package stream

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// wire is the connection below a socket. The websocket library shakes hands,
// reads, and writes control frames; messages are written here, many at a time
// and without copying what they share. Both take turns, frame by frame. Frames
// are waited for here, too, because that needs less stack than the library.
type wire struct {
	net.Conn
	timeout time.Duration // of one write
	turn    sync.Mutex    // held while writing

	reading sync.Mutex // guards what follows
	early   []byte     // what came with the handshake
	head    [10]byte   // of the frame that comes in, without its mask
	held    []byte     // what of head the library has not taken
	left    uint64     // bytes of the frame after head that it has not taken
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

// await returns when a frame comes in that is for the library, at once when it
// has not taken all of the last one. An idle socket has nothing running but this.
// Answers to our pings, all that an idle client sends, are no more than noted.
func (w *wire) await(pong func()) error {
	w.reading.Lock()
	defer w.reading.Unlock()
	for len(w.held) == 0 && w.left == 0 {
		if err := w.begin(); err != nil {
			return err
		}
		if w.head[0] != pongFrame || w.head[1] != masked {
			return nil
		}
		if _, err := io.ReadFull(incoming{w}, w.head[:maskSize]); err != nil {
			return err
		}
		w.held, w.left = nil, 0
		pong()
	}
	return nil
}

// The head of a frame from a client (RFC 6455, section 5.2).
const (
	pongFrame = 0x8a
	masked    = 0x80 // of the second byte; the rest is the size, or how many bytes it has
	size16    = 126
	size64    = 127
	maskSize  = 4
)

// begin reads the head of a frame.
func (w *wire) begin() error {
	if _, err := io.ReadFull(incoming{w}, w.head[:2]); err != nil {
		return err
	}
	n, size := 2, uint64(w.head[1]&^masked)
	switch size {
	case size16:
		n = 4
	case size64:
		n = 10
	}
	if _, err := io.ReadFull(incoming{w}, w.head[2:n]); err != nil {
		return err
	}
	switch n {
	case 4:
		size = uint64(binary.BigEndian.Uint16(w.head[2:]))
	case 10:
		size = binary.BigEndian.Uint64(w.head[2:]) &^ (1 << 63) // which the library refuses
	}
	if w.head[1]&masked != 0 {
		size += maskSize
	}
	w.held, w.left = w.head[:n], size
	return nil
}

// incoming reads what comes in, as it is.
type incoming struct{ *wire }

// Read implements io.Reader.
func (s incoming) Read(into []byte) (int, error) {
	if len(s.early) > 0 {
		n := copy(into, s.early)
		s.early = s.early[n:]
		return n, nil
	}
	return s.Conn.Read(into)
}

// Read is how the library reads: never beyond a frame, so that nothing of the
// next one is with it when await is called.
func (w *wire) Read(into []byte) (n int, err error) {
	w.reading.Lock()
	defer w.reading.Unlock()
	if len(w.held) == 0 && w.left == 0 {
		if err := w.begin(); err != nil {
			return 0, err
		}
	}
	if len(w.held) > 0 {
		n = copy(into, w.held)
		w.held = w.held[n:]
		return n, nil
	}
	n, err = incoming{w}.Read(into[:min(uint64(len(into)), w.left)])
	w.left -= uint64(n)
	return n, err
}

// The buffers of a socket: requests are short, and only control frames go
// through the writer. net/http's own of 4 KiB each would be most of an idle
// socket's memory.
const (
	readBuffer  = 64
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
	t.wire = &wire{Conn: conn, timeout: t.timeout, early: bytes.Clone(early)}
	return t.wire, bufio.NewReadWriter(bufio.NewReaderSize(t.wire, readBuffer), bufio.NewWriterSize(t.wire, writeBuffer)), nil
}
