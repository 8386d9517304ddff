package resolvers

import (
	"context"
	"time"

	"github.com/augmentedos/graph/graph/loader"
	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/graph/stream"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/internal/watch"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// workflowRun follows one run and what belongs to it.
func workflowRun(ctx context.Context, source *watch.Source, id string, after *page.Cursor) (<-chan *model.WorkflowRunEvent, error) {
	if err := follows(source); err != nil {
		return nil, err
	}
	prefix, key, err := nodeid.Decode(id)
	if err != nil || prefix != repository.WorkflowInstances.Prefix() {
		return nil, notAnID(id, repository.WorkflowInstances.Prefix()).At("/id")
	}
	_, place, err := feedArguments(nil, after)
	if err != nil {
		return nil, err
	}
	events, err := source.Run(ctx, key, place)
	if err != nil {
		return nil, err
	}
	stream.Offer(ctx, source.OnwardRun(key, func(e live.Event) any { return runEvent(key, e) }))
	return translated(ctx, events, func(e live.Event) *model.WorkflowRunEvent { return runEvent(key, e) }), nil
}

func runEvent(run uuid.UUID, e live.Event) *model.WorkflowRunEvent {
	out := &model.WorkflowRunEvent{Cursor: e.Position.Cursor(), RunUUID: run, Changes: statusChangesOf(e.Changes)}
	if e.Resync != "" {
		reason := model.ResyncReason(e.Resync)
		out.Resync = &reason
	}
	return out
}

// eventRun reads the run of an event as it is now.
func eventRun(ctx context.Context, obj *model.WorkflowRunEvent) (*model.WorkflowInstance, error) {
	e := repository.WorkflowInstances
	return loader.One(ctx, e, repository.Relation{}, loader.Columns(ctx, e.Descriptor), obj.RunUUID)
}

// liveList opens a list that stays true; the client's selection says which
// columns its rows are read with.
func liveList[T any, O ~string](ctx context.Context, source *watch.Source, e repository.Entity[T], where any, order O, first int) (<-chan *model.LiveList[T], error) {
	if err := follows(source); err != nil {
		return nil, err
	}
	if first < 1 || first > page.MaxSize {
		return nil, fault.Errorf(fault.BadUserInput, "first must be between 1 and %d, not %d", page.MaxSize, first).At("/first")
	}
	return watch.List(ctx, source, e, repository.ListQuery{
		Name: "live", Columns: loader.Columns(ctx, e.Descriptor), Where: where, Order: string(order), Page: page.Request{Size: first},
	})
}

// statsLive opens the numbers of a dashboard.
func statsLive(ctx context.Context, source *watch.Source, everyMs int) (<-chan *model.StatsLive, error) {
	if err := follows(source); err != nil {
		return nil, err
	}
	const least, most = 500, 60_000
	if everyMs < least || everyMs > most {
		return nil, fault.Errorf(fault.BadUserInput, "everyMs must be between %d and %d, not %d", least, most, everyMs).At("/everyMs")
	}
	return source.Stats(ctx, time.Duration(everyMs)*time.Millisecond), nil
}
