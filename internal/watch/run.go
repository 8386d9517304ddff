package watch

import (
	"context"
	"slices"
	"time"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// quiet is the heartbeat of streams that send none.
const quiet = time.Minute

// Run follows one workflow instance and what belongs to it, and ends after it
// has. The first event is the moment of catching up; who reads the run then
// sees everything that came before.
func (s *Source) Run(ctx context.Context, id uuid.UUID, after *page.Position) (<-chan live.Event, error) {
	if found, err := s.status(ctx, id); err != nil {
		return nil, err
	} else if found == nil {
		return nil, fault.Errorf(fault.NotFound, "there is no workflow instance with this id").At("/id")
	}
	return streamOf(ctx, s.Log, func(send func(live.Event) bool) {
		s.follow(ctx, live.Filter{WorkflowInstanceID: &id}, after, quiet, func(e live.Event) bool {
			switch {
			case len(e.Changes) > 0:
				return send(e) && !endedIn(e, id)
			case e.CaughtUp:
				return send(e) && !s.ended(ctx, id)
			case e.Resync != "":
				return send(e)
			}
			return true // a heartbeat
		})
	}), nil
}

func endedIn(e live.Event, run uuid.UUID) bool {
	return slices.ContainsFunc(e.Changes, func(c live.Placed) bool { return ends(c, run) })
}

// ends is true for the change after which nothing of the run is left to come.
func ends(c live.Placed, run uuid.UUID) bool {
	return c.EntityID != nil && *c.EntityID == run && (c.Terminal() || c.NewStatus == nil)
}

// ended tells whether there is nothing more to come. When that cannot be read
// the stream stays open, and the change that ends the run ends it.
func (s *Source) ended(ctx context.Context, id uuid.UUID) bool {
	found, err := s.status(ctx, id)
	if err != nil {
		s.Log.WarnContext(ctx, "the status of a run cannot be read", "error", err)
		return false
	}
	return found == nil || model.Ended(model.ChangedKindWorkflowInstance, string(found.Status))
}

func (s *Source) status(ctx context.Context, id uuid.UUID) (*model.WorkflowInstance, error) {
	found, err := repository.ByKeys(ctx, s.Store, repository.WorkflowInstances, repository.Relation{}, []string{"status"}, []any{id})
	return found[id], err
}
