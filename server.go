// Augmented OS graph: the GraphQL server over the workflow platform's database.
// This file is the program's face; what it does is in internal/cli.
package main

import (
	"embed"
	"io/fs"
	"os"

	"github.com/augmentedos/graph/internal/cli"
)

// operations are the queries the explorer opens with; the same files are the
// golden tests.
//
//go:embed testdata/operations/*.graphql
var operations embed.FS

func main() {
	tabs, err := fs.Sub(operations, "testdata/operations")
	if err != nil {
		panic(err) // the folder is embedded
	}
	os.Exit(cli.Run(os.Args[1:], os.Stdout, os.Stderr, tabs))
}
