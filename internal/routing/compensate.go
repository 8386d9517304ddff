package routing

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/expression"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// compensation is an event that undoes something, as a sequence stores it.
type compensation struct {
	EventID  string      `json:"eventId"` // of the definition
	Template scalar.JSON `json:"payload_template"`
}

// compensate publishes the events that undo what a failed sequence did. One that
// cannot be published gets a dead letter in the name of the sequence.
func (p *passage) compensate(ctx context.Context, sequence *model.EventSequence, cause error) error {
	strategy := sequence.RollbackStrategy()
	if strategy == nil || strategy.Type != "compensating_events" || len(strategy.CompensatingEvents) == 0 {
		return nil
	}
	env, err := p.undone(ctx, sequence, cause)
	if err != nil {
		return err
	}
	in := model.EventPublishInput{}
	for n, doc := range strategy.CompensatingEvents {
		input, err := p.counterEvent(ctx, sequence, n, doc, env)
		if err != nil {
			p.report.Failures = append(p.report.Failures, Failure{"sequence_" + sequence.SequenceID, err})
			continue
		}
		in.Events = append(in.Events, input)
	}
	b := newBatch(ctx, p.tx, in)
	if err := b.checked(ctx, p.tx); err != nil {
		return err
	}
	if err := b.admit(ctx, p.tx, MainQueue, true); err != nil {
		return err
	}
	if err := b.record(ctx, p.tx); err != nil {
		return err
	}
	for _, one := range b.outcomes() {
		if one.Err != nil {
			p.report.Failures = append(p.report.Failures, Failure{"sequence_" + sequence.SequenceID, one.Err})
		}
	}
	return nil
}

// undone is what the templates of compensating events see.
func (p *passage) undone(ctx context.Context, sequence *model.EventSequence, cause error) (expression.Env, error) {
	const most = 500
	recorded, err := p.tx.SequenceEvents(ctx, sequence.UUID, most)
	if err != nil {
		return nil, err
	}
	events := make([]any, len(recorded))
	for i, e := range recorded {
		seen, err := happened(e)
		if err != nil {
			return nil, err
		}
		events[i] = seen.seen
	}
	metadata, err := expression.Decode(sequence.Metadata)
	if err != nil {
		return nil, fmt.Errorf("metadata of sequence %s: %w", sequence.SequenceID, err)
	}
	return expression.Compensation.Env(map[string]any{
		"events": events, "event": p.event.seen, "metadata": metadata,
		"error": map[string]any{"message": told(cause), "code": string(fault.CodeOf(cause))},
	}), nil
}

// counterEvent is one compensating event as it is published.
func (p *passage) counterEvent(ctx context.Context, sequence *model.EventSequence, n int, doc scalar.JSON, env expression.Env) (*model.EventInput, error) {
	var c compensation
	if err := json.Unmarshal(doc, &c); err != nil {
		return nil, fault.Wrap(err, fault.Validation, "the compensating event cannot be read")
	}
	definition, err := repository.ByBusinessKey(ctx, p.tx.Store, repository.EventDefinitions, []string{"pattern"}, c.EventID, "")
	if err != nil {
		return nil, err
	}
	if definition == nil {
		return nil, fault.Errorf(fault.NotFound, "event definition %q has no active version", c.EventID)
	}
	payload := scalar.JSON("{}")
	if len(c.Template) > 0 {
		template, err := expression.ParseDocument(c.Template, expression.Filled)
		if err != nil {
			return nil, err
		}
		value, err := template.Eval(ctx, env)
		if err != nil {
			return nil, err
		}
		if payload, err = json.Marshal(value); err != nil {
			return nil, fmt.Errorf("payload of a compensating event: %w", err)
		}
	}
	metadata := map[string]any{"causationId": p.event.EventID}
	if sequence.CorrelationID != nil {
		metadata["correlationId"] = *sequence.CorrelationID
	}
	about, err := json.Marshal(metadata)
	id := "evt_" + uuid.NewSHA1(sequence.UUID, fmt.Appendf(nil, "%s\x00%d", p.event.EventID, n)).String()
	return &model.EventInput{
		Pattern: definition.Pattern, EventID: &id, Payload: payload, Metadata: about,
		Source: &model.EventOriginInput{Type: "system", ID: sequence.SequenceID, Name: &sequence.Name},
	}, err
}
