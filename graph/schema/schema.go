// Package schema is the graph's public face: the schema files as they are
// written, for whoever serves, prints or checks them.
package schema

import (
	"embed"
	"io/fs"
	"slices"
	"strings"
)

//go:embed *.graphqls
var files embed.FS

// Text is the whole schema as one document, schema.graphqls first.
func Text() string {
	names, err := fs.Glob(files, "*.graphqls")
	if err != nil {
		panic("the pattern is constant: " + err.Error())
	}
	slices.SortFunc(names, func(a, b string) int {
		if (a == "schema.graphqls") != (b == "schema.graphqls") {
			return map[bool]int{true: -1, false: 1}[a == "schema.graphqls"]
		}
		return strings.Compare(a, b)
	})
	var text strings.Builder
	for i, name := range names {
		content, err := files.ReadFile(name)
		if err != nil {
			panic("an embedded file is always there: " + err.Error())
		}
		if i > 0 {
			text.WriteByte('\n')
		}
		text.Write(content)
	}
	return text.String()
}
