package cli

import (
	"fmt"

	"github.com/augmentedos/graph/graph/schema"
)

type schemaCommand struct{}

// Run prints the schema, as /schema.graphql serves it.
func (schemaCommand) Run(s *session) error {
	_, err := fmt.Fprint(s.out, schema.Text())
	return err
}
