// Package tracing tells a collector what each request did: one span for the
// request, one for its operation, one for each statement. It is in binaries
// built with the tag otlp; the exporter would double the build of all others.
// The collector and everything else are set by the variables of OpenTelemetry,
// of which OTEL_EXPORTER_OTLP_ENDPOINT turns it on.
package tracing

import (
	"context"
	"net/http"
	"os"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/jackc/pgx/v5"
)

// Tracing is what the parts of a server take part in. Its zero value traces
// nothing.
type Tracing struct {
	Statements pgx.QueryTracer          // nil = none
	Operations graphql.HandlerExtension // nil = none

	requests func(http.Handler) http.Handler
	stop     func(context.Context) error
}

// Around traces the requests of a handler.
func (t Tracing) Around(h http.Handler) http.Handler {
	if t.requests == nil {
		return h
	}
	return t.requests(h)
}

// flushTime is how long a process that ends waits for its collector.
const flushTime = 5 * time.Second

// Flush sends what is left and ends the tracing. A collector that is gone loses
// it.
func (t Tracing) Flush() {
	if t.stop == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.Background(), flushTime)
	defer cancel()
	_ = t.stop(ctx)
}

// Wanted tells whether a collector is set.
func Wanted() bool {
	return os.Getenv("OTEL_EXPORTER_OTLP_ENDPOINT") != "" || os.Getenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") != ""
}
