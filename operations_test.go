package main_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

// A golden operation is three neighbours in testdata/operations: the GraphQL
// text (and <name>.variables.json where it has variables), the JSON answer and
// the SQL statements that were sent for it. `make golden` rewrites the last two.
var update = flag.Bool("update", false, "rewrite the golden files")

const operationsFolder = "testdata/operations"

func TestOperations(t *testing.T) {
	t.Parallel()
	begun := time.Now()
	world := newWorld(t)
	more, err := os.ReadFile("testdata/world.sql")
	require.NoError(t, err)
	_, err = world.pool.Exec(t.Context(), string(more))
	require.NoError(t, err)
	files, err := filepath.Glob(operationsFolder + "/*.graphql")
	require.NoError(t, err)
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".graphql")
		t.Run(name, func(t *testing.T) {
			query, variables := readOperation(t, name)
			answer, statements := world.run(t, query, variables, false)
			general, _ := world.run(t, query, variables, true)
			require.Equal(t, string(general), string(answer), "the compiled and the general path answer the same bytes")
			require.NotContains(t, string(answer), `"errors"`)
			golden(t, operationsFolder+"/"+name+".json", indented(t, timeless(answer, begun)))
			golden(t, operationsFolder+"/"+name+".sql", []byte(strings.Join(statements, "\n\n")+"\n"))
		})
	}
}

// world is the demo world behind a real handler, once per read path.
type world struct {
	pool     *pgxpool.Pool
	recorder *statementRecorder
	compiled http.Handler
	general  http.Handler
	one      sync.Mutex // statements are recorded one operation at a time
}

func newWorld(t testing.TB) *world { return newWorldWaiting(t, 20*time.Millisecond) }

// newWorldWaiting has batches that wait so long for their siblings.
func newWorldWaiting(t testing.TB, wait time.Duration) *world {
	w := &world{recorder: &statementRecorder{}}
	config, err := pgxpool.ParseConfig(testdb.URL(t))
	require.NoError(t, err)
	config.ConnConfig.Tracer = w.recorder
	w.pool, err = pgxpool.NewWithConfig(t.Context(), config)
	require.NoError(t, err)
	t.Cleanup(w.pool.Close)
	_, err = demo.Load(t.Context(), w.pool, demo.Options{})
	require.NoError(t, err)
	keys, err := credential.Parse("k1:" + base64.StdEncoding.EncodeToString(make([]byte, 32)))
	require.NoError(t, err)
	for _, path := range []struct {
		general bool
		to      *http.Handler
	}{{false, &w.compiled}, {true, &w.general}} {
		*path.to, err = server.Handler(server.Parts{
			Primary: w.pool, Operations: os.DirFS(operationsFolder), General: path.general, BatchWait: wait, Keys: keys,
			Now: func() time.Time { return demo.Now },
		})
		require.NoError(t, err)
	}
	w.run(t, "{workflowDefinitions(where:{status:{eq:ACTIVE}}){nodes{id}}}", nil, false) // reads the catalogue once
	return w
}

// run posts an operation and answers its bytes and the statements it took.
func (w *world) run(t testing.TB, query string, variables json.RawMessage, general bool) ([]byte, []string) {
	t.Helper()
	handler := w.compiled
	if general {
		handler = w.general
	}
	return w.post(t, handler, map[string]any{"query": query, "variables": variables})
}

func (w *world) post(t testing.TB, handler http.Handler, operation map[string]any) ([]byte, []string) {
	t.Helper()
	w.one.Lock()
	defer w.one.Unlock()
	body, err := json.Marshal(operation)
	require.NoError(t, err)
	request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
	request.Header.Set("Content-Type", "application/json")
	response := httptest.NewRecorder()
	w.recorder.start()
	handler.ServeHTTP(response, request)
	answer, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	return answer, w.recorder.stop()
}

func readOperation(t *testing.T, name string) (string, json.RawMessage) {
	query, err := os.ReadFile(filepath.Join(operationsFolder, name+".graphql"))
	require.NoError(t, err)
	variables, err := os.ReadFile(filepath.Join(operationsFolder, name+".variables.json"))
	if err != nil {
		return string(query), nil
	}
	return string(query), variables
}

