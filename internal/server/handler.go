// Package server puts the parts together: pools, store, resolvers, the GraphQL
// handler and the pages around it. It is the only package that knows them all.
package server

import (
	"cmp"
	"context"
	"encoding/json"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph"
	"github.com/augmentedos/graph/graph/compiled"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	sdl "github.com/augmentedos/graph/graph/schema"
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/tracing"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/augmentedos/graph/web"
	"github.com/jackc/pgx/v5/pgxpool"
)

// Parts are what the handler is made of.
type Parts struct {
	Primary      *pgxpool.Pool                       // reads and writes
	Reader       func(context.Context) repository.DB // where a query reads, such as a replica; nil: Primary
	Operations   fs.FS                               // the operations that the explorer opens with
	Log          *slog.Logger                        // nil = slog.Default()
	Now          func() time.Time                    // the clock of relative filters; nil = time.Now
	Timeout      time.Duration                       // of one query or mutation; 0 = 10 s
	Origins      []string                            // web origins besides our own that may read answers
	Authenticate graph.Authenticate                  // asks callers who they are; nil asks nobody
	Local        bool                                // nobody is asked who they are: answer under local names only
	Nudge        func()                              // wakes the routing of this process; nil: it looks by itself
	Routed       func() (processed, failed int64)    // what the workers of this process did; nil: there are none
	Feed         *live.Feed                          // what changes; nil: subscriptions answer UNAVAILABLE
	Streams      graph.Transport                     // sockets and event streams; nil: neither is offered
	Migrations   int                                 // version the database must have to be ready
	BatchWait    time.Duration                       // of a batch for its siblings; 0 = loader.Wait. Tests lengthen it to see the same statements each time
	General      bool                                // answer every field on the general path, as tests do to compare
	Keys         *credential.Keyring                 // encrypt credentials; nil: they cannot be saved
	Tracing      tracing.Tracing                     // of requests and operations
	ImportDir    string                              // where the folders are that may be imported; empty: none may
}

// Handler serves everything under one address.
func Handler(p Parts) (http.Handler, error) {
	store := repository.NewStore(p.Primary)
	many, err := bulk.New(&repository.Writer{Store: store, DB: p.Primary}, p.Primary, p.Log)
	if err != nil {
		return nil, err
	}
	if p.Now != nil {
		store.Now = p.Now
	}
	many.ImportDir = p.ImportDir
	tabs, err := web.ReadTabs(p.Operations, "Builder", "Explorer", "Dashboard")
	if err != nil {
		return nil, err
	}
	observed := newMetrics(p)
	options := graph.Options{
		Log:          p.Log,
		Limits:       graph.Limits{Timeout: p.Timeout},
		Extensions:   []graphql.HandlerExtension{loader.Responses{Store: store, DB: p.Primary, Reader: p.Reader, Wait: p.BatchWait}},
		Observe:      observed.operation,
		Explorer:     "/",
		Authenticate: p.Authenticate,
		Origins:      p.Origins,
	}
	if p.Tracing.Operations != nil {
		options.Extensions = append(options.Extensions, p.Tracing.Operations)
	}
	if p.Streams != nil {
		options.Streams = []graph.Transport{p.Streams}
	}
	writer := &repository.Writer{Store: store, DB: p.Primary}
	var source *watch.Source
	if p.Feed != nil {
		source = &watch.Source{Feed: p.Feed, Store: store, DB: p.Primary, Log: cmp.Or(p.Log, slog.Default())}
	}
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{
		Bulk:        many,
		Definitions: &definition.Definitions{Writer: writer},

		Tasks:       &instance.Tasks{Writer: writer},
		Workflows:   &instance.Workflows{Writer: writer},
		Operations:  &instance.Operations{Writer: writer},
		Publisher:   &routing.Publisher{Writer: writer, Nudge: p.Nudge},
		Router:      routing.NewRouter(writer, p.Log),
		Connections: &instance.Connections{Writer: writer, Keys: p.Keys},
		TestRuns:    &instance.TestRuns{Writer: writer},

		Live: source,
	}})
	if !p.General {
		options.RootField = compiled.Path{
			Schema: schema, Observe: observed.rootField, Log: cmp.Or(p.Log, slog.Default()), Elsewhere: resolvers.Elsewhere,
		}.RootField
	}
	mux := http.NewServeMux()
	mux.Handle("/graphql", p.Tracing.Around(graph.NewHandler(schema, options)))
	mux.Handle("/schema.graphql", graph.SDLHandler(sdl.Text()))
	mux.Handle("GET /exports/{file}", exports{many, p.Authenticate, cmp.Or(p.Log, slog.Default())})
	mux.Handle("/metrics", observed.handler())
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) { writeStatus(w, http.StatusOK, "ok") })
	mux.Handle("/readyz", readiness{p.Primary, p.Migrations})
	mux.Handle("/", web.Handler(web.Options{Tabs: tabs, Examples: []web.Tab{web.Watch}, Links: []web.Link{{Name: "Live", Href: "live"}, {Name: "Schema", Href: "schema.graphql"}}}))
	if p.Local {
		return graph.LocalHosts(mux), nil
	}
	return mux, nil
}

func writeStatus(w http.ResponseWriter, code int, status string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(code)
	_ = json.NewEncoder(w).Encode(map[string]string{"status": status}) // a client that left needs no answer
}
