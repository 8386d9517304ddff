package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/pprof"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/handler/transport"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/server"
	"github.com/jackc/pgx/v5/pgxpool"
)

// stock is gqlgen's transport with the limits that make it fit to serve.
type stock struct{ graphql.Transport }

func (s stock) Serve(w http.ResponseWriter, r *http.Request, h *graph.Handler) {
	s.Do(w, r, h.Executor())
}

func transportOf(name string) graph.Transport {
	if name == "ours" {
		return stream.New(stream.Options{MaxClients: 1 << 20, MaxOperations: 1000})
	}
	frame := int64(64 << 10)
	return stock{&transport.Websocket{InitTimeout: 3 * time.Second, PingPongInterval: 10 * time.Second, PayloadReadLimit: &frame}}
}

// state is what the process under measurement says of itself.
type state struct {
	Goroutines int
	Memory     int // resident, in KiB
}

// serve is the process under measurement. It prints its address and ends with
// ctx.
func serve(ctx context.Context, name, url string) error {
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	pool, err := pgxpool.New(ctx, url)
	if err != nil {
		return err
	}
	defer pool.Close()
	feed := live.New(pool, log)
	go feed.Run(ctx)
	handler, err := server.Handler(server.Parts{Primary: pool, Operations: os.DirFS("testdata/operations"), Log: log, Feed: feed, Streams: transportOf(name)})
	if err != nil {
		return err
	}
	mux := http.NewServeMux()
	mux.Handle("/", handler)
	mux.HandleFunc("/state", func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(stateNow()) })
	mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
	mux.Handle("/debug/pprof/heap", pprof.Handler("heap"))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println(listener.Addr())
	httpServer := graph.NewServer(listener.Addr().String(), mux)
	go func() { <-ctx.Done(); _ = httpServer.Close() }()
	if err := httpServer.Serve(listener); err != http.ErrServerClosed {
		return err
	}
	return nil
}

func stateNow() state {
	runtime.GC()
	debug.FreeOSMemory()
	text, _ := os.ReadFile("/proc/self/statm") // on Linux only
	fields := strings.Fields(string(text))
	pages, _ := strconv.Atoi(fields[1])
	return state{runtime.NumGoroutine(), pages * os.Getpagesize() / 1024}
}
