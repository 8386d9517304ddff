//go:build otlp

package tracing_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/augmentedos/graph/internal/tracing"
	"github.com/stretchr/testify/require"
	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"
)

func TestARequestBecomesASpanOfItsCallersTrace(t *testing.T) {
	got := make(chan *collector.ExportTraceServiceRequest, 1)
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		spans := &collector.ExportTraceServiceRequest{}
		if err == nil && proto.Unmarshal(body, spans) == nil {
			got <- spans
		}
	}))
	defer server.Close()
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	traced, err := tracing.Start(t.Context(), "1.2.3")
	require.NoError(t, err)

	handler := traced.Around(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}))
	request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/graphql", nil)
	request.Header.Set("traceparent", "00-0123456789abcdef0123456789abcdef-0123456789abcdef-01")
	handler.ServeHTTP(httptest.NewRecorder(), request)
	traced.Flush()

	sent := <-got
	span := sent.ResourceSpans[0].ScopeSpans[0].Spans[0]
	require.Equal(t, "POST /graphql", span.Name)
	require.Equal(t, []byte("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef"), span.TraceId)
	require.Contains(t, sent.ResourceSpans[0].Resource.String(), "augmentedos")
}

func TestWithoutACollectorNothingIsTraced(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	t.Setenv("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "")
	traced, err := tracing.Start(t.Context(), "1.2.3")
	require.NoError(t, err)
	require.Equal(t, tracing.Tracing{}, traced)
}
