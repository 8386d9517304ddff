package definition

import (
	"context"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// kind is one of the six kinds of definition: its rows as far as a verb needs
// to handle them without knowing their Go type.
type kind interface {
	of() *repository.Descriptor
	prefix() string
	blank() model.Definition
	copyOf(row model.Definition) model.Definition
	find(ctx context.Context, s *repository.Store, id uuid.UUID) (model.Definition, error)
	active(ctx context.Context, s *repository.Store, key string) (model.Definition, error)
	lock(ctx context.Context, tx *repository.Tx, id uuid.UUID, expected *int) (model.Definition, error)
	insert(ctx context.Context, tx *repository.Tx, values repository.Values) (model.Definition, error)
	update(ctx context.Context, tx *repository.Tx, id uuid.UUID, values repository.Values) (model.Definition, error)
	remove(ctx context.Context, tx *repository.Tx, id uuid.UUID) error
	once(ctx context.Context, w *repository.Writer, reason string, work func(context.Context, *repository.Tx) (model.Definition, error)) (model.Definition, error)
}

// kinds are all of them by the prefix of their ids.
var kinds = map[string]kind{
	"wfd": rows[model.WorkflowDefinition]{repository.WorkflowDefinitions},
	"tkd": rows[model.TaskDefinition]{repository.TaskDefinitions},
	"evd": rows[model.EventDefinition]{repository.EventDefinitions},
	"ind": rows[model.IntegrationDefinition]{repository.IntegrationDefinitions},
	"uic": rows[model.UIComponent]{repository.UIComponents},
	"tsd": rows[model.TestDefinition]{repository.TestDefinitions},
}

func kindOf(prefix string) (kind, error) {
	k, ok := kinds[prefix]
	if !ok {
		return nil, fault.Errorf(fault.BadUserInput, "this is not the id of a definition").
			Hint("pass the id of a workflow, task, event or integration definition, a UI component or a test definition")
	}
	return k, nil
}

// rows handles the rows of an entity.
type rows[T any] struct{ entity repository.Entity[T] }

func (r rows[T]) of() *repository.Descriptor { return r.entity.Descriptor }

func (r rows[T]) prefix() string { return r.entity.Prefix() }

func (r rows[T]) blank() model.Definition { return any(new(T)).(model.Definition) }

func (r rows[T]) copyOf(row model.Definition) model.Definition {
	copied := *any(row).(*T)
	return any(&copied).(model.Definition)
}

func (r rows[T]) find(ctx context.Context, s *repository.Store, id uuid.UUID) (model.Definition, error) {
	found, err := repository.ByKeys(ctx, s, r.entity, repository.Relation{}, r.entity.Columns(), []any{id})
	if err == nil && found[id] == nil {
		err = fault.Errorf(fault.NotFound, "there is no %s with this id", r.entity.Name)
	}
	return definition(found[id], err)
}

func (r rows[T]) active(ctx context.Context, s *repository.Store, key string) (model.Definition, error) {
	return definition(repository.ByBusinessKey(ctx, s, r.entity, r.entity.Columns(), key, ""))
}

func (r rows[T]) lock(ctx context.Context, tx *repository.Tx, id uuid.UUID, expected *int) (model.Definition, error) {
	return definition(repository.Lock(ctx, tx, r.entity, id, expected))
}

func (r rows[T]) insert(ctx context.Context, tx *repository.Tx, values repository.Values) (model.Definition, error) {
	return definition(repository.Insert(ctx, tx, r.entity, values))
}

func (r rows[T]) update(ctx context.Context, tx *repository.Tx, id uuid.UUID, values repository.Values) (model.Definition, error) {
	return definition(repository.Update(ctx, tx, r.entity, id, nil, values))
}

func (r rows[T]) remove(ctx context.Context, tx *repository.Tx, id uuid.UUID) error {
	return repository.Delete(ctx, tx, r.entity, id)
}

// once is work that a retry with the same idempotency key does not repeat.
func (r rows[T]) once(ctx context.Context, w *repository.Writer, reason string, work func(context.Context, *repository.Tx) (model.Definition, error)) (model.Definition, error) {
	return definition(repository.Once(ctx, w, r.entity, reason, func(ctx context.Context, tx *repository.Tx) (*T, error) {
		row, err := work(ctx, tx)
		typed, _ := any(row).(*T)
		return typed, err
	}))
}

// idOf reads a global id that must be of this kind.
func idOf(k kind, text string) (uuid.UUID, error) {
	prefix, id, err := nodeid.Decode(text)
	if err != nil || prefix != k.prefix() {
		return id, fault.Errorf(fault.BadUserInput, "%q is not an id of this type", text).At("/id").
			Hint("ids of this type begin with %s_; pass the id field of an object on unchanged", k.prefix())
	}
	return id, nil
}

// definition is a row as an interface, nil when there is none.
func definition[T any](row *T, err error) (model.Definition, error) {
	if row == nil || err != nil {
		return nil, err
	}
	return any(row).(model.Definition), nil
}
