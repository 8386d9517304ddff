package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	neturl "net/url"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/augmentedos/graph/migrations"
	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
)

const (
	idleMemory         = "idle socket, KiB"
	idleGoroutines     = "idle socket, goroutines"
	subscribedMemory   = "one more subscription to the same, KiB"
	subscribedRoutines = "one more subscription, goroutines"
	keyedMemory        = "one more subscription to another run, KiB"
	keyedRoutines      = "one more to another run, goroutines"
	subscribeCPU       = "processor time to subscribe, µs"
	deliveryCPU        = "processor time of a delivery, µs"
)

var figureNames = []string{
	idleMemory, idleGoroutines, subscribedMemory, subscribedRoutines, keyedMemory, keyedRoutines, subscribeCPU, deliveryCPU,
	latencyMedian, latencyTail, oneCPU, besideMedian, besideTail, firehoseCPU, resumeTime,
}

// subscriptionsPerSocket is how many more each socket takes.
const subscriptionsPerSocket = 50

const document = `subscription { statusFeed(filter: {kinds: [WORKFLOW_DEFINITION]}, heartbeatSeconds: 60) { __typename ... on FeedChanges { changes { id kind what oldStatus newStatus at } } } }`

// database makes a database for the measurement.
func database(ctx context.Context, server string) (url string, drop func(), err error) {
	config, err := pgx.ParseConfig(server)
	if err != nil {
		return "", nil, err
	}
	admin, err := pgx.ConnectConfig(ctx, config)
	if err != nil {
		return "", nil, err
	}
	name := fmt.Sprintf("aos_bench_%d", os.Getpid())
	if _, err := admin.Exec(ctx, "create database "+name); err != nil {
		return "", nil, err
	}
	address, err := neturl.Parse(server)
	if err != nil {
		return "", nil, err
	}
	address.Path = "/" + name
	url = address.String()
	drop = func() {
		_, _ = admin.Exec(context.WithoutCancel(ctx), "drop database if exists "+name+" with (force)")
		_ = admin.Close(context.WithoutCancel(ctx))
	}
	if err := migrations.Up(ctx, url, slog.New(slog.DiscardHandler)); err != nil {
		drop()
		return "", nil, err
	}
	return url, drop, nil
}

// subject is a server process under measurement.
type subject struct {
	command *exec.Cmd
	address string
}

func launch(ctx context.Context, transport, url string) (*subject, error) {
	command := exec.CommandContext(ctx, os.Args[0], "-serve", transport, "-url", url)
	command.Stderr = os.Stderr
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGINT) }
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := command.Start(); err != nil {
		return nil, err
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	return &subject{command, strings.TrimSpace(line)}, err
}

func (s *subject) stop() {
	_ = s.command.Process.Signal(syscall.SIGINT)
	_ = s.command.Wait()
}

func (s *subject) state() (now state, err error) {
	response, err := http.Get("http://" + s.address + "/state")
	if err != nil {
		return now, err
	}
	defer response.Body.Close()
	return now, json.NewDecoder(response.Body).Decode(&now)
}

// cpu is the processor time that the process used so far.
func (s *subject) cpu() time.Duration {
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/stat", s.command.Process.Pid))
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	user, _ := strconv.Atoi(fields[11])
	system, _ := strconv.Atoi(fields[12])
	return time.Duration(user+system) * 10 * time.Millisecond
}

// crowd are sockets that count what they receive.
type crowd struct {
	conns    []*websocket.Conn
	live     atomic.Int64 // subscriptions that caught up
	received atomic.Int64 // changes
	one      map[*websocket.Conn]*stopwatch
}

func (s *subject) connect(ctx context.Context, n int) (*crowd, error) {
	c := &crowd{}
	for range n {
		conn, _, err := websocket.Dial(ctx, "ws://"+s.address+"/graphql", &websocket.DialOptions{Subprotocols: []string{"graphql-transport-ws"}}) //nolint:bodyclose // the library says that it needs no closing
		if err != nil {
			return nil, err
		}
		conn.SetReadLimit(-1)
		if err := conn.Write(ctx, websocket.MessageText, []byte(`{"type":"connection_init"}`)); err != nil {
			return nil, err
		}
		if _, _, err := conn.Read(ctx); err != nil {
			return nil, err
		}
		c.conns = append(c.conns, conn)
	}
	return c, nil
}

func (c *crowd) listen(ctx context.Context) {
	for _, conn := range c.conns {
		go func() { // ends with its socket
			for {
				_, text, err := conn.Read(ctx)
				switch {
				case err != nil:
					return
				case strings.Contains(string(text), `"type":"ping"`): // gqlgen's keeps a client that answers
					_ = conn.Write(ctx, websocket.MessageText, []byte(`{"type":"pong"}`))
				case strings.Contains(string(text), "FeedCaughtUp"):
					c.live.Add(1)
				case strings.Contains(string(text), "FeedChanges"):
					if watch := c.one[conn]; watch != nil {
						watch.read(text)
					}
					c.received.Add(int64(strings.Count(string(text), `"oldStatus"`)))
				}
			}
		}()
	}
}

func (c *crowd) subscribe(ctx context.Context, each int) error {
	payload, _ := json.Marshal(document)
	for _, conn := range c.conns {
		for i := range each {
			text := fmt.Sprintf(`{"id":"s%d-%d","type":"subscribe","payload":{"query":%s}}`, each, i, payload)
			if err := conn.Write(ctx, websocket.MessageText, []byte(text)); err != nil {
				return err
			}
		}
	}
	return nil
}

