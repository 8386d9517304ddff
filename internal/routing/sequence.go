package routing

import (
	"context"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// turnPause is how often an event looks whether its turn in a sequence has
// come. The event before it tells; this is for what was never published.
const turnPause = 5 * time.Second

// turn tells whether an event may be processed as far as its sequences are
// concerned.
func turn(places []*repository.SequencePlace) error {
	for _, at := range places {
		switch {
		case at.Sequence.Status == model.SequenceFailed:
			return fault.Errorf(fault.IllegalTransition, "sequence %s has failed at an earlier event", at.Sequence.SequenceID)
		case at.Blocked:
			return errNotYet
		}
	}
	return nil
}

// finish tells the sequences what became of the event. Where one wants failed
// events to be tried again, the error asks for that.
func (p *passage) finish(ctx context.Context, places []*repository.SequencePlace, attempts int) error {
	if len(places) == 0 {
		return nil
	}
	status := model.SequenceItemProcessed
	ids := make([]uuid.UUID, len(places))
	for i, at := range places {
		ids[i] = at.Sequence.UUID
	}
	if len(p.report.Failures) > 0 {
		status = model.SequenceItemFailed
		if err := p.rollBack(ctx, places, attempts); err != nil {
			return err
		}
	}
	return p.tx.FinishItems(ctx, p.event.EventID, ids, status)
}

// rollBack does what sequences want when a required event of theirs fails.
func (p *passage) rollBack(ctx context.Context, places []*repository.SequencePlace, attempts int) error {
	cause := p.report.Failures[0].Err
	for _, at := range places {
		if at.Required && attempts < rounds(at.Sequence.RollbackStrategy()) {
			return fault.Errorf(fault.Unavailable, "sequence %s tries again: %s", at.Sequence.SequenceID, told(cause))
		}
	}
	for _, at := range places {
		if !at.Required {
			continue
		}
		if err := p.compensate(ctx, &at.Sequence, cause); err != nil {
			return err
		}
	}
	return nil
}

// rounds is how often a sequence wants a failed event to be tried again.
func rounds(s *model.RollbackStrategy) int {
	if s == nil || s.Type != "retry" || s.MaxRetries == nil {
		return 0
	}
	return min(*s.MaxRetries, maxRetries)
}
