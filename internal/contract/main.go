// Command contract holds the schema of this tree against the committed
// schema.graphql and tells what the difference means for clients: whether it
// breaks a query that was valid, or only adds to what can be asked.
//
//	go run ./internal/contract FILE
package main

import (
	"fmt"
	"os"

	"github.com/augmentedos/graph/graph/schema"
	"github.com/vektah/gqlparser/v2"
	"github.com/vektah/gqlparser/v2/ast"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: contract schema.graphql")
		os.Exit(2)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(file string) error {
	committed, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	if string(committed) == schema.Text() {
		fmt.Println("the schema is the committed one")
		return nil
	}
	before, err := load(file, string(committed))
	if err != nil {
		return err
	}
	after, err := load("this tree", schema.Text())
	if err != nil {
		return err
	}
	changes := compare(before, after)
	breaking := 0
	for _, c := range changes {
		fmt.Println(c)
		if c.breaking {
			breaking++
		}
	}
	switch {
	case breaking > 0:
		return fmt.Errorf("%d changes break clients: deprecate instead, or announce them under Breaking in CHANGELOG.md; then make schema", breaking)
	case len(changes) > 0:
		return fmt.Errorf("%d changes, none breaks a client: make schema", len(changes))
	}
	return fmt.Errorf("only descriptions, directives or order changed: make schema")
}

func load(name, text string) (*ast.Schema, error) {
	s, err := gqlparser.LoadSchema(&ast.Source{Name: name, Input: text})
	if err != nil {
		return nil, fmt.Errorf("%s is no schema: %w", name, err)
	}
	return s, nil
}
