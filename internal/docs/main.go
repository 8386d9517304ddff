// Command docs writes what can be derived: a page per table, the states, the
// extensions and README's table of settings. Its sources are the migrated
// catalogue, the JSON Schemas, the GraphQL schema and the model, so a page can
// be wrong only where the product is.
//
//	go run ./internal/testdb/with -- go run ./internal/docs [-check]
package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/config"
	"github.com/augmentedos/graph/internal/testdb"
	"github.com/augmentedos/graph/repository"
)

func main() {
	check := flag.Bool("check", false, "compare instead of writing; fail when a page is out of date")
	flag.Parse()
	if err := run(context.Background(), *check); err != nil {
		fmt.Fprintln(os.Stderr, "docs:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, check bool) error {
	url := os.Getenv(testdb.EnvURL)
	if url == "" {
		return fmt.Errorf("%s is empty: make docs sets it", testdb.EnvURL)
	}
	c, err := readCatalogue(ctx, url)
	if err != nil {
		return err
	}
	pages, err := allPages(c)
	if err != nil {
		return err
	}
	var stale []string
	for _, path := range sortedKeys(pages) {
		old, err := os.ReadFile(path)
		if err != nil && !os.IsNotExist(err) {
			return err
		}
		if bytes.Equal(old, pages[path]) {
			continue
		}
		stale = append(stale, path)
		if check {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, pages[path], 0o644); err != nil {
			return err
		}
	}
	if check && len(stale) > 0 {
		return fmt.Errorf("out of date: %s; run make docs", strings.Join(stale, ", "))
	}
	fmt.Printf("%d pages, %d changed\n", len(pages), len(stale))
	return nil
}

// allPages are the files this command owns, README whole.
func allPages(c *catalogue) (map[string][]byte, error) {
	pages := map[string][]byte{}
	schema := generated.NewExecutableSchema(generated.Config{}).Schema()
	var missing []string
	for _, d := range repository.All {
		p := tablePage{d: d, table: c.tables[d.Table], schema: schema, readers: c.readers}
		pages["docs/schemas/"+d.Table+".md"] = []byte(p.text())
		missing = append(missing, p.missing...)
	}
	if len(missing) > 0 {
		return nil, fmt.Errorf("columns without a meaning (describe the field, the document or the helper in internal/docs): %s", strings.Join(missing, ", "))
	}
	pages["docs/schemas/README.md"] = []byte(indexPage(schema))
	pages["docs/states.md"] = []byte(statesPage(schema))
	pages["docs/extensions.md"] = []byte(extensionsPage(c))
	readme, err := os.ReadFile("README.md")
	if err != nil {
		return nil, err
	}
	if pages["README.md"], err = withSettings(readme); err != nil {
		return nil, err
	}
	return pages, nil
}

const (
	settingsBegin = "<!-- settings: written by `make docs` -->\n"
	settingsEnd   = "<!-- /settings -->\n"
)

// withSettings is README with the present table of settings between its marks.
func withSettings(readme []byte) ([]byte, error) {
	before, rest, ok := bytes.Cut(readme, []byte(settingsBegin))
	_, after, closed := bytes.Cut(rest, []byte(settingsEnd))
	if !ok || !closed {
		return nil, fmt.Errorf("README.md has no place for the settings between %q and %q", settingsBegin, settingsEnd)
	}
	return slices.Concat(before, []byte(settingsBegin), []byte(config.Table()), []byte(settingsEnd), after), nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// cell makes a text fit into a cell of a Markdown table.
func cell(text string) string {
	return strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "|", `\|`)
}

func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + cell(text) + "`"
}
