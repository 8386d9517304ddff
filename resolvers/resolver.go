// Package resolvers joins the schema to what is below: each body is one
// sentence. It knows no SQL; conditions and error texts live further down.
package resolvers

import (
	"github.com/augmentedos/graph/internal/bulk"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/internal/watch"
)

// Resolver is the root of all resolvers. Reads need nothing of it: the loaders
// of the response are in the context. Writes go through these services.
type Resolver struct {
	Bulk        *bulk.Service
	Definitions *definition.Definitions

	Tasks       *instance.Tasks
	Workflows   *instance.Workflows
	Operations  *instance.Operations
	Publisher   *routing.Publisher
	Router      *routing.Router
	Connections *instance.Connections
	TestRuns    *instance.TestRuns

	Live *watch.Source // nil on a server that does not follow changes
}
