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
	set := From(ctx)
	identity := references{place.Table, strings.Join(columns, ","), false}
	byPath, err := load(ctx, set, identity, place.Source, func(ctx context.Context, keys []any) (map[any]map[string]*T, error) {
		return repository.Referenced(ctx, set.Store, e, place.Table, columns, UUIDs(keys))
	})
	return byPath[place.Path], err
}

// ReferencedOnce reads the definitions that the documents of source name, each
// once.
func ReferencedOnce[T any](ctx context.Context, e repository.Entity[T], columns []string, table model.ReferenceTable, source uuid.UUID) ([]*T, error) {
	set := From(ctx)
	identity := references{table, strings.Join(columns, ","), true}
	return load(ctx, set, identity, source, func(ctx context.Context, keys []any) (map[any][]*T, error) {
		return repository.ReferencedOnce(ctx, set.Store, e, table, columns, UUIDs(keys))
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
