package resolvers

import (
	"context"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/routing"
	"github.com/augmentedos/graph/repository"
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

// explain says what the event that exactly one of the input's fields names sets
// off.
func explain(ctx context.Context, d *routing.Decider, input model.TriggerExplainInput) (*model.TriggerExplanation, error) {
	store := loader.From(ctx).Store
	given := 0
	for _, is := range []bool{input.ID != nil, input.EventID != nil, input.Sample != nil} {
		if is {
			given++
		}
	}
	switch {
	case given != 1:
		return nil, fault.Errorf(fault.BadUserInput, "an explanation takes exactly one of id, eventId and sample").At("/input/id").Hint("give one of the three")
	case input.Sample != nil:
		return d.ExplainSample(ctx, store, input.Sample, input.Trigger)
	case input.EventID != nil:
		return d.Explain(ctx, store, *input.EventID, input.Trigger)
	}
	prefix, id, err := nodeid.Decode(*input.ID)
	if err != nil || prefix != repository.EventInstances.Prefix() {
		return nil, notAnID(*input.ID, repository.EventInstances.Prefix()).At("/input/id")
	}
	return d.Explain(ctx, store, id, input.Trigger)
}
