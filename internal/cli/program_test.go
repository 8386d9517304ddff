package cli

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/testdb"
	"github.com/stretchr/testify/require"
)

// asProgram makes this test binary the program itself, so that a test can start
// it as a process and kill it.
const asProgram = "AUGMENTEDOS_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Run(os.Args[1:], os.Stdout, os.Stderr, os.DirFS("../../testdata/operations")))
	}
	testdb.Main(m)
}

// program is a server in a process of its own.
type program struct {
	url  string
	kill func() // with SIGKILL, as a crash or the kernel would; waits for the end
}

var servedAt = regexp.MustCompile(`GraphQL +(http://\S+)`)

// startProgram serves a migrated database and waits until it says where.
func startProgram(t *testing.T, database string, settings ...string) *program {
	t.Helper()
	cmd := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], "serve")
	cmd.Env = append(os.Environ(), asProgram+"=1", "DATABASE_URL="+database, "AOS_ADDR=127.0.0.1:0", "AOS_DATA_DIR="+t.TempDir())
	cmd.Env = append(cmd.Env, settings...)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	var errOut bytes.Buffer
	cmd.Stderr = &errOut
	require.NoError(t, cmd.Start())
	ended := false
	p := &program{kill: func() {
		if !ended {
			_ = cmd.Process.Kill()
			_ = cmd.Wait()
			ended = true
		}
	}}
	t.Cleanup(p.kill)
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if found := servedAt.FindStringSubmatch(lines.Text()); found != nil {
			p.url = found[1]
			go func() { _, _ = io.Copy(io.Discard, out) }() // ends with the process
			return p
		}
	}
	p.kill()
	require.Fail(t, "the server did not start", errOut.String())
	return nil
}

// post sends an operation and fills into with its data. An error means that
// nobody knows whether a mutation happened.
func post(url, query string, into any) error {
	body, err := json.Marshal(map[string]string{"query": query})
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	request.Close = true // a connection left open by a killed server is no use to the next
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	var answer struct {
		Data   json.RawMessage
		Errors []struct{ Message string }
	}
	if err := json.NewDecoder(response.Body).Decode(&answer); err != nil {
		return err
	}
	if len(answer.Errors) > 0 {
		return fmt.Errorf("%s", answer.Errors[0].Message)
	}
	return json.Unmarshal(answer.Data, into)
}
