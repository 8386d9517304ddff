package stream

import (
	"context"
	"reflect"

	"github.com/99designs/gqlgen/graphql"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
)

// tap sits between the channel of a subscription's resolver and gqlgen. It
// receives each event first, so that its place in the feed is known even when
// the client did not select the cursor, and work on it can have a time limit.
type tap struct {
	from   reflect.Value // the resolver's channel
	to     reflect.Value // what gqlgen reads; has room for one
	given  reflect.Type  // of a channel that no resolver writes
	onward Onward        // what the resolver offered; nil when it did not
}

// middleware puts the tap behind the root field's resolver.
func (t *tap) middleware(inner graphql.FieldMiddleware) graphql.FieldMiddleware {
	return func(ctx context.Context, next graphql.Resolver) (any, error) {
		if t.given != nil && !t.to.IsValid() {
			return t.lay(t.given), nil
		}
		if t.from.IsValid() || t.given != nil {
			return inner(ctx, next)
		}
		result, err := inner(context.WithValue(ctx, offerKey{}, t), next)
		events := reflect.ValueOf(result)
		if err != nil || events.Kind() != reflect.Chan {
			return result, err
		}
		t.from = events
		return t.lay(events.Type()), nil
	}
}

// lay makes the channel that gqlgen reads, of the type it expects.
func (t *tap) lay(channel reflect.Type) any {
	t.to = reflect.MakeChan(reflect.ChanOf(reflect.BothDir, channel.Elem()), 1)
	return t.to.Convert(channel).Interface()
}

// receive waits for an event. False when there are no more.
func (t *tap) receive(ctx context.Context) (reflect.Value, bool) {
	chosen, value, ok := reflect.Select([]reflect.SelectCase{
		{Dir: reflect.SelectRecv, Chan: t.from},
		{Dir: reflect.SelectRecv, Chan: reflect.ValueOf(ctx.Done())},
	})
	return value, chosen == 0 && ok
}

// markOf reads the place of an event from its Cursor.
func markOf(value reflect.Value) mark {
	var m mark
	for value.Kind() == reflect.Interface || value.Kind() == reflect.Pointer {
		value = value.Elem()
	}
	if value.Kind() != reflect.Struct {
		return m
	}
	switch e := value.Interface().(type) {
	case model.FeedCaughtUp:
		m.caughtUp = true
	case model.FeedResync:
		m.resync = true
	case model.FeedHeartbeat:
		m.heartbeat = true
	case model.WorkflowRunEvent:
		m.caughtUp, m.resync = len(e.Changes) == 0 && e.Resync == nil, e.Resync != nil
	}
	m.cursor = cursorOf(value.FieldByName("Cursor"))
	if m.cursor != "" {
		m.place, _ = page.ParsePosition(m.cursor) // an event without a place is passed on all the same
	}
	return m
}

// cursorOf reads a Cursor or a pointer to one.
func cursorOf(field reflect.Value) page.Cursor {
	if field.IsValid() && field.Kind() == reflect.Pointer {
		field = field.Elem()
	}
	if !field.IsValid() {
		return ""
	}
	cursor, _ := field.Interface().(page.Cursor)
	return cursor
}
