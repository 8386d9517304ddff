package loader

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// references identifies the loader of the targets of one reference table.
type references struct {
	table   model.ReferenceTable
	columns string
	once    bool
}

// Referenced reads the definition that a place in a document names; nil when
// the reference leads nowhere. All places of all documents of a level share one
// statement.
func Referenced[T any](ctx context.Context, e repository.Entity[T], columns []string, place model.Place) (*T, error) {
	identity := references{place.Table, strings.Join(columns, ","), false}
	byPath, err := load(ctx, From(ctx), identity, place.Source, targets(ctx, e.Descriptor, place.Table, columns))
	row, _ := any(byPath[place.Path]).(*T)
	return row, err
}

// ReferencedOnce reads the definitions that the documents of source name, each
// once.
func ReferencedOnce[T any](ctx context.Context, e repository.Entity[T], columns []string, table model.ReferenceTable, source uuid.UUID) ([]*T, error) {
	identity := references{table, strings.Join(columns, ","), true}
	nodes, err := load(ctx, From(ctx), identity, source, targetsOnce(ctx, e.Descriptor, table, columns))
	var rows []*T
	for _, node := range nodes {
		rows = append(rows, any(node).(*T))
	}
	return rows, err
}

// KnowReferenced reads what all documents of the sources name, for those who
// will ask with Referenced, or with ReferencedOnce when once is set, for these
// columns. It answers the rows found.
func KnowReferenced(ctx context.Context, d *repository.Descriptor, columns []string, table model.ReferenceTable, once bool, sources []any) (rows []model.Node, err error) {
	identity := references{table, strings.Join(columns, ","), once}
	if once {
		found, err := know(ctx, From(ctx), identity, sources, targetsOnce(ctx, d, table, columns))
		for _, nodes := range found {
			rows = append(rows, nodes...)
		}
		return rows, err
	}
	found, err := know(ctx, From(ctx), identity, sources, targets(ctx, d, table, columns))
	for _, byPath := range found {
		for _, node := range byPath {
			rows = append(rows, node)
		}
	}
	return rows, err
}

func targets(ctx context.Context, d *repository.Descriptor, table model.ReferenceTable, columns []string) fetch[map[string]model.Node] {
	store := From(ctx).Store
	return func(ctx context.Context, keys []any) (map[any]map[string]model.Node, error) {
		return store.Referenced(ctx, d, table, columns, UUIDs(keys))
	}
}

func targetsOnce(ctx context.Context, d *repository.Descriptor, table model.ReferenceTable, columns []string) fetch[[]model.Node] {
	store := From(ctx).Store
	return func(ctx context.Context, keys []any) (map[any][]model.Node, error) {
		return store.ReferencedOnce(ctx, d, table, columns, UUIDs(keys))
	}
}

// Know is Load for keys of which it is known that they will be asked for with
// this identity.
func Know[V any](ctx context.Context, identity any, keys []any, fetch func(ctx context.Context, s *repository.Store, keys []any) (map[any]V, error)) (map[any]V, error) {
	set := From(ctx)
	return know(ctx, set, identity, keys, func(ctx context.Context, keys []any) (map[any]V, error) {
		return fetch(ctx, set.Store, keys)
	})
}

// Load asks for something that no other function here reads: fetch gets the keys
// of all siblings that load with the same identity.
func Load[V any](ctx context.Context, identity, key any, fetch func(ctx context.Context, s *repository.Store, keys []any) (map[any]V, error)) (V, error) {
	set := From(ctx)
	return load(ctx, set, identity, key, func(ctx context.Context, keys []any) (map[any]V, error) {
		return fetch(ctx, set.Store, keys)
	})
}

// UUIDs are keys that are all ids.
func UUIDs(keys []any) []uuid.UUID {
	ids := make([]uuid.UUID, len(keys))
	for i, k := range keys {
		ids[i] = k.(uuid.UUID)
	}
	return ids
}
