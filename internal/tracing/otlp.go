//go:build otlp

package tracing

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/exaring/otelpgx"
	"github.com/vektah/gqlparser/v2/ast"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/propagation"
	"go.opentelemetry.io/otel/sdk/resource"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

// Start begins to trace when a collector is set. version is that of the binary.
func Start(ctx context.Context, version string) (Tracing, error) {
	if !Wanted() {
		return Tracing{}, nil
	}
	exporter, err := otlptracehttp.New(ctx)
	if err != nil {
		return Tracing{}, fmt.Errorf("connecting to the collector of traces: %w", err)
	}
	about, err := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "augmentedos"), attribute.String("service.version", version)),
		resource.WithFromEnv(), resource.WithTelemetrySDK())
	if err != nil {
		return Tracing{}, fmt.Errorf("describing this process to the collector of traces: %w", err)
	}
	provider := sdk.NewTracerProvider(sdk.WithBatcher(exporter), sdk.WithResource(about))
	tracer := provider.Tracer("github.com/augmentedos/graph")
	return Tracing{
		Statements: otelpgx.NewTracer(otelpgx.WithTracerProvider(provider), otelpgx.WithSpanNameFunc(statementName), otelpgx.WithDisableConnectionDetailsInAttributes()),
		Operations: operations{tracer},
		requests:   requests(tracer),
		stop:       provider.Shutdown,
	}, nil
}

// statementName is the name in the comment that each of our statements begins
// with.
func statementName(sql string) string {
	_, name, found := strings.Cut(sql, "/*")
	name, _, closed := strings.Cut(name, "*/")
	if !found || !closed {
		return "statement"
	}
	return strings.TrimSpace(name)
}

// requests begins a span for each request, below the caller's own one when it
// sends a traceparent (W3C Trace Context).
func requests(tracer trace.Tracer) func(http.Handler) http.Handler {
	var w3c propagation.TraceContext
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx := w3c.Extract(r.Context(), propagation.HeaderCarrier(r.Header))
			ctx, span := tracer.Start(ctx, r.Method+" "+r.URL.Path, trace.WithSpanKind(trace.SpanKindServer))
			defer span.End()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// operations is the gqlgen extension that begins a span for each query and
// mutation. Messages of subscriptions are shared by many and have none.
type operations struct{ tracer trace.Tracer }

var _ interface {
	graphql.HandlerExtension
	graphql.ResponseInterceptor
} = operations{}

// ExtensionName implements graphql.HandlerExtension.
func (operations) ExtensionName() string { return "Tracing" }

// Validate implements graphql.HandlerExtension.
func (operations) Validate(graphql.ExecutableSchema) error { return nil }

// InterceptResponse implements graphql.ResponseInterceptor.
func (o operations) InterceptResponse(ctx context.Context, next graphql.ResponseHandler) *graphql.Response {
	op := graphql.GetOperationContext(ctx)
	if op.Operation == nil || op.Operation.Operation == ast.Subscription {
		return next(ctx)
	}
	kind := string(op.Operation.Operation)
	ctx, span := o.tracer.Start(ctx, strings.TrimSpace(kind+" "+op.Operation.Name),
		trace.WithAttributes(attribute.String("graphql.operation.type", kind), attribute.String("graphql.operation.name", op.Operation.Name)))
	defer span.End()
	response := next(ctx)
	if response != nil && len(response.Errors) > 0 {
		span.SetStatus(codes.Error, response.Errors[0].Message)
	}
	return response
}
