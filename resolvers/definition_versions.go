package resolvers

import (
	"context"
	"strings"
	"time"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/definition"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
	"github.com/vektah/gqlparser/v2/ast"
)

// findVersion is find for definitions: with asOf the version of a business key
// that was active at that moment.
func findVersion[T any](ctx context.Context, e repository.Entity[T], id, key, version *string, asOf *time.Time) (*T, error) {
	if asOf == nil {
		return find(ctx, e, id, key, version)
	}
	if key == nil || id != nil || version != nil {
		return nil, fault.Errorf(fault.BadUserInput, "asOf asks which version of a business key was active").At("/asOf").
			Hint("give the business key alone, without id and version")
	}
	if err := refuseInstances(ctx); err != nil {
		return nil, err
	}
	then, err := loader.From(ctx).Store.ActiveAt(ctx, e.Descriptor, *key, *asOf)
	if err != nil || then == nil {
		return nil, err
	}
	return loader.One(ctx, e, repository.Relation{}, loader.Columns(ctx, e.Descriptor), *then)
}

// refuseInstances refuses a selection that leads from the current field to what
// runs: that has no past to be shown.
func refuseInstances(ctx context.Context) error {
	op := graphql.GetOperationContext(ctx)
	field := graphql.GetFieldContext(ctx).Field.Field
	if at := pathToInstances(op.Doc.Fragments, field.SelectionSet, ""); at != "" {
		return fault.Errorf(fault.BadUserInput, "%s cannot be asked for under asOf: only definitions are known as they were", at).
			Hint("ask for it beside the look-up, without asOf")
	}
	return nil
}

// pathToInstances is the first field below that shows instances, by its path.
func pathToInstances(fragments ast.FragmentDefinitionList, set ast.SelectionSet, path string) string {
	for _, selection := range set {
		var at string
		switch s := selection.(type) {
		case *ast.Field:
			if at = path + s.Name; !showsInstances(s) {
				at = pathToInstances(fragments, s.SelectionSet, at+".")
			}
		case *ast.InlineFragment:
			at = pathToInstances(fragments, s.SelectionSet, path)
		case *ast.FragmentSpread:
			at = pathToInstances(fragments, fragments.ForName(s.Name).SelectionSet, path)
		}
		if at != "" {
			return at
		}
	}
	return ""
}

func showsInstances(f *ast.Field) bool {
	if f.Definition == nil {
		return false
	}
	of := f.Definition.Type.Name()
	for _, wrapper := range []string{"Connection", "StatusCount"} {
		of = strings.TrimSuffix(of, wrapper)
	}
	d := repository.ByName(of)
	return d != nil && !d.Versioned() && d != repository.WorkflowEventTriggers.Descriptor
}

// atRef is the version that a reference leads to, nil when it leads nowhere.
func atRef(ctx context.Context, ref model.DefinitionRef) (model.Definition, error) {
	d := repository.ByTable(ref.Table)
	if d == nil {
		return nil, nil
	}
	node, err := loader.Node(ctx, d, loader.Columns(ctx, d), ref.ID)
	if err != nil || node == nil {
		return nil, err
	}
	return node.(model.Definition), nil
}

type usesOf struct {
	table string
	first int
}

// usedBy finds the places that name a definition, in whichever version.
func usedBy[T any](ctx context.Context, e repository.Entity[T], row *T, first int) ([]*model.DefinitionUse, error) {
	if err := atMost(first); err != nil {
		return nil, err
	}
	uses, err := loader.Load(ctx, usesOf{e.Table, first}, e.Value(row, e.Key), func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.DefinitionUse, error) {
		return s.Uses(ctx, e.Descriptor, keys, first)
	})
	return append([]*model.DefinitionUse{}, uses...), err
}

// atMost checks the number of entries of a list without pages.
func atMost(first int) error {
	if first < 0 || first > page.MaxSize {
		return fault.Errorf(fault.BadUserInput, "first must be between 0 and %d, not %d", page.MaxSize, first).At("/first").
			Hint("ask for at most %d entries, and for older ones with before", page.MaxSize)
	}
	return nil
}

// diff compares a version with another one of its business key, or with the
// active one; nil when there is none.
func diff[T any](ctx context.Context, e repository.Entity[T], row *T, from *string) ([]*model.DefinitionChange, error) {
	number := ""
	if from != nil {
		number = *from
	}
	other, err := loader.One(ctx, e, e.AnyVersion(), e.Columns(), e.Value(row, e.Key).(string)+repository.VersionSeparator+number)
	if err != nil || other == nil || number == "" && e.Value(other, "status") != model.DefinitionActive {
		return nil, err
	}
	whole, err := loader.One(ctx, e, repository.Relation{}, e.Columns(), e.Value(row, "id"))
	if err != nil || whole == nil {
		return nil, err
	}
	old, err := contentOf(ctx, e, other)
	if err != nil {
		return nil, err
	}
	now, err := contentOf(ctx, e, whole)
	if err != nil {
		return nil, err
	}
	return definition.Diff(e.Descriptor, old, now, e.Content())
}

// contentOf is what a version says, the triggers of a workflow with it.
func contentOf[T any](ctx context.Context, e repository.Entity[T], row *T) (definition.Content, error) {
	content := definition.Content{Row: row}
	if e.Descriptor != repository.WorkflowDefinitions.Descriptor {
		return content, nil
	}
	triggers, err := loader.Load(ctx, "content triggers", e.Value(row, "id"), func(ctx context.Context, s *repository.Store, keys []any) (map[any][]*model.WorkflowEventTrigger, error) {
		return s.Triggers(ctx, keys...)
	})
	content.Triggers = triggers
	return content, err
}

type revisionsOf struct {
	table  string
	first  int
	before time.Time
}

// revisions are what a version said before.
func revisions[T any](ctx context.Context, e repository.Entity[T], id uuid.UUID, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	read := func(ctx context.Context, s *repository.Store, q repository.HistoryQuery, ids []any) (map[any][]repository.Revision[T], error) {
		return repository.Revisions(ctx, s, e, q, ids)
	}
	return recorded(ctx, e, id, repository.HistoryQuery{First: first, Before: before}, read)
}

// workflowRevisions are what a workflow said before, its triggers with it.
func workflowRevisions(ctx context.Context, id uuid.UUID, first int, before *time.Time) ([]*model.DefinitionRevision, error) {
	return recorded(ctx, repository.WorkflowDefinitions, id, repository.HistoryQuery{First: first, Before: before}, repository.WorkflowRevisions)
}

// reader reads what definitions of a kind said before.
type reader[T any] func(context.Context, *repository.Store, repository.HistoryQuery, []any) (map[any][]repository.Revision[T], error)

func recorded[T any](ctx context.Context, e repository.Entity[T], id uuid.UUID, q repository.HistoryQuery, read reader[T]) ([]*model.DefinitionRevision, error) {
	if err := atMost(q.First); err != nil {
		return nil, err
	}
	identity := revisionsOf{table: e.Table, first: q.First}
	if q.Before != nil {
		identity.before = *q.Before
	}
	records, err := loader.Load(ctx, identity, id, func(ctx context.Context, s *repository.Store, ids []any) (map[any][]repository.Revision[T], error) {
		return read(ctx, s, q, ids)
	})
	if err != nil {
		return nil, err
	}
	return definition.History(e.Descriptor, records, q.First)
}
