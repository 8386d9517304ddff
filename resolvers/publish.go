package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
)

// publish takes events in and sorts what became of each.
func publish(ctx context.Context, p *routing.Publisher, input model.EventPublishInput) (*model.EventPublishPayload, error) {
	published, err := p.Publish(ctx, input)
	loader.From(ctx).Reset()
	payload := &model.EventPublishPayload{Outcomes: make([]*model.EventPublishOutcome, len(published))}
	if payload.UserErrors, err = userErrors(err); err != nil {
		return nil, err
	}
	for i, one := range published {
		outcome := &model.EventPublishOutcome{Accepted: one.Err == nil, Duplicate: one.Duplicate, Event: one.Event, Problems: one.Problems}
		if outcome.UserErrors, err = userErrors(one.Err); err != nil {
			return nil, err
		}
		payload.Outcomes[i] = outcome
	}
	return payload, nil
}
