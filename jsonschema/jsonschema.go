// Package jsonschema decides whether a JSON document may be stored. It holds
// one JSON Schema file per JSONB column (schemas/<table>.<column>.schema.json),
// compiles the schemas that users store in definitions, turns older spellings
// of a document into the canonical one, and checks the rules that a schema
// cannot express. Everything it says is meant for a person: a path, what is
// wrong, and never a value of the document, which may be a secret.
package jsonschema

import (
	"bytes"
	"embed"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"sync"

	engine "github.com/santhosh-tekuri/jsonschema/v5"
)

//go:embed schemas/*.json
var files embed.FS

const (
	// base gives the embedded files addresses, so that they can refer to each
	// other. Nothing is ever fetched from it.
	base   = "schema://columns/"
	suffix = ".schema.json"
	common = "common" + suffix
)

// Validate checks a document against the schema of its column. It answers
// nothing when the document may be stored, else at most 50 violations ordered
// by path. SQL NULL is not a document: do not call it for an absent value. A
// column without a schema file is a mistake of the caller and panics.
func Validate(table, column string, doc []byte) []Violation {
	c, ok := columns()[table+"."+column]
	if !ok {
		panic(fmt.Sprintf("jsonschema: no schema file for %s.%s", table, column))
	}
	value, violation := decode(doc)
	if violation != nil {
		return []Violation{*violation}
	}
	err := c.compiled().Validate(value)
	return report{schema: embedded, doc: value}.of(err)
}

// Has tells whether table.column has a schema file.
func Has(table, column string) bool {
	_, ok := columns()[table+"."+column]
	return ok
}

// Columns lists what has a schema file, as "table.column", sorted.
func Columns() []string {
	names := make([]string, 0, len(columns()))
	for name := range columns() {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Source is the text of a column's schema file, nil when there is none.
// Documentation is generated from it. References into the file of shared
// shapes stay as they are; see Common.
func Source(table, column string) []byte {
	text, err := files.ReadFile("schemas/" + table + "." + column + suffix)
	if err != nil {
		return nil
	}
	return text
}

// Common is the text of the file of shared shapes, which the columns' files
// refer to as common.schema.json#/$defs/….
func Common() []byte {
	text, err := files.ReadFile("schemas/" + common)
	if err != nil {
		panic(err)
	}
	return text
}

// column is one schema file. It is compiled when it is first needed, because a
// command that writes one table should not pay for all of them.
type column struct {
	compiled func() *engine.Schema
}

var columns = sync.OnceValue(func() map[string]column {
	names, err := fs.Glob(files, "schemas/*"+suffix)
	if err != nil {
		panic(err)
	}
	all := make(map[string]column, len(names))
	for _, name := range names {
		file := strings.TrimPrefix(name, "schemas/")
		if file == common {
			continue
		}
		all[strings.TrimSuffix(file, suffix)] = column{
			compiled: sync.OnceValue(func() *engine.Schema { return compileFile(file) }),
		}
	}
	return all
})

// compileFile panics on a broken file: the files are part of the program.
func compileFile(file string) *engine.Schema {
	c := engine.NewCompiler()
	c.AssertFormat = true
	c.Formats = formats()
	c.LoadURL = func(url string) (io.ReadCloser, error) {
		text, err := files.ReadFile("schemas/" + strings.TrimPrefix(url, base))
		if err != nil {
			return nil, fmt.Errorf("schema files refer to each other only: %w", err)
		}
		return io.NopCloser(bytes.NewReader(text)), nil
	}
	return c.MustCompile(base + file)
}

// embedded finds the part of a schema file a violation is about.
func embedded(url string) any {
	file, pointer, _ := strings.Cut(strings.TrimPrefix(url, base), "#")
	return at(parsedFiles()[file], pointer)
}

var parsedFiles = sync.OnceValue(func() map[string]any {
	parsed := make(map[string]any)
	entries, err := files.ReadDir("schemas")
	if err != nil {
		panic(err)
	}
	for _, entry := range entries {
		text, err := files.ReadFile("schemas/" + entry.Name())
		if err != nil {
			panic(err)
		}
		var value any
		if err := json.Unmarshal(text, &value); err != nil {
			panic(fmt.Sprintf("jsonschema: %s: %v", entry.Name(), err))
		}
		parsed[entry.Name()] = value
	}
	return parsed
})
