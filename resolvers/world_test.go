package resolvers_test

import (
	"context"
	_ "embed"
	"encoding/json"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/99designs/gqlgen/graphql/executor"
	"github.com/augmentedos/graph/graph/compiled"
	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
	"github.com/augmentedos/graph/resolvers"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { testdb.Main(m) }

// worldSQL is a small world in which each edge has something at both ends.
//
//go:embed world_test.sql
var worldSQL string

// world is that world and the way to ask it.
type world struct {
	t  *testing.T
	db repository.DB
}

func newWorld(t *testing.T) *world {
	t.Helper()
	db := testdb.New(t)
	_, err := db.Exec(t.Context(), worldSQL)
	require.NoError(t, err)
	return &world{t, db}
}

// ask answers a query that must succeed, on both ways of reading, which must
// agree; it tells the SQL the general way sent.
func (w *world) ask(query string) (answer string, sql []string) {
	w.t.Helper()
	data, errs, sql := w.execute(query, false)
	require.Empty(w.t, errs)
	fast, errs, _ := w.execute(query, true)
	require.Empty(w.t, errs)
	require.Equal(w.t, string(data), string(fast), "both ways of reading answer the same bytes")
	return string(data), sql
}

// refuse answers the codes of the errors of a query that must fail.
func (w *world) refuse(query string) string {
	w.t.Helper()
	_, errs, _ := w.execute(query, false)
	require.NotEmpty(w.t, errs)
	return errs[0]
}

func (w *world) execute(query string, fast bool) (data json.RawMessage, errs []string, sql []string) {
	w.t.Helper()
	schema := generated.NewExecutableSchema(generated.Config{Resolvers: &resolvers.Resolver{}})
	exec := executor.New(schema)
	if fast {
		exec.AroundRootFields(compiled.Path{Schema: schema}.RootField)
	}
	log := &statements{DB: w.db}
	// Tests count statements, so batches wait longer for their siblings than in life: the machine is shared.
	exec.Use(loader.Responses{Store: repository.NewStore(log), Wait: 20 * time.Millisecond})
	ctx := graphql.StartOperationTrace(w.t.Context())
	op, list := exec.CreateOperationContext(ctx, &graphql.RawParams{Query: query})
	require.Empty(w.t, list)
	handler, ctx := exec.DispatchOperation(ctx, op)
	response := handler(ctx)
	for _, e := range response.Errors {
		errs = append(errs, e.Error())
	}
	return response.Data, errs, log.sql
}

// statements notes what is sent, but for what a process asks only once; a
// pipeline is noted as one.
type statements struct {
	repository.DB
	mu  sync.Mutex
	sql []string
}

func (s *statements) SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults {
	s.mu.Lock()
	s.sql = append(s.sql, "pipeline")
	s.mu.Unlock()
	return s.DB.SendBatch(ctx, b)
}

func (s *statements) Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error) {
	s.mu.Lock()
	if !strings.HasPrefix(sql, "/* catalogue.") {
		s.sql = append(s.sql, sql)
	}
	s.mu.Unlock()
	return s.DB.Query(ctx, sql, args...)
}
