package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// CancelOpen cancels what workflow instances leave open when they are cancelled:
// their unfinished tasks and their active waits.
func (tx *Tx) CancelOpen(ctx context.Context, instances ...uuid.UUID) error {
	var open []string
	for _, s := range model.TaskInstanceTransitions.Sources(model.TaskInstanceCancelled) {
		open = append(open, string(s))
	}
	if _, err := tx.Exec(ctx, "task_instances.cancel_open",
		"update task_instances set status = $3 where workflow_instance_id = any ($1) and status = any($2::text[])",
		instances, open, string(model.TaskInstanceCancelled)); err != nil {
		return err
	}
	return tx.CancelWaits(ctx, instances)
}

// CancelWaits cancels the active waits of instances that have ended.
func (tx *Tx) CancelWaits(ctx context.Context, instances []uuid.UUID) error {
	_, err := tx.Exec(ctx, "workflow_event_subscriptions.cancel_open",
		"update workflow_event_subscriptions set status = $3 where workflow_instance_id = any ($1) and status = $2",
		instances, string(model.SubscriptionActive), string(model.SubscriptionCancelled))
	return err
}
