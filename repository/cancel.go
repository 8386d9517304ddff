package repository

import (
	"context"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// CancelOpen cancels what a workflow instance leaves open when it is cancelled:
// its unfinished tasks and its active waits.
func (tx *Tx) CancelOpen(ctx context.Context, instance uuid.UUID) error {
	var open []string
	for _, s := range model.TaskInstanceTransitions.Sources(model.TaskInstanceCancelled) {
		open = append(open, string(s))
	}
	if _, err := tx.Exec(ctx, "task_instances.cancel_open",
		"update task_instances set status = $3 where workflow_instance_id = $1 and status = any($2::text[])",
		instance, open, string(model.TaskInstanceCancelled)); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, "workflow_event_subscriptions.cancel_open",
		"update workflow_event_subscriptions set status = $3 where workflow_instance_id = $1 and status = $2",
		instance, string(model.SubscriptionActive), string(model.SubscriptionCancelled))
	return err
}
