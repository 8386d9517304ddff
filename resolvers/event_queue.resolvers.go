package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/instance"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *eventQueueResolver) Depth(ctx context.Context, obj *model.EventQueue) (int, error) {
	return queueDepth(ctx, obj.UUID)
}

func (r *eventQueueResolver) AllowedActions(ctx context.Context, obj *model.EventQueue) ([]*model.AllowedAction, error) {
	return allowed(ctx, instance.QueueActions(auth.From(ctx), obj), nil)
}

func (r *eventQueueResolver) Entries(ctx context.Context, obj *model.EventQueue, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventQueueEntry], error) {
	return paged(ctx, repository.EventQueueEntries, repository.EntriesOfQueue, obj.UUID, nil, "NEXT", page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *eventQueueResolver) Checkpoint(ctx context.Context, obj *model.EventQueue) (*model.EventInstance, error) {
	return one(ctx, repository.EventInstances, obj)
}

func (r *eventQueueResolver) History(ctx context.Context, obj *model.EventQueue, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *eventQueueEntryResolver) Event(ctx context.Context, obj *model.EventQueueEntry) (*model.EventInstance, error) {
	return follow(ctx, repository.EventInstances, repository.EventByKey, obj.EventID)
}

func (r *mutationResolver) EventQueueSetStatus(ctx context.Context, input model.EventQueueSetStatusInput) (*model.EventQueuePayload, error) {
	row, userErrors, err := change(ctx, repository.EventQueues, input.ID, func(id uuid.UUID) (*model.EventQueue, error) {
		return r.Operations.SetQueue(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), input.Status)
	})
	return &model.EventQueuePayload{EventQueue: row, UserErrors: userErrors}, err
}

func (r *queryResolver) EventQueue(ctx context.Context, id *string, queueID *string) (*model.EventQueue, error) {
	return find(ctx, repository.EventQueues, id, queueID, nil)
}

func (r *queryResolver) EventQueues(ctx context.Context, where *model.EventQueueWhere, orderBy model.EventQueueOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.EventQueue], error) {
	return list(ctx, repository.EventQueues, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) EventQueue() generated.EventQueueResolver { return &eventQueueResolver{r} }

func (r *Resolver) EventQueueEntry() generated.EventQueueEntryResolver {
	return &eventQueueEntryResolver{r}
}

type (
	eventQueueResolver      struct{ *Resolver }
	eventQueueEntryResolver struct{ *Resolver }
)
