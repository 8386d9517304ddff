package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/vektah/gqlparser/v2/ast"
)

// helpers are columns that neither the graph nor a schema file shows.
var helpers = map[string]string{
	"sys_period":         "Since when this content has been valid; the history table has the earlier periods.",
	"credentials":        "Secret, an OpenPGP message; written through the API, never shown by it.",
	"credentials_key_id": "Which key the credentials are encrypted with.",
	"version_sort":       "The version as text that sorts as semantic versions do.",
	"priority_rank":      "The priority as a number: 1 is the most urgent.",
	"due_sort":           "The due time with a far future for none, so that it can be sorted by.",
	"pattern_path":       "The event's name as a path that indexes of ltree understand.",
	"pattern_query":      "The pattern as a query over such paths.",
	"pattern_kind":       "How the pattern begins or ends literally: with key, what finds its candidates by index.",
	"pattern_key":        "The literal part of the pattern.",
	"started_sort":       "The start with a far future for none, so that it can be sorted by.",
	"completed_sort":     "The end with a far future for none, so that it can be sorted by.",
	"timeout_sort":       "The time-out with a far future for none, so that it can be sorted by.",
	"last_used_sort":     "The last use with a value for never, so that it can be sorted by.",
	"source_type":        "The kind of what published the event, taken out of source for filters and edges.",
	"source_id":          "The id of what published the event, taken out of source for filters and edges.",
	"created_at":         "When the row was made.",
	"updated_at":         "When the row last changed; set by the database.",
	"id":                 "Primary key, a UUID of version 7 that carries the time of creation; the graph spells it with the prefix of its kind.",
	"revision":           "Counts the changes of the row; a writer that passes it cannot overwrite another's change.",
}

// tablePage is one page of docs/schemas.
type tablePage struct {
	d       *repository.Descriptor
	table   *table
	schema  *ast.Schema
	readers map[string]string

	missing []string
	b       strings.Builder
}

func (p *tablePage) text() string {
	kind := p.schema.Types[p.d.Name]
	p.line("# %s\n", p.d.Table)
	p.line("<!-- written by `make docs` -->\n")
	p.line("%s\n", kind.Description)
	p.facts()
	if p.table.notes != "" {
		p.line("## How it is built\n\n%s\n", p.table.notes)
	}
	p.columns()
	p.keys()
	p.indexes()
	p.documents()
	p.graph(kind)
	if s, ok := states()[p.d.Table]; ok {
		p.line("## States\n\n%s", s.table(p.schema))
	}
	return strings.TrimRight(p.b.String(), "\n") + "\n"
}

func (p *tablePage) line(format string, args ...any) { fmt.Fprintf(&p.b, format+"\n", args...) }

func (p *tablePage) facts() {
	p.line("| | |\n| --- | --- |")
	p.line("| GraphQL type | `%s`, ids begin with `%s_` |", p.d.Name, p.d.Prefix())
	if p.d.Key != "" {
		p.line("| business key | `%s`%s |", p.d.Key, map[bool]string{true: " with `version`"}[p.d.Versioned()])
	}
	if p.table.partition != "" {
		p.line("| partitions | by %s, a month each |", code(p.table.partition))
	}
	if p.table.hasHistory {
		p.line("| history | earlier contents are kept in `%s_history` |", p.d.Table)
	}
	p.line("")
}

func (p *tablePage) columns() {
	p.line("## Columns\n\n| Column | Type | Null | Default | Meaning |\n| --- | --- | --- | --- | --- |")
	for _, c := range p.table.columns {
		def := code(c.Default)
		if c.Generated {
			def = "generated: " + def
		}
		meaning := p.meaning(c.Name)
		if meaning == "" {
			p.missing = append(p.missing, p.d.Table+"."+c.Name)
		}
		p.line("| `%s` | %s | %s | %s | %s |", c.Name, c.Type, map[bool]string{true: "yes", false: "no"}[c.Nullable], def, cell(meaning))
	}
	p.line("")
}

// meaning is what the graph, the column's schema file or this package says.
func (p *tablePage) meaning(column string) string {
	if text, ok := helpers[column]; ok {
		return text
	}
	if doc := documentOf(p.d.Table, column); doc != nil {
		return doc.text("description")
	}
	fields := p.schema.Types[p.d.Name].Fields
	for _, f := range fields {
		if shown, ok := p.d.Column(f.Name); ok && shown == column && f.Description != "" {
			return f.Description
		}
	}
	for _, f := range fields {
		if r, ok := p.d.Relations[f.Name]; ok && r.Column == column && column != "id" {
			return f.Description
		}
	}
	for _, f := range fields {
		if slices.Contains(p.d.Computed[f.Name], column) {
			return f.Description
		}
	}
	return ""
}

