package resolvers

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// find looks a row up by exactly one of its global id and its business key; a
// definition's key may name a version.
func find[T any](ctx context.Context, e repository.Entity[T], id, key, version *string) (*T, error) {
	columns := loader.Columns(ctx, e.Descriptor)
	switch {
	case (id == nil) == (key == nil):
		return nil, fault.Errorf(fault.BadUserInput, "a look-up takes exactly one of id and the business key").At("/id").
			Hint("give one of the two")
	case id != nil && version != nil:
		return nil, fault.Errorf(fault.BadUserInput, "an id already names one version").At("/version").Hint("leave version out")
	case id == nil:
		return loader.ByBusinessKey(ctx, e, columns, *key, version)
	}
	prefix, uid, err := nodeid.Decode(*id)
	if err != nil || prefix != e.Prefix() {
		return nil, notAnID(*id, e.Prefix()).At("/id")
	}
	return loader.One(ctx, e, repository.Relation{}, columns, uid)
}

func notAnID(id, prefix string) *fault.Fault {
	return fault.Errorf(fault.BadUserInput, "%q is not an id of this type", id).
		Hint("ids of this type begin with %s_; pass the id field of an object on unchanged", prefix)
}

// list reads one page of all rows of an entity.
func list[T any, O ~string](ctx context.Context, e repository.Entity[T], where any, order O, args page.Args) (*page.Connection[T], error) {
	q, err := query(ctx, e.Descriptor, "list", where, string(order), args, page.RootSize)
	if err != nil {
		return nil, err
	}
	return loader.List(ctx, e, q)
}

// one follows the to-one edge that the current field is; the descriptor of the
// parent says where it leads.
func one[T any](ctx context.Context, e repository.Entity[T], parent model.Node) (*T, error) {
	r, key := edge(ctx, parent)
	if key == nil {
		return nil, nil
	}
	return loader.One(ctx, e, r, loader.Columns(ctx, e.Descriptor), key)
}

// many reads a page of the to-many edge that the current field is, together
// with the same edge of all siblings of parent.
func many[T any, O ~string](ctx context.Context, e repository.Entity[T], parent model.Node, where any, order O, args page.Args) (*page.Connection[T], error) {
	field := graphql.GetFieldContext(ctx).Field
	q, err := query(ctx, e.Descriptor, field.Name, where, string(order), args, page.NestedSize)
	if err != nil {
		return nil, err
	}
	r, key := edge(ctx, parent)
	if key == nil {
		return page.New[T](q.Page, nil, nil, page.Nothing{}), nil
	}
	return loader.Many(ctx, e, r, field.Field, q, key)
}

func query(ctx context.Context, d *repository.Descriptor, name string, where any, order string, args page.Args, size int) (repository.ListQuery, error) {
	request, err := args.Request(size)
	return repository.ListQuery{
		Name: name, Columns: loader.Columns(ctx, d), Where: where, Order: order, Page: request,
	}, err
}

// edge is the relation behind the current field and the key that parent has in
// it; a nil key leads nowhere.
func edge(ctx context.Context, parent model.Node) (repository.Relation, any) {
	d := repository.ByPrefix(parent.Prefix())
	r, ok := d.Relations[graphql.GetFieldContext(ctx).Field.Name]
	if !ok {
		panic("resolvers: " + d.Name + " has no relation " + graphql.GetFieldContext(ctx).Field.Name)
	}
	return r, present(d.Value(parent, r.Column))
}

// present looks through a nullable key: nil when it is null.
func present(v any) any {
	if p := reflect.ValueOf(v); p.Kind() == reflect.Pointer {
		if p.IsNil() {
			return nil
		}
		return p.Elem().Interface()
	}
	if v == uuid.Nil {
		return nil
	}
	return v
}
