// Package stream carries operations that last: graphql-transport-ws over
// sockets and server-sent events over plain requests, both over the executor of
// package graph. It knows the protocols and no entity.
//
// Who subscribes to the same thing is in one cohort: each event is executed once
// and its bytes are queued for every member. Cohorts that differ only in what
// they watch share all that executes their events. A member that reads slowly is
// not waited for: it leaves the cohort, goes on by itself from its last place
// and comes back when it has caught up.
package stream

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/internal/fault"
)

// Options bound what clients may hold. Fields that are zero have their default.
type Options struct {
	Log     *slog.Logger // nil = slog.Default()
	Origins []string     // web origins besides our own whose pages may open sockets

	// Authenticate looks at the payload of connection_init and names the caller
	// in the context. nil leaves the caller of the HTTP request.
	Authenticate func(ctx context.Context, payload map[string]any) (context.Context, error)

	MaxClients    int // sockets and event streams in total; 0 = 20,000
	MaxPerAddress int // from one network address; 0 = no limit
	MaxOperations int // at a time on one socket; 0 = 100

	InitTimeout  time.Duration // for connection_init; 0 = 3 s
	WriteTimeout time.Duration // of one write; 0 = 5 s
	KeepAlive    time.Duration // between pings on a quiet connection; 0 = 10 s. Three without an answer end a socket.
	FrameBytes   int64         // of one message from a client; 0 = 64 KiB
	QueueBytes   int           // that may wait for a slow client; 0 = 256 KiB
}

func (o Options) withDefaults() Options {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	set(&o.MaxClients, 20_000)
	set(&o.MaxOperations, 100)
	set(&o.InitTimeout, 3*time.Second)
	set(&o.WriteTimeout, 5*time.Second)
	set(&o.KeepAlive, 10*time.Second)
	set(&o.FrameBytes, 64<<10)
	set(&o.QueueBytes, 256<<10)
	return o
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// Streams are the open connections of a process and what they share. It is a
// graph.Transport.
type Streams struct {
	options Options
	ctx     context.Context // of everything that runs here; ends when draining is over
	end     context.CancelFunc
	running sync.WaitGroup // every goroutine of this package
	turns   chan struct{}  // held while an operation of a socket is prepared
	begins  chan struct{}  // held while a subscription begins
	rota    *rota          // of the live cohorts

	mu        sync.Mutex
	draining  bool
	entered   int                   // connections, those that still shake hands too
	clients   map[client]string     // to the address each came from
	addresses map[string]int        // connections from each address
	groups    map[groupKey]*group   // of all cohorts
	cohorts   map[cohortKey]*cohort // those that are live
	starting  map[startKey]*cohort  // those that others may start with
}

// client is a connection: a socket or an event stream.
type client interface {
	beat(now time.Time) // keeps it alive, or finds that it is dead
	drain()             // tells the peer to come back later, and ends
}

var _ graph.Transport = (*Streams)(nil)

// New makes the transports. Drain ends what they started.
func New(o Options) *Streams {
	s := &Streams{
		options: o.withDefaults(), clients: map[client]string{},
		addresses: map[string]int{}, groups: map[groupKey]*group{}, cohorts: map[cohortKey]*cohort{}, starting: map[startKey]*cohort{},
		rota: newRota(), begins: make(chan struct{}, beginning), turns: make(chan struct{}, 2*runtime.GOMAXPROCS(0)),
	}
	s.ctx, s.end = context.WithCancel(context.Background())
	context.AfterFunc(s.ctx, s.rota.close)
	s.running.Go(s.beatAll)
	for range workers {
		s.running.Go(s.rota.work)
	}
	return s
}

// Supports takes WebSocket handshakes and requests that accept event streams.
func (s *Streams) Supports(r *http.Request) bool { return isHandshake(r) || wantsEvents(r) }

func isHandshake(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}

// Serve holds the connection as long as both sides want.
func (s *Streams) Serve(w http.ResponseWriter, r *http.Request, h *graph.Handler) {
	if isHandshake(r) {
		s.serveSocket(w, r, h)
		return
	}
	s.serveEvents(w, r, h)
}

// enter counts a connection in before anything is done for it. It answers why
// not when there are too many.
func (s *Streams) enter(r *http.Request) (address string, refusal *fault.Fault) {
	address, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		address = r.RemoteAddr
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch most := s.options.MaxPerAddress; {
	case s.draining:
		return "", fault.Errorf(fault.Unavailable, "The server is about to stop.").Hint("Connect again in a moment.")
	case s.entered >= s.options.MaxClients:
		return "", fault.Errorf(fault.Unavailable, "The server holds as many connections as it can.").Hint("Try again later.")
	case most > 0 && s.addresses[address] >= most:
		return "", fault.Errorf(fault.Unavailable, "Your address has %d connections open, which is the limit.", most).
			Hint("Share one connection between subscriptions.")
	}
	s.entered++
	s.addresses[address]++
	return address, nil
}

// open makes a connection that entered one that is kept alive and drained.
func (s *Streams) open(c client, address string) {
	s.mu.Lock()
	s.clients[c] = address
	late := s.draining
	s.mu.Unlock()
	if late {
		s.running.Go(c.drain)
	}
}

// exit takes a connection out that was opened, once.
func (s *Streams) exit(c client) {
	s.mu.Lock()
	address, in := s.clients[c]
	delete(s.clients, c)
	s.mu.Unlock()
	if in {
		s.release(address)
	}
}

// release gives back what enter counted.
func (s *Streams) release(address string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.entered--
	if s.addresses[address]--; s.addresses[address] == 0 {
		delete(s.addresses, address)
	}
}

// Counts are how many connections are open, and how many operations they share.
func (s *Streams) Counts() (clients, cohorts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.clients), len(s.cohorts)
}

// Drain refuses new connections, tells the open ones to come back later and
// waits until they are gone or ctx ends.
func (s *Streams) Drain(ctx context.Context) {
	s.mu.Lock()
	s.draining = true
	open := make([]client, 0, len(s.clients))
	for c := range s.clients {
		open = append(open, c)
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() { // ends with the last client, each bounded by the write timeout
		defer close(gone)
		var leaving sync.WaitGroup
		for _, c := range open {
			leaving.Go(c.drain)
		}
		leaving.Wait()
		s.end()
		s.running.Wait()
	}()
	select {
	case <-gone:
	case <-ctx.Done():
		s.end()
	}
}

// beatAll keeps all connections alive from one goroutine. Each round is spread
// over the interval, so that thousands of pings do not leave at once.
func (s *Streams) beatAll() {
	const parts = 10
	ticker := time.NewTicker(s.options.KeepAlive / parts)
	defer ticker.Stop()
	var waiting []client
	share := 0
	for {
		select {
		case <-s.ctx.Done():
			return
		case now := <-ticker.C:
			if len(waiting) == 0 {
				waiting = s.all()
				share = (len(waiting) + parts - 1) / parts
			}
			turn := waiting[:min(share, len(waiting))]
			waiting = waiting[len(turn):]
			for _, c := range turn {
				c.beat(now)
			}
		}
	}
}

func (s *Streams) all() []client {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := make([]client, 0, len(s.clients))
	for c := range s.clients {
		all = append(all, c)
	}
	return all
}
