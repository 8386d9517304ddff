package main_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const module = "github.com/augmentedos/graph/"

// layers are the packages from the bottom up. A package may import those of
// lower layers only; within one layer nobody knows a neighbour, except where
// `beside` says why.
var layers = [][]string{
	{"internal/fault"},
	{"internal/auth", "internal/idempotency", "internal/lru", "internal/tracing"},
	{"graph/nodeid", "graph/scalar", "graph/schema", "internal/expression", "migrations", "internal/postgres", "internal/credential"},
	{"internal/page", "jsonschema", "internal/config", "internal/testdb"},
	{"internal/model"},
	{"repository"},
	{"internal/definition", "internal/instance", "internal/importer", "internal/testrun", "internal/integration"},
	{"internal/routing"},
	{"internal/bulk"},
	{"internal/demo", "internal/doctor", "internal/upkeep"},
	{"graph/loader", "graph/generated"},
	{"graph/compiled", "graph"},
	{"internal/live"},
	{"internal/watch"},
	{"resolvers", "web"},
	{"internal/server", "internal/simulate"},
	{"internal/cli"},
	{""},
}

// never lists imports that must not appear in a package, with the reason.
var never = []struct{ in, imports, reason string }{
	{"resolvers", "github.com/jackc/pgx", "SQL and connections live in repository"},
	{"resolvers", "github.com/georgysavva/scany", "SQL and connections live in repository"},
	{"internal/model", "github.com/jackc/pgx", "a model reads no database"},
	{"internal/page", "github.com/jackc/pgx", "a page reads no database"},
	{"repository", "net/http", "a repository knows no request"},
	{"repository", "github.com/99designs/gqlgen", "a repository knows no GraphQL"},
}

func TestImportsPointDownward(t *testing.T) {
	t.Parallel()
	level := map[string]int{}
	for i, names := range layers {
		for _, name := range names {
			level[name] = i
		}
	}
	for folder, imports := range importsByFolder(t) {
		own, known := level[layerOf(folder, level)]
		require.True(t, known, "%s has no place in the layers of this test", folder)
		for _, path := range imports {
			for _, rule := range never {
				require.False(t, folder == rule.in && strings.HasPrefix(path, rule.imports), "%s imports %s: %s", folder, path, rule.reason)
			}
			inner, ours := strings.CutPrefix(path, module)
			if !ours || layerOf(inner, level) == layerOf(folder, level) {
				continue
			}
			require.Less(t, level[layerOf(inner, level)], own, "%s imports %s, which is not below it", folder, inner)
		}
	}
}

// layerOf is the listed package that folder is or lies in.
func layerOf(folder string, level map[string]int) string {
	for folder != "." && folder != "" {
		if _, ok := level[folder]; ok {
			return folder
		}
		folder = filepath.Dir(folder)
	}
	return ""
}

func importsByFolder(t *testing.T) map[string][]string {
	found := map[string][]string{}
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git" || path == "bench" || path == "dist") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		folder := strings.TrimPrefix(filepath.Dir(path), ".")
		for _, spec := range file.Imports {
			name, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if !slices.Contains(found[folder], name) {
				found[folder] = append(found[folder], name)
			}
		}
		return nil
	})
	require.NoError(t, err)
	return found
}

// TestFilesAreShort keeps files readable in one sitting; generated ones are not
// read.
func TestFilesAreShort(t *testing.T) {
	t.Parallel()
	err := fs.WalkDir(os.DirFS("."), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.Contains(path, "generated") || strings.Contains(path, "node_modules") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		limit := 500
		if path == "server.go" {
			limit = 80
		}
		require.LessOrEqual(t, strings.Count(string(text), "\n"), limit, path)
		require.NotRegexp(t, `(^|/)(util|utils|common|helpers?)\.go$`, path)
		return nil
	})
	require.NoError(t, err)
}
