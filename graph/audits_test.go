package graph_test

import (
	"net/http/httptest"
	"os"
	"os/exec"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/augmentedos/graph/graph"
)

// The audits are an npm package: `npm ci --prefix graph/audits` brings them.
func TestAllAuditsOfGraphQLOverHTTPHold(t *testing.T) {
	t.Parallel()
	if _, err := os.Stat("audits/node_modules"); err != nil {
		t.Skip("graph/audits is not installed")
	}
	server := httptest.NewServer(handler(graph.Options{}))
	defer server.Close()
	out, err := exec.CommandContext(t.Context(), "node", "audits/audit.js", server.URL).CombinedOutput()
	t.Log("\n" + string(out))
	require.NoError(t, err)
}
