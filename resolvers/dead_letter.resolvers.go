package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/generated"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

func (r *deadLetterResolver) AllowedActions(ctx context.Context, obj *model.DeadLetter) ([]*model.AllowedAction, error) {
	return letterActions(ctx, obj)
}

func (r *deadLetterResolver) Event(ctx context.Context, obj *model.DeadLetter) (*model.EventInstance, error) {
	return one(ctx, repository.EventInstances, obj)
}

func (r *deadLetterResolver) Subscriber(ctx context.Context, obj *model.DeadLetter) (model.DeadLetterSubscriber, error) {
	return deadLetterSubscriber(ctx, obj.SubscriberID)
}

func (r *deadLetterResolver) History(ctx context.Context, obj *model.DeadLetter, first int, before *time.Time) ([]*model.HistoryEntry, error) {
	return history(ctx, obj.UUID, first, before)
}

func (r *mutationResolver) DeadLetterRetry(ctx context.Context, input model.DeadLetterRetryInput) (*model.DeadLetterPayload, error) {
	row, userErrors, err := change(ctx, repository.DeadLetters, input.ID, func(id uuid.UUID) (*model.DeadLetter, error) {
		return r.Router.Retry(ctx, target(id, value(input.ExpectedRevision), value(input.Reason)), input.Force)
	})
	return &model.DeadLetterPayload{DeadLetter: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) DeadLetterResolve(ctx context.Context, input model.ChangeInput) (*model.DeadLetterPayload, error) {
	row, userErrors, err := change(ctx, repository.DeadLetters, input.ID, func(id uuid.UUID) (*model.DeadLetter, error) {
		return r.Operations.Resolve(ctx, asked(id, input))
	})
	return &model.DeadLetterPayload{DeadLetter: row, UserErrors: userErrors}, err
}

func (r *mutationResolver) DeadLetterDiscard(ctx context.Context, input model.ChangeInput) (*model.DeadLetterPayload, error) {
	row, userErrors, err := change(ctx, repository.DeadLetters, input.ID, func(id uuid.UUID) (*model.DeadLetter, error) {
		return r.Operations.Discard(ctx, asked(id, input))
	})
	return &model.DeadLetterPayload{DeadLetter: row, UserErrors: userErrors}, err
}

func (r *queryResolver) DeadLetter(ctx context.Context, id *string, entryID *string) (*model.DeadLetter, error) {
	return find(ctx, repository.DeadLetters, id, entryID, nil)
}

func (r *queryResolver) DeadLetters(ctx context.Context, where *model.DeadLetterWhere, orderBy model.DeadLetterOrder, first *int, after *page.Cursor, last *int, before *page.Cursor) (*page.Connection[model.DeadLetter], error) {
	return list(ctx, repository.DeadLetters, where, orderBy, page.Args{First: first, After: after, Last: last, Before: before})
}

func (r *Resolver) DeadLetter() generated.DeadLetterResolver { return &deadLetterResolver{r} }

type deadLetterResolver struct{ *Resolver }
