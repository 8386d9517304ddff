// Package graph is the front door for GraphQL: it decides which requests are
// worth running, runs them on the generated schema, and turns every failure
// into an answer that says what to do. It knows no entity and no resolver.
package graph

import (
	"context"
	"log/slog"
	"runtime"
	"time"

	"github.com/99designs/gqlgen/graphql"
)

// Options are what the handler needs from the rest of the server. The zero
// value serves queries and mutations with the default limits.
type Options struct {
	// Log receives what clients must not see: causes of internal errors, panics.
	Log *slog.Logger
	// Limits bounds every request; fields that are zero have their default.
	Limits Limits
	// Development adds the "did you mean" suggestions, which spell out parts of
	// the schema, to validation errors.
	Development bool
	// Streams are the transports for subscriptions. They are asked before POST
	// and GET, in order.
	Streams []Transport
	// Authenticate asks callers who they are; nil asks nobody, and everybody is
	// the local administrator.
	Authenticate Authenticate
	// Origins are the web origins besides our own whose pages may read answers.
	Origins []string
	// WithLoaders puts fresh request-scoped loaders into the context of one
	// answer; an event of a subscription is an answer of its own.
	WithLoaders func(ctx context.Context) context.Context
	// RootField may answer a root field itself, as the compiled path does, or
	// hand it on to the generated executor.
	RootField graphql.RootFieldMiddleware
	// Extensions are further gqlgen extensions, such as tracing.
	Extensions []graphql.HandlerExtension
	// Observe is told about every finished operation and every refused request,
	// for metrics and the slow-query log.
	Observe func(ctx context.Context, o Outcome)
	// Explorer is where a browser that opens the endpoint by hand is sent.
	Explorer string
}

// Outcome is what is known about one request when its answer is complete.
type Outcome struct {
	Name     string // as the client named it, "" when it did not
	Kind     string // query, mutation or subscription, "" when it was not run
	Duration time.Duration
	Codes    []string // extensions.code of each error
	Bytes    int      // size of the data
}

// Limits are the ceilings under which any request is cheap to refuse and an
// accepted one is bounded. docs/errors.md tells users what they mean.
type Limits struct {
	BodyBytes     int64 // of a request
	JSONDepth     int   // nesting of a request's JSON
	Tokens        int   // lexical tokens of a document
	NameLength    int   // of a field, alias, variable or type name
	Operations    int   // in one document
	Fragments     int   // definitions in one document
	Variables     int   // definitions of one operation
	Selections    int   // fields and spreads, each fragment counted once
	Expanded      int   // the same with every spread written out
	Aliases       int   // in one document
	Directives    int   // in one document
	Hops          int   // entities on the way from the root to a leaf
	Nesting       int   // selection sets inside one another
	Introspection int   // nesting below __schema and __type
	Overlaps      int   // pairs of fields that validation must compare
	Cost          int64 // 1 + first x child over the whole operation
	Errors        int   // in one answer

	Timeout     time.Duration // of a query or mutation
	Concurrency int           // operations that run at the same time
	Waiting     int           // operations that wait for their turn
	Patience    time.Duration // how long they do

	CacheEntries int // parsed documents
	CacheBytes   int // what they weigh, roughly
}

func (l Limits) withDefaults() Limits {
	set(&l.BodyBytes, 256<<10)
	set(&l.JSONDepth, 64)
	set(&l.Tokens, 4000)
	set(&l.NameLength, 128)
	set(&l.Operations, 10)
	set(&l.Fragments, 50)
	set(&l.Variables, 100)
	set(&l.Selections, 2000)
	set(&l.Expanded, 8000)
	set(&l.Aliases, 30)
	set(&l.Directives, 50)
	set(&l.Hops, 10)
	set(&l.Nesting, 50)
	set(&l.Introspection, 15)
	set(&l.Overlaps, 100_000)
	set(&l.Cost, 25_000)
	set(&l.Errors, 20)
	set(&l.Timeout, 10*time.Second)
	set(&l.Concurrency, 8*runtime.GOMAXPROCS(0))
	set(&l.Waiting, 4*l.Concurrency)
	set(&l.Patience, time.Second)
	set(&l.CacheEntries, 1000)
	set(&l.CacheBytes, 32<<20)
	return l
}

func set[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}
