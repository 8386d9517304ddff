package rig

import (
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// Proxy passes TCP connections on to one of its targets in turn, leaving out
// those that refuse. It can break what it carries.
type Proxy struct {
	listener net.Listener

	mu      sync.Mutex
	targets []string
	next    int
	open    map[net.Conn]struct{}
	held    chan struct{} // closed when what is held may go on; nil while nothing is held
	Carried atomic.Int64  // connections so far
}

// NewProxy listens on a free port of loopback.
func NewProxy(targets ...string) (*Proxy, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	p := &Proxy{listener: l, targets: targets, open: map[net.Conn]struct{}{}}
	go p.accept() // ends with Close
	return p, nil
}

// Port is where it listens.
func (p *Proxy) Port() int { return p.listener.Addr().(*net.TCPAddr).Port }

// Addr is where it listens, as host:port.
func (p *Proxy) Addr() string { return p.listener.Addr().String() }

// Redirect changes the targets of new connections.
func (p *Proxy) Redirect(targets ...string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.targets = targets
}

// Cut breaks every connection that it carries.
func (p *Proxy) Cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	for c := range p.open {
		_ = c.Close()
	}
}

// Hold carries nothing on until release is called, and tells nobody: a network
// that is gone. Connections that come meanwhile are taken and held, too.
func (p *Proxy) Hold() (release func()) {
	held := make(chan struct{})
	p.mu.Lock()
	p.held = held
	p.mu.Unlock()
	return sync.OnceFunc(func() {
		p.mu.Lock()
		p.held = nil
		p.mu.Unlock()
		close(held)
	})
}

// gate writes to a connection unless the proxy holds.
type gate struct {
	proxy *Proxy
	to    net.Conn
}

func (g gate) Write(b []byte) (int, error) {
	g.proxy.mu.Lock()
	held := g.proxy.held
	g.proxy.mu.Unlock()
	if held != nil {
		<-held
	}
	return g.to.Write(b)
}

// Close ends everything.
func (p *Proxy) Close() {
	_ = p.listener.Close()
	p.Cut()
}

func (p *Proxy) accept() {
	for {
		conn, err := p.listener.Accept()
		if err != nil {
			return
		}
		go p.carry(conn)
	}
}

func (p *Proxy) carry(conn net.Conn) {
	defer conn.Close()
	target := p.dial()
	if target == nil {
		return
	}
	defer target.Close()
	p.Carried.Add(1)
	p.keep(true, conn, target)
	defer p.keep(false, conn, target)
	done := make(chan struct{}, 2)
	for _, pair := range [][2]net.Conn{{conn, target}, {target, conn}} {
		go func() {
			_, _ = io.Copy(gate{p, pair[0]}, pair[1])
			done <- struct{}{}
		}()
	}
	<-done // when one side is gone, so is the other
}

func (p *Proxy) keep(add bool, conns ...net.Conn) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range conns {
		if add {
			p.open[c] = struct{}{}
		} else {
			delete(p.open, c)
		}
	}
}

func (p *Proxy) dial() net.Conn {
	p.mu.Lock()
	targets, first := p.targets, p.next
	p.next++
	p.mu.Unlock()
	for i := range targets {
		if conn, err := net.DialTimeout("tcp", targets[(first+i)%len(targets)], time.Second); err == nil {
			return conn
		}
	}
	return nil
}
