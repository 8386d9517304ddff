//go:build !otlp

package tracing

import (
	"context"

	"github.com/augmentedos/graph/internal/fault"
)

// Start begins to trace when a collector is set, which this binary cannot.
func Start(context.Context, string) (Tracing, error) {
	if Wanted() {
		return Tracing{}, fault.Errorf(fault.BadUserInput, "A collector of traces is set, and this binary was built without tracing.").
			Hint("Build it with `make build TAGS=otlp`, or unset OTEL_EXPORTER_OTLP_ENDPOINT.")
	}
	return Tracing{}, nil
}