func golden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
		return
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "make golden writes it")
	require.Equal(t, string(want), string(got), "%s: look at the difference, then `make golden`", path)
}

var moment = regexp.MustCompile(`"\d{4}-\d\d-\d\dT[\d:.]+Z"`)

// timeless names the moments that are not of the demo world: those since the
// test began to fill it.
func timeless(answer []byte, begun time.Time) []byte {
	return moment.ReplaceAllFunc(answer, func(text []byte) []byte {
		if at, err := time.Parse(`"`+time.RFC3339Nano+`"`, string(text)); err == nil && at.After(begun) && at.Before(time.Now()) {
			return []byte(`"while the test ran"`)
		}
		return text
	})
}

func indented(t *testing.T, text []byte) []byte {
	var out bytes.Buffer
	require.NoError(t, json.Indent(&out, text, "", "  "), "%s", text)
	return append(bytes.TrimSpace(out.Bytes()), '\n')
}

// statementRecorder writes down the statements of one operation, those of an
// upper level before those of a lower one.
type statementRecorder struct {
	mu      sync.Mutex
	on      bool
	found   []recordedStatement
	refused []error // by PostgreSQL, since the recorder was made
}

// loaded is the depth of what loaders send: which of two levels opens the batch
// they share is a matter of chance.
const loaded = 1000

// recordedStatement is one statement, or those of a pipeline.
type recordedStatement struct {
	depth int
	sql   []string
}

func (r *statementRecorder) start() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on, r.found = true, nil
}

func (r *statementRecorder) stop() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.on = false
	slices.SortStableFunc(r.found, func(a, b recordedStatement) int {
		return cmp.Or(a.depth-b.depth, slices.Compare(a.sql, b.sql))
	})
	var statements []string
	for _, s := range r.found {
		statements = append(statements, s.sql...)
	}
	return statements
}

func (r *statementRecorder) record(depth int, sql ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.on && strings.HasPrefix(sql[0], "/*") && !strings.HasPrefix(sql[0], "/* catalogue.") {
		for i := range sql {
			sql[i] = readable.Replace(sql[i])
		}
		if strings.Contains(sql[0], "unnest($1::") {
			depth = loaded
		}
		r.found = append(r.found, recordedStatement{depth, sql})
	}
}

var readable = strings.NewReplacer(" */ ", " */\n", " from ", "\n  from ", " where ", "\n  where ", " order by ", "\n  order by ", " cross join lateral ", "\n  cross join lateral ")

// TraceQueryStart implements pgx.QueryTracer.
func (r *statementRecorder) TraceQueryStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceQueryStartData) context.Context {
	depth := 0
	if field := graphql.GetFieldContext(ctx); field != nil {
		for _, element := range field.Path() {
			if _, isName := element.(ast.PathName); isName {
				depth++
			}
		}
	}
	r.record(depth, data.SQL)
	return ctx
}

// TraceQueryEnd implements pgx.QueryTracer.
func (*statementRecorder) TraceQueryEnd(context.Context, *pgx.Conn, pgx.TraceQueryEndData) {}

// TraceBatchStart implements pgx.BatchTracer. A pipeline stays together.
func (r *statementRecorder) TraceBatchStart(ctx context.Context, _ *pgx.Conn, data pgx.TraceBatchStartData) context.Context {
	statements := make([]string, len(data.Batch.QueuedQueries))
	for i, q := range data.Batch.QueuedQueries {
		statements[i] = q.SQL
	}
	r.record(0, statements...)
	return ctx
}

// TraceBatchQuery implements pgx.BatchTracer.
func (r *statementRecorder) TraceBatchQuery(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchQueryData) {
	r.refuse(data.Err)
}

// TraceBatchEnd implements pgx.BatchTracer.
func (r *statementRecorder) TraceBatchEnd(_ context.Context, _ *pgx.Conn, data pgx.TraceBatchEndData) {
	r.refuse(data.Err)
}

func (r *statementRecorder) refuse(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		r.refused = append(r.refused, err)
	}
}