func (c *crowd) close() {
	var all sync.WaitGroup
	for _, conn := range c.conns {
		all.Go(func() { _ = conn.CloseNow() })
	}
	all.Wait()
}

func until(ctx context.Context, what string, condition func() bool) error {
	for end := time.Now().Add(2 * time.Minute); !condition(); time.Sleep(time.Millisecond) {
		if ctx.Err() != nil || time.Now().After(end) {
			return fmt.Errorf("%s took too long", what)
		}
	}
	return nil
}

// measure runs one round with one transport in a process of its own.
func measure(ctx context.Context, transport, url string, p plan) (map[string]float64, error) {
	s, err := launch(ctx, transport, url)
	if err != nil {
		return nil, err
	}
	defer s.stop()
	figures := map[string]float64{}
	for _, part := range []func(context.Context, *subject, string, plan, map[string]float64) error{idle, subscribed, keyed, delivered, alone, beside} {
		if err := part(ctx, s, url, p, figures); err != nil {
			return nil, err
		}
	}
	return figures, resumed(ctx, transport, url, figures)
}

func idle(ctx context.Context, s *subject, _ string, p plan, figures map[string]float64) error {
	warm, err := s.connect(ctx, 10)
	if err != nil {
		return err
	}
	defer warm.close()
	before, err := s.state()
	if err != nil {
		return err
	}
	crowd, err := s.connect(ctx, p.sockets)
	if err != nil {
		return err
	}
	defer crowd.close()
	after, err := s.state()
	figures[idleMemory] = perUnit(before, after, p.sockets)
	figures[idleGoroutines] = float64(after.Goroutines-before.Goroutines) / float64(p.sockets)
	return err
}

func perUnit(before, after state, n int) float64 {
	return float64(after.Memory-before.Memory) / float64(n)
}

func subscribed(ctx context.Context, s *subject, _ string, p plan, figures map[string]float64) error {
	crowd, err := s.connect(ctx, max(1, p.subscriptions/subscriptionsPerSocket))
	if err != nil {
		return err
	}
	defer crowd.close()
	crowd.listen(ctx)
	if err := crowd.subscribe(ctx, 1); err != nil {
		return err
	}
	first := int64(len(crowd.conns))
	if err := until(ctx, "subscribing", func() bool { return crowd.live.Load() == first }); err != nil {
		return err
	}
	before, err := s.state()
	if err != nil {
		return err
	}
	begin := s.cpu()
	if err := crowd.subscribe(ctx, subscriptionsPerSocket); err != nil {
		return err
	}
	more := len(crowd.conns) * subscriptionsPerSocket
	if err := until(ctx, "subscribing", func() bool { return crowd.live.Load() == first+int64(more) }); err != nil {
		return err
	}
	figures[subscribeCPU] = float64((s.cpu() - begin).Microseconds()) / float64(more)
	after, err := s.state()
	figures[subscribedMemory] = perUnit(before, after, more)
	figures[subscribedRoutines] = float64(after.Goroutines-before.Goroutines) / float64(more)
	return err
}

// keyed measures subscriptions that say the same of different instances.
func keyed(ctx context.Context, s *subject, _ string, p plan, figures map[string]float64) error {
	crowd, err := s.connect(ctx, max(1, p.subscriptions/subscriptionsPerSocket))
	if err != nil {
		return err
	}
	defer crowd.close()
	crowd.listen(ctx)
	sent := int64(0)
	subscribe := func(each int) error {
		for _, conn := range crowd.conns {
			for range each {
				id := uuid.New()
				if err := subscribeAs(ctx, conn, id.String(), feed, map[string]any{"filter": only(id)}); err != nil {
					return err
				}
				sent++
			}
		}
		return until(ctx, "subscribing", func() bool { return crowd.live.Load() == sent })
	}
	if err := subscribe(1); err != nil {
		return err
	}
	before, err := s.state()
	if err != nil {
		return err
	}
	if err := subscribe(subscriptionsPerSocket); err != nil {
		return err
	}
	after, err := s.state()
	more := len(crowd.conns) * subscriptionsPerSocket
	figures[keyedMemory] = perUnit(before, after, more)
	figures[keyedRoutines] = float64(after.Goroutines-before.Goroutines) / float64(more)
	return err
}

func delivered(ctx context.Context, s *subject, url string, p plan, figures map[string]float64) error {
	db, err := pgx.Connect(ctx, url)
	if err != nil {
		return err
	}
	defer func() { _ = db.Close(ctx) }()
	crowd, err := s.connect(ctx, p.watchers)
	if err != nil {
		return err
	}
	defer crowd.close()
	crowd.listen(ctx)
	if err := crowd.subscribe(ctx, 1); err != nil {
		return err
	}
	if err := until(ctx, "subscribing", func() bool { return crowd.live.Load() == int64(p.watchers) }); err != nil {
		return err
	}
	begin := s.cpu()
	for i := range p.changes { // one at a time, so that each is a message
		if _, err := db.Exec(ctx, `insert into workflow_definitions (workflow_id, name, version) values (gen_random_uuid()::text, 'W', '1.0.0')`); err != nil {
			return err
		}
		want := int64((i + 1) * p.watchers)
		if err := until(ctx, "delivering", func() bool { return crowd.received.Load() >= want }); err != nil {
			return err
		}
	}
	figures[deliveryCPU] = float64((s.cpu() - begin).Microseconds()) / float64(p.changes*p.watchers)
	return nil
}
