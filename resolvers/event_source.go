package resolvers

import (
	"context"
	"strings"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

// eventSource finds the instance that published an event; nil when the
// publisher is outside the graph, or gone.
func eventSource(ctx context.Context, origin *model.EventOrigin) (model.EventSource, error) {
	if origin.Type == nil || origin.ID == nil {
		return nil, nil
	}
	switch *origin.Type {
	case "workflow":
		return found[model.EventSource](named(ctx, repository.WorkflowInstances, *origin.ID))
	case "task":
		return found[model.EventSource](named(ctx, repository.TaskInstances, *origin.ID))
	case "integration":
		return found[model.EventSource](named(ctx, repository.IntegrationInstances, *origin.ID))
	}
	return nil, nil
}

// deadLetterSubscriber finds who could not process an event. The name is free
// text by convention: workflow_ and an instance, a trigger, or anything else.
func deadLetterSubscriber(ctx context.Context, name *string) (model.DeadLetterSubscriber, error) {
	if name == nil {
		return nil, nil
	}
	instance, isInstance := strings.CutPrefix(*name, "workflow_")
	if prefix, _, err := nodeid.Decode(instance); isInstance || (err == nil && prefix == "wfi") {
		if s, err := found[model.DeadLetterSubscriber](named(ctx, repository.WorkflowInstances, instance)); s != nil || err != nil {
			return s, err
		}
	}
	if s, err := found[model.DeadLetterSubscriber](named(ctx, repository.WorkflowEventTriggers, *name)); s != nil || err != nil {
		return s, err
	}
	return &model.ExternalSubscriber{Name: *name}, nil
}

// found makes a row one of a union; no row is no member, which a nil pointer in
// an interface would not be.
func found[U any, T any](row *T, err error) (U, error) {
	var member U
	if row != nil {
		member, _ = any(row).(U)
	}
	return member, err
}
