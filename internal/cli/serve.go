package cli

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/doctor"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/tracing"
	"github.com/augmentedos/graph/internal/upkeep"
	"github.com/augmentedos/graph/migrations"
	"github.com/augmentedos/graph/repository"
	"github.com/jackc/pgx/v5/pgxpool"
)

type serveCommand struct{}

// Run starts everything in order, says how long each step took, and serves
// until it is told to stop.
func (serveCommand) Run(s *session) error {
	if !s.config.HTTP.Loopback() && !s.config.Auth.Enabled() {
		return fault.Errorf(fault.BadUserInput, "%s can be reached from other machines, and nothing asks callers who they are", s.config.HTTP.Addr).
			Hint("listen on 127.0.0.1, or set AOS_AUTH_TOKENS_FILE or AOS_AUTH_JWT_KEYS_FILE")
	}
	authenticate, err := s.authenticate()
	if err != nil {
		return err
	}
	listener, err := listen(s.config.HTTP.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()

	if s.tracing, err = tracing.Start(s.ctx, Version); err != nil {
		return err
	}
	defer s.tracing.Flush()
	done := s.step("PostgreSQL")
	db, err := s.openMigrated()
	if err != nil {
		return err
	}
	defer db.stop()
	done()

	pools, err := s.openPools(db)
	if err != nil {
		return err
	}
	defer pools.Close()
	state, err := migrations.Status(s.ctx, s.migrationURL(db))
	if err != nil {
		return err
	}
	if !state.Current() {
		s.log.Warn("the database is not migrated; run `augmentedos migrate`, or set AOS_DATABASE_MIGRATE", "pending", len(state.Pending))
	}
	if state.Current() {
		if err := doctor.Admit(s.ctx, repository.NewStore(pools.Primary), s.log); err != nil {
			return err
		}
	}
	keys, err := s.keys(db)
	if err != nil {
		return err
	}
	feed := live.New(pools.Primary, s.log)
	go feed.Run(s.ctx)                        // ends with the context
	go upkeep.Run(s.ctx, pools.Direct, s.log) // so does this
	workers := s.routing(pools.Primary)
	defer workers.Stop()
	streams := stream.New(stream.Options{
		Log: s.log, Origins: s.config.HTTP.AllowedOrigins, Authenticate: authenticate.Socket(), MaxClients: s.config.Live.MaxSockets,
		MaxPerAddress: s.config.Live.MaxSocketsPerAddress, MaxOperations: s.config.Live.MaxOperations,
	})
	stop := s.background("bulk operations", func(ctx context.Context) error {
		writer := &repository.Writer{Store: repository.NewStore(pools.Primary), DB: pools.Primary}
		return bulk.Run(ctx, writer, pools.Primary, bulk.RunOptions{Log: s.log, ImportDir: s.config.ImportDir, Seal: sealer(keys, &openDatabase{db, pools})})
	})
	defer stop()
	handler, err := server.Handler(server.Parts{
		Feed: feed, Keys: keys, Authenticate: authenticate, Streams: streams, Nudge: workers.Nudge, Routed: workers.Counts,
		Primary: pools.Primary, Reader: func(ctx context.Context) repository.DB { return pools.Reader(ctx) }, Tracing: s.tracing, Operations: s.operations, Log: s.log,
		Timeout: s.config.HTTP.RequestTimeout, Migrations: int(state.Newest), ImportDir: s.config.ImportDir,
		Origins: s.config.HTTP.AllowedOrigins, Local: !s.config.Auth.Enabled(),
	})
	if err != nil {
		return err
	}
	if err := s.fillEmpty(db, pools.Primary); err != nil {
		return err
	}
	if err := s.keepMoving(db, pools.Primary); err != nil {
		return err
	}
	if s.config.Routing.Workers > 0 {
		workers.Start(s.ctx)
	}
	s.welcome(listener.Addr().String())
	return s.serve(listener, handler, streams, db.server)
}

// routing makes the workers that do what events set off.
func (s *session) routing(db *pgxpool.Pool) *routing.Workers {
	writer := &repository.Writer{Store: repository.NewStore(db), DB: db}
	return routing.NewWorkers(routing.NewRouter(writer, s.log), routing.Options{Workers: s.config.Routing.Workers})
}

// background runs work that ends with the context; what it ends with otherwise
// is logged. stop ends it and waits until it has put things back.
func (s *session) background(name string, work func(context.Context) error) (stop func()) {
	ctx, cancel := context.WithCancel(s.ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		defer func() {
			if r := recover(); r != nil {
				s.log.Error("background work panicked", "work", name, "panic", r, "stack", string(debug.Stack()))
			}
		}()
		if err := work(ctx); err != nil && ctx.Err() == nil {
			s.log.Error("background work ended", "work", name, "error", err)
		}
	}()
	return func() {
		cancel()
		<-ended
	}
}

func listen(addr string) (net.Listener, error) {
	listener, err := net.Listen("tcp", addr)
	if err != nil {
		return nil, fault.Wrap(err, fault.Unavailable, fmt.Sprintf("cannot listen on %s: %v", addr, errors.Unwrap(err))).
			Hint("another program may have the port: set AOS_ADDR, such as AOS_ADDR=127.0.0.1:8081")
	}
	return listener, nil
}

// serve answers requests until the context ends or the embedded PostgreSQL is
// given up, then lets running ones finish.
func (s *session) serve(listener net.Listener, handler http.Handler, streams *stream.Streams, embedded *postgres.Server) error {
	httpServer := graph.NewServer(listener.Addr().String(), handler)
	failed := make(chan error, 1)
	go func() { failed <- httpServer.Serve(listener) }() // ends with Shutdown or Close below
	var lost <-chan struct{}                             // stays nil, and so silent, without a server of our own
	if embedded != nil {
		lost = embedded.Done()
	}
	select {
	case err := <-failed:
		return fmt.Errorf("serving: %w", err)
	case <-lost:
		return embedded.Err()
	case <-s.ctx.Done():
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(s.ctx), s.config.HTTP.ShutdownTimeout)
	defer cancel()
	drained := make(chan struct{})
	go func() { defer close(drained); streams.Drain(ctx) }() // beside Shutdown, which waits for event streams
	defer func() { <-drained }()
	if err := httpServer.Shutdown(ctx); err != nil {
		s.log.Warn("requests were cut off", "error", err)
		return httpServer.Close()
	}
	return nil
}

// step announces a part of the start; the function it returns says how long it
// took.
func (s *session) step(name string) func() {
	begin := time.Now()
	return func() {
		fmt.Fprintf(s.out, "%-14s ready in %s\n", name, time.Since(begin).Round(10*time.Millisecond))
	}
}

func (s *session) welcome(addr string) {
	fmt.Fprintf(s.out, "\nExplorer       http://%[1]s/\nLive           http://%[1]s/live\nGraphQL        http://%[1]s/graphql\nSchema         http://%[1]s/schema.graphql\n\nStop with Ctrl-C.\n", addr)
}
