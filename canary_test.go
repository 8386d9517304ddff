package main_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/augmentedos/graph/internal/credential"
	"github.com/augmentedos/graph/internal/demo"
	"github.com/augmentedos/graph/internal/importer"
	"github.com/augmentedos/graph/internal/postgres"
	"github.com/augmentedos/graph/internal/server"
	"github.com/augmentedos/graph/migrations"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"github.com/vektah/gqlparser/v2/ast"
)

// canary is the secret that must not be seen anywhere. It is long and of rare
// letters, so that no other text contains it by chance.
const canary = "zqxj-canary-wvkq"

// aviary is a server that says as much as it can: its PostgreSQL logs every
// statement with its parameters, and we log everything.
type aviary struct {
	t        *testing.T
	pool     *pgxpool.Pool
	handlers []http.Handler
	log      *bytes.Buffer
	seen     bytes.Buffer // all answers
	pgLog    string
	key      string
}

func newAviary(t *testing.T) *aviary {
	dir, err := os.MkdirTemp("", "aos-canary-")
	require.NoError(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	require.NoError(t, os.Chmod(dir, 0o755)) //nolint:gosec // the account PostgreSQL runs under must pass
	pg, err := postgres.Launch(t.Context(), postgres.Options{DataDir: filepath.Join(dir, "data"), ExtraSettings: map[string]string{
		"log_statement": "all", "log_min_duration_statement": "0", "log_parameter_max_length": "-1",
		"log_parameter_max_length_on_error": "-1", "log_min_error_statement": "debug5", "log_error_verbosity": "verbose", "fsync": "off",
	}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = pg.Stop(context.Background()) })
	require.NoError(t, migrations.Up(t.Context(), pg.URL(), slog.New(slog.DiscardHandler)))
	a := &aviary{t: t, log: &bytes.Buffer{}, pgLog: filepath.Join(dir, "data", "postgres.log"), key: base64.StdEncoding.EncodeToString(make([]byte, 32))}
	log := slog.New(slog.NewTextHandler(&lockedWriter{w: a.log}, &slog.HandlerOptions{Level: slog.LevelDebug}))
	pools, err := postgres.Open(t.Context(), postgres.Config{URL: pg.URL(), SlowStatement: 1, Log: log})
	require.NoError(t, err)
	t.Cleanup(pools.Close)
	a.pool = pools.Primary
	_, err = demo.Load(t.Context(), a.pool, demo.Options{})
	require.NoError(t, err)
	keys, err := credential.Parse("k1:" + a.key)
	require.NoError(t, err)
	for _, general := range []bool{false, true} {
		h, err := server.Handler(server.Parts{Primary: a.pool, Operations: os.DirFS(operationsFolder), Keys: keys, Log: log, General: general, Now: func() time.Time { return demo.Now }})
		require.NoError(t, err)
		a.handlers = append(a.handlers, h)
	}
	return a
}

type lockedWriter struct {
	mu sync.Mutex
	w  *bytes.Buffer
}

func (l *lockedWriter) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// ask sends an operation to the handlers and keeps what they answer.
func (a *aviary) ask(query string, variables map[string]any, handlers ...http.Handler) string {
	a.t.Helper()
	body, err := json.Marshal(map[string]any{"query": query, "variables": variables})
	require.NoError(a.t, err)
	var answer string
	for _, h := range handlers {
		request := httptest.NewRequest(http.MethodPost, "/graphql", bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		response := httptest.NewRecorder()
		h.ServeHTTP(response, request)
		answer = response.Body.String()
		a.seen.WriteString(answer)
	}
	return answer
}

func TestASecretIsSeenNowhere(t *testing.T) {
	t.Parallel()
	a := newAviary(t)
	const set = `mutation($input: IntegrationInstanceSetCredentialsInput!) { integrationInstanceSetCredentials(input: $input) { integrationInstance { ` // …
	var id, instanceID string
	require.NoError(t, a.pool.QueryRow(t.Context(), `select 'ini_' || i.id, i.instance_id from integration_instances i join integration_definitions d on d.id = i.integration_definition_id
		where d.auth_type = 'apikey' order by i.id limit 1`).Scan(&id, &instanceID))
	var found struct {
		Data struct{ IntegrationInstance struct{ ID string } }
	}
	require.NoError(t, json.Unmarshal([]byte(a.ask(`query($i: String) { integrationInstance(instanceId: $i) { id } }`, map[string]any{"i": instanceID}, a.handlers[0])), &found))
	id = found.Data.IntegrationInstance.ID
	mutation := set + everything(schema.Types["IntegrationInstance"], 2) + ` } userErrors { code message path remedy } } }`
	secret := map[string]any{"apikey": map[string]any{"key": canary, "secret": canary}}
	answer := a.ask(mutation, map[string]any{"input": map[string]any{"id": id, "credentials": secret}}, a.handlers...)
	require.Contains(t, answer, `"configured":true`)
	a.mistakes(mutation, id)

	for _, query := range []string{
		`query($id: ID!) { node(id: $id) { id ... on IntegrationInstance { %s } } }`,
		`query($id: ID!) { nodes(ids: [$id]) { id ... on IntegrationInstance { %s } } }`,
		`query($id: ID!) { integrationInstance(id: $id) { %s } }`,
		`query($id: ID!) { integrationInstance(id: $id) { definition { instances { nodes { %s } } } } }`,
		`{ integrationInstances(first: 100) { nodes { %s } } }`,
	} {
		query = strings.Replace(query, "%s", everything(schema.Types["IntegrationInstance"], 1), 1)
		answer := a.ask(query, map[string]any{"id": id}, a.handlers...)
		require.NotContains(t, answer, `"errors"`, query)
		require.Contains(t, answer, `"configured":true`, query)
	}
	a.nowhere(a.seen.String(), "the answers")
	a.nowhere(a.log.String(), "our log")
	a.nowhere(a.stored(), "the tables in clear")
	for _, with := range []bool{false, true} {
		a.nowhere(a.exported(with), fmt.Sprintf("an export with credentials %v", with))
	}
	log, err := os.ReadFile(a.pgLog)
	require.NoError(t, err)
	require.Contains(t, string(log), "integration_instances.update", "PostgreSQL logs statements")
	require.Contains(t, string(log), instanceID, "and their parameters")
	a.nowhere(string(log), "PostgreSQL's log")
	require.NotContains(t, string(log), a.key, "the key is never sent")
}

// mistakes are requests whose errors could quote what was sent.
func (a *aviary) mistakes(mutation, id string) {
	for _, credentials := range []any{
		canary, []any{canary}, map[string]any{"apikey": canary}, map[string]any{"apikey": map[string]any{"key": map[string]any{"x": canary}}},
		map[string]any{"oauth2": map[string]any{"access_token": canary}}, map[string]any{"custom": map[string]any{"x": canary}},
		map[string]any{"apikey": map[string]any{"key": canary + "\x00"}},
	} {
		a.ask(mutation, map[string]any{"input": map[string]any{"id": id, "credentials": credentials}}, a.handlers...)
	}
	secret := map[string]any{"apikey": map[string]any{"key": canary}}
	for _, input := range []map[string]any{
		{"id": id, "credentials": secret, "expectedRevision": 99}, {"id": id, "credentials": secret, "expectedRevision": "x"},
		{"id": id, "credentials": secret, "nothing": canary}, {"id": "ini_00000000000000000000000000", "credentials": secret},
		{"id": id, "credentials": secret, "expiresAt": "never"}, {"id": id, "credentials": secret, "reason": strings.Repeat("r", 3000)},
	} {
		a.ask(mutation, map[string]any{"input": input}, a.handlers...)
	}
	a.ask(`mutation { integrationInstanceSetCredentials(input: {id: "`+id+`", credentials: {apikey: {key: "`+canary+`"}}) { nothing } }`, nil, a.handlers...)
	a.ask(`mutation { integrationInstanceSetCredentials(input: {id: "`+id+`", credentials: {apikey: {key: 5, secret: "`+canary+`"}}}) { userErrors { message } } }`, nil, a.handlers...)
}

func (a *aviary) nowhere(text, where string) {
	a.t.Helper()
	for _, form := range []string{canary, base64.StdEncoding.EncodeToString([]byte(canary)), fmt.Sprintf("%x", canary)} {
		require.False(a.t, strings.Contains(text, form), "%s has the secret", where)
	}
}

// stored is every row of every table as text.
func (a *aviary) stored() string {
	rows, err := a.pool.Query(a.t.Context(), `select table_name from information_schema.tables where table_schema = current_schema() and table_type = 'BASE TABLE'`)
	require.NoError(a.t, err)
	var all strings.Builder
	var tables []string
	for rows.Next() {
		var name string
		require.NoError(a.t, rows.Scan(&name))
		tables = append(tables, name)
	}
	require.NoError(a.t, rows.Err())
	require.Contains(a.t, tables, "integration_instances_history")
	for _, name := range tables {
		var text string
		require.NoError(a.t, a.pool.QueryRow(a.t.Context(), `select coalesce(string_agg(t::text, E'\n'), '') from "`+name+`" t`).Scan(&text))
		all.WriteString(text)
	}
	return all.String()
}

func (a *aviary) exported(credentials bool) string {
	dir := filepath.Join(a.t.TempDir(), "bundle")
	_, err := importer.Export(a.t.Context(), a.pool, dir, importer.ExportOptions{Credentials: credentials, Full: true})
	require.NoError(a.t, err)
	var all strings.Builder
	files, err := filepath.Glob(dir + "/*")
	require.NoError(a.t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(a.t, err)
		all.Write(text)
	}
	require.Contains(a.t, all.String(), "integration_definition_id")
	return all.String()
}

// everything selects all fields of a type that need no argument, and those of
// what they lead to, depth levels down.
func everything(def *ast.Definition, depth int) string {
	var b strings.Builder
	for _, f := range def.Fields {
		if strings.HasPrefix(f.Name, "__") || needsArgument(f) {
			continue
		}
		target := schema.Types[f.Type.Name()]
		switch {
		case target.IsLeafType():
			b.WriteString(f.Name + " ")
		case depth > 0 && target.Kind == ast.Object:
			if inner := everything(target, depth-1); inner != "" {
				b.WriteString(f.Name + " { " + inner + "} ")
			}
		}
	}
	return b.String()
}

func needsArgument(f *ast.FieldDefinition) bool {
	for _, a := range f.Arguments {
		if a.Type.NonNull && a.DefaultValue == nil {
			return true
		}
	}
	return false
}
