package routing

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Replay routes a stored event again, at once and in one transaction, without
// storing a new one. The event is marked with replayID, which conditions see as
// event.metadata.replayId.
//
// An event starts one instance per trigger, ever, so a replay starts only what
// was not started before: triggers that are new, were switched off or failed.
// Other than a first delivery it also ends waits that began after the event came
// in. A listener that fails gets a dead letter, unless it has one of this event,
// and is told in the report; the error is what another try may mend, such as an
// outage. An event that is not stored is a NotFound fault.
func (r *Router) Replay(ctx context.Context, event uuid.UUID, replayID string) (report Report, err error) {
	marks, err := json.Marshal(map[string]any{"replay": true, "replayId": replayID})
	if err != nil {
		return Report{}, fmt.Errorf("marks of a replay: %w", err)
	}
	err = r.Writer.Do(ctx, "replay "+replayID, func(ctx context.Context, tx *repository.Tx) error {
		if err := tx.MarkReplayed(ctx, event, marks); err != nil {
			return err
		}
		found, err := repository.ByKeys(ctx, tx.Store, repository.EventInstances, repository.Relation{}, repository.EventInstances.Columns(), []any{event})
		if err != nil {
			return err
		}
		if found[event] == nil {
			return fault.Errorf(fault.NotFound, "there is no event with this id, or it is archived")
		}
		seen, err := happened(found[event])
		if err != nil {
			return err
		}
		seen.replay = true
		p := &passage{Router: r, tx: tx, event: seen, last: false}
		if err := p.route(ctx); err != nil {
			return err
		}
		report = p.report
		return p.bury(ctx)
	})
	return report, err
}
