package resolvers

import (
	"context"
	"fmt"
	"slices"
	"time"

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

// statusFeed opens a feed, which ends with ctx: the transport cancels it when
// the client leaves.
func statusFeed(ctx context.Context, source *watch.Source, filter *model.StatusFilter, after *page.Cursor, mode model.FeedMode, snapshot bool, heartbeatSeconds int) (<-chan model.FeedEvent, error) {
	if err := follows(source); err != nil {
		return nil, err
	}
	if heartbeatSeconds < 1 || heartbeatSeconds > 60 {
		return nil, fault.Errorf(fault.BadUserInput, "heartbeatSeconds must be between 1 and 60, not %d", heartbeatSeconds).At("/heartbeatSeconds")
	}
	selected, place, err := feedArguments(filter, after)
	if err != nil {
		return nil, err
	}
	feed := watch.Feed{
		Filter: selected, After: place, Latest: mode == model.FeedModeLatest, Snapshot: snapshot,
		Heartbeat: time.Duration(heartbeatSeconds) * time.Second,
	}
	events, err := source.Open(ctx, feed)
	if err != nil {
		return nil, err
	}
	stream.Offer(ctx, source.Onward(feed, func(e watch.FeedEvent) any { return feedEvent(e) }))
	return translated(ctx, events, feedEvent), nil
}

// follows refuses a subscription where nobody reads the change log.
func follows(source *watch.Source) error {
	if source == nil {
		return fault.Errorf(fault.Unavailable, "this server does not follow changes").Hint("subscribe at a server started with `augmentedos serve`")
	}
	return nil
}

// translated hands events on in the words of the schema, until they end or the
// client leaves.
func translated[E, M any](ctx context.Context, events <-chan E, translate func(E) M) <-chan M {
	out := make(chan M)
	go func() {
		defer close(out)
		for e := range events {
			select {
			case out <- translate(e):
			case <-ctx.Done():
				return // events end with the same context
			}
		}
	}()
	return out
}

// statusChanges reads the feed as a list.
func statusChanges(ctx context.Context, source *watch.Source, filter *model.StatusFilter, after *page.Cursor, batches int) ([]*model.StatusChange, error) {
	if err := follows(source); err != nil {
		return nil, err
	}
	if batches < 1 || batches > 1000 {
		return nil, fault.Errorf(fault.BadUserInput, "batches must be between 1 and 1000, not %d", batches).At("/batches").
			Hint("read on from the cursor of the last change")
	}
	selected, place, err := feedArguments(filter, after)
	if err != nil {
		return nil, err
	}
	found, err := source.Feed.Read(ctx, selected, place, batches)
	return statusChangesOf(found), err
}

func feedArguments(filter *model.StatusFilter, after *page.Cursor) (live.Filter, *page.Position, error) {
	selected, err := feedFilter(filter)
	if err != nil || after == nil {
		return selected, nil, err
	}
	place, err := page.ParsePosition(*after)
	return selected, &place, fault.Move(err, "/after")
}

func feedFilter(f *model.StatusFilter) (live.Filter, error) {
	var out live.Filter
	if f == nil {
		return out, nil
	}
	for _, kind := range value(f.Kinds) {
		out.Kinds = append(out.Kinds, slices.Index(model.ChangedKinds, kind))
	}
	for _, what := range value(f.What) {
		out.Whats = append(out.Whats, slices.Index(what.Values(), string(what))+1)
	}
	out.NewStatus = value(f.NewStatus)
	for i, status := range out.NewStatus {
		out.NewStatus[i] = model.SpellEnum(status)
	}
	if only := value(f.TerminalOnly); only != nil {
		out.Terminal = *only
	}
	ids := value(f.Ids)
	if len(ids) > page.MaxSize {
		return out, fault.Errorf(fault.BadUserInput, "a filter takes at most %d ids", page.MaxSize).At("/filter/ids").Hint("subscribe to a whole run or definition instead")
	}
	for i, id := range ids {
		key, err := keyOf(id, fmt.Sprintf("/filter/ids/%d", i))
		if err != nil {
			return out, err
		}
		out.IDs = append(out.IDs, *key)
	}
	var err error
	if id := value(f.WorkflowInstanceID); id != nil {
		if out.WorkflowInstanceID, err = keyOf(*id, "/filter/workflowInstanceId"); err != nil {
			return out, err
		}
	}
	if id := value(f.DefinitionID); id != nil {
		out.DefinitionID, err = keyOf(*id, "/filter/definitionId")
	}
	return out, err
}

func keyOf(id, path string) (*uuid.UUID, error) {
	_, key, err := nodeid.Decode(id)
	if err != nil {
		return nil, fault.Errorf(fault.BadUserInput, "%q is not an id", id).At(path).Hint("pass the id field of an object on unchanged")
	}
	return &key, nil
}

func feedEvent(e watch.FeedEvent) model.FeedEvent {
	var cursor page.Cursor
	if e.Place != nil {
		cursor = e.Place.Cursor()
	}
	switch {
	case len(e.Objects) > 0:
		return model.FeedSnapshot{Objects: feedObjects(e.Objects)}
	case e.Resync != "":
		return model.FeedResync{Cursor: cursor, Reason: model.ResyncReason(e.Resync)}
	case len(e.Changes) > 0:
		return model.FeedChanges{Cursor: cursor, Changes: statusChangesOf(e.Changes)}
	case e.CaughtUp:
		return model.FeedCaughtUp{Cursor: cursor}
	}
	return model.FeedHeartbeat{Cursor: cursor}
}

func feedObjects(found []repository.Standing) []*model.FeedObject {
	out := make([]*model.FeedObject, len(found))
	for i, o := range found {
		out[i] = &model.FeedObject{
			ID: nodeid.Encode(repository.All[o.Kind-1].Prefix(), o.ID), Kind: model.ChangedKinds[o.Kind], Status: spelled(o.Status),
		}
	}
	return out
}

func statusChangesOf(found []live.Placed) []*model.StatusChange {
	out := make([]*model.StatusChange, len(found))
	for i, c := range found {
		out[i] = &model.StatusChange{
			Cursor: c.Position.Cursor(), What: model.ChangeKindOf(c.What), Kind: model.ChangedKinds[c.Kind],
			OldStatus: spelled(c.OldStatus), NewStatus: spelled(c.NewStatus), Terminal: c.Terminal(), At: c.At, By: c.Actor, Reason: c.Reason,
		}
		if c.EntityID != nil {
			id := nodeid.Encode(repository.All[c.Kind-1].Prefix(), *c.EntityID)
			out[i].ID = &id
		}
	}
	return out
}

func spelled(status *string) *string {
	if status == nil {
		return nil
	}
	text := model.SpellEnum(*status)
	return &text
}

// changedNode reads the object of a change as it is now.
func changedNode(ctx context.Context, c *model.StatusChange) (model.Node, error) {
	if c.ID == nil {
		return nil, nil
	}
	return node(ctx, *c.ID)
}
