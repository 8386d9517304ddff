package resolvers

import (
	"context"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// partsLimit bounds the parts of one row that are shown as a list and not in
// pages, such as the items of a sequence.
const partsLimit = 1000

// parts reads the parts of a row in their order, together with those of its
// siblings.
func parts[T any](ctx context.Context, e repository.Entity[T], r repository.Relation, order string, key any) ([]*T, error) {
	field := graphql.GetFieldContext(ctx).Field
	q := repository.ListQuery{
		Name: field.Name, Columns: loader.Columns(ctx, e.Descriptor), Order: order, Page: page.Request{Size: partsLimit},
	}
	rows, err := loader.Many(ctx, e, r, field.Field, q, key)
	if err != nil {
		return nil, err
	}
	return rows.Nodes(), nil
}

// paged is many for an edge that starts in a part of a row or in a document, of
// which no descriptor knows: the caller names the edge and its key.
func paged[T any, O ~string](ctx context.Context, e repository.Entity[T], r repository.Relation, key any, where any, order O, args page.Args) (*page.Connection[T], error) {
	field := graphql.GetFieldContext(ctx).Field
	q, err := query(ctx, e.Descriptor, field.Name, where, string(order), args, page.NestedSize)
	if err != nil {
		return nil, err
	}
	return loader.Many(ctx, e, r, field.Field, q, key)
}

// follow is one for such an edge.
func follow[T any](ctx context.Context, e repository.Entity[T], r repository.Relation, key any) (*T, error) {
	return loader.One(ctx, e, r, loader.Columns(ctx, e.Descriptor), key)
}

// named finds a row by whatever a document written by somebody calls it: its
// UUID, its global id or its business key.
func named[T any](ctx context.Context, e repository.Entity[T], name string) (*T, error) {
	if id, ok := idIn(name); ok {
		row, err := follow(ctx, e, repository.Relation{}, id)
		if row != nil || err != nil {
			return row, err
		}
	}
	return follow(ctx, e, repository.ByKey(e.Descriptor), name)
}

// idIn reads a UUID or the UUID in a global id.
func idIn(name string) (uuid.UUID, bool) {
	if _, id, err := nodeid.Decode(name); err == nil {
		return id, true
	}
	id, err := uuid.Parse(name)
	return id, err == nil && strings.Count(name, "-") == 4
}