func (p *tablePage) keys() {
	kinds := map[string]string{"p": "primary key", "u": "unique", "f": "foreign key", "c": "check"}
	p.line("## Keys and checks\n\n| Name | Kind | Definition |\n| --- | --- | --- |")
	for _, k := range p.table.keys {
		p.line("| `%s` | %s | %s |", k.Name, kinds[k.Kind], code(k.Definition))
	}
	p.line("")
	if len(p.table.incoming) == 0 {
		return
	}
	p.line("Pointed at by:\n")
	for _, k := range p.table.incoming {
		p.line("- `%s`: %s", k.Table, code(k.Definition))
	}
	p.line("")
}

func (p *tablePage) indexes() {
	p.line("## Indexes\n\n| Index | Over | Reader |\n| --- | --- | --- |")
	for _, i := range p.table.indexes {
		p.line("| `%s` | %s | %s |", i.Name, code(i.Definition), p.reader(i.Name))
	}
	p.line("")
}

func (p *tablePage) reader(index string) string {
	suffix := strings.TrimPrefix(index, p.d.Table)
	for _, name := range []string{index, "…" + suffix} {
		if reader, ok := p.readers[name]; ok {
			return reader
		}
	}
	if suffix == "_pkey" {
		return "look-up by id, order of creation"
	}
	if strings.HasSuffix(index, "_key") {
		return p.readers["…_key"]
	}
	return ""
}

func (p *tablePage) documents() {
	heading := false
	for _, c := range p.table.columns {
		doc := documentOf(p.d.Table, c.Name)
		if doc == nil {
			continue
		}
		if !heading {
			p.line("## JSON columns\n\nChecked on every write by the files in `jsonschema/schemas`.\n")
			heading = true
		}
		p.line("### %s\n\n%s\n", c.Name, doc.text("description"))
		properties := doc.properties()
		if len(properties) == 0 {
			continue
		}
		p.line("| Property | Type | Required | Meaning |\n| --- | --- | --- | --- |")
		for _, property := range properties {
			p.line("| `%s` | %s | %s | %s |", property.path, cell(property.kind), map[bool]string{true: "yes"}[property.required], cell(property.meaning))
		}
		p.line("")
	}
}

func (p *tablePage) graph(kind *ast.Definition) {
	p.line("## In the graph\n")
	var ways []string
	for _, f := range p.schema.Query.Fields {
		if name := f.Type.Name(); name == p.d.Name || name == p.d.Name+"Connection" {
			ways = append(ways, "`"+f.Name+"`")
		}
	}
	p.line("Root fields: %s.\n", strings.Join(ways, ", "))
	p.line("| Field | Type | From | Meaning |\n| --- | --- | --- | --- |")
	for _, f := range kind.Fields {
		if strings.HasPrefix(f.Name, "__") {
			continue
		}
		p.line("| `%s` | `%s` | %s | %s |", f.Name, f.Type.String(), p.origin(f.Name), cell(f.Description))
	}
	p.line("")
	if len(p.d.Orders) > 0 {
		p.line("Orders: %s.\n", backticked(sortedKeys(p.d.Orders)))
	}
	if where := p.schema.Types[p.d.Name+"Where"]; where != nil {
		var names []string
		for _, f := range where.Fields {
			names = append(names, f.Name)
		}
		p.line("Filters: %s.\n", backticked(names))
	}
}

// origin says where the value of a field comes from.
func (p *tablePage) origin(field string) string {
	if r, ok := p.d.Relations[field]; ok {
		return "edge to `" + r.Table + "`"
	}
	if columns, ok := p.d.Computed[field]; ok {
		return "made from " + backticked(columns)
	}
	if column, ok := p.d.Column(field); ok {
		return "`" + column + "`"
	}
	return ""
}

func backticked(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }

func indexPage(schema *ast.Schema) string {
	var b strings.Builder
	b.WriteString("# The tables\n\n<!-- written by `make docs` -->\n\n| Table | Type | JSON columns | What a row is |\n| --- | --- | --- | --- |\n")
	for _, d := range repository.All {
		documents := 0
		for _, name := range jsonschema.Columns() {
			if strings.HasPrefix(name, d.Table+".") {
				documents++
			}
		}
		fmt.Fprintf(&b, "| [%s](%s.md) | `%s` | %d | %s |\n", d.Table, d.Table, d.Name, documents, cell(schema.Types[d.Name].Description))
	}
	return b.String()
}
