//go:build !otlp

package tracing_test

import (
	"testing"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/tracing"
	"github.com/stretchr/testify/require"
)

func TestACollectorThatWouldGetNothingIsRefused(t *testing.T) {
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "http://127.0.0.1:4318")
	_, err := tracing.Start(t.Context(), "1.2.3")
	var f *fault.Fault
	require.ErrorAs(t, err, &f)
	require.Contains(t, f.Remedy, "TAGS=otlp")
}
