package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
)

func (r *eventSequenceResolver) Items(ctx context.Context, obj *model.EventSequence) ([]*model.EventSequenceItem, error) {
	return parts(ctx, repository.EventSequenceItems, repository.ItemsOfSequence, "IN_ORDER", obj.UUID)
}

func (r *eventSequenceResolver) History(ctx context.Context, obj *model.EventSequence, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *eventSequenceItemResolver) Event(ctx context.Context, obj *model.EventSequenceItem) (*model.EventInstance, error) {
	return follow(ctx, repository.EventInstances, repository.EventByKey, obj.EventID)
}

func (r *eventSequenceItemResolver) Sequence(ctx context.Context, obj *model.EventSequenceItem) (*model.EventSequence, error) {
	return follow(ctx, repository.EventSequences, repository.Relation{}, obj.SequenceUUID)
}

func (r *queryResolver) EventSequence(ctx context.Context, id *string, sequenceID *string) (*model.EventSequence, error) {
	return find(ctx, repository.EventSequences, id, sequenceID, nil)
}

func (r *queryResolver) EventSequences(ctx context.Context, where *model.EventSequenceWhere, orderBy model.EventSequenceOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventSequence], error) {
	return list(ctx, repository.EventSequences, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) EventSequence() generated.EventSequenceResolver { return &eventSequenceResolver{r} }

func (r *Resolver) EventSequenceItem() generated.EventSequenceItemResolver {
	return &eventSequenceItemResolver{r}
}

type (
	eventSequenceResolver     struct{ *Resolver }
	eventSequenceItemResolver struct{ *Resolver }
)
