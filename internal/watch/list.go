package watch

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/augmentedos/graph/graph/nodeid"
	"github.com/augmentedos/graph/internal/live"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/internal/page"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// A live list looks at what changed once per pace. mostHeld bounds the rows a
// client is kept informed of; mostChanged the ids that wait for a look, beyond
// which the whole list is read again.
const (
	pace        = 100 * time.Millisecond
	mostHeld    = 1000
	mostChanged = 1000
)

// list is a list that stays true. What changes is collected as ids; the filter
// is asked of the database, about all of them at once.
type list[T any] struct {
	*Source
	entity repository.Entity[T]
	query  repository.ListQuery
	held   map[uuid.UUID]uint64 // rows the client has, by when they were last told
	told   uint64

	mu      sync.Mutex
	changed map[uuid.UUID]struct{}
	anew    bool // the whole list must be read again
	wake    chan struct{}
}

// List starts a live list with a first page of what q selects.
func List[T any](ctx context.Context, s *Source, e repository.Entity[T], q repository.ListQuery) (<-chan *model.LiveList[T], error) {
	l := &list[T]{Source: s, entity: e, query: q, changed: map[uuid.UUID]struct{}{}, wake: make(chan struct{}, 1)}
	first, place, err := l.snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return streamOf(ctx, s.Log, func(send func(*model.LiveList[T]) bool) {
		ctx, cancel := context.WithCancel(ctx)
		done := make(chan struct{})
		go func() { // ends with ctx, before this function does
			defer close(done)
			guard(ctx, s.Log, func() { l.collect(ctx, place) })
		}()
		defer func() { cancel(); <-done }()
		for ok := send(first); ok; {
			ok = l.next(ctx, send)
		}
	}), nil
}

// snapshot reads the list as of a place in the feed.
func (l *list[T]) snapshot(ctx context.Context) (out *model.LiveList[T], place page.Position, err error) {
	err = l.Store.InSnapshot(ctx, l.DB, func(store *repository.Store, at page.Position) error {
		rows, err := repository.List(ctx, store, l.entity, l.query)
		size := min(l.query.Page.Size, len(rows))
		out = &model.LiveList[T]{Snapshot: true, Truncated: len(rows) > size, Nodes: rows[:size], Left: []string{}}
		place = at
		return err
	})
	if err != nil {
		return nil, place, err
	}
	l.held = map[uuid.UUID]uint64{}
	for _, row := range out.Nodes {
		l.hold(row)
	}
	return out, place, nil
}

func (l *list[T]) hold(row *T) {
	l.told++
	l.held[l.entity.Value(row, "id").(uuid.UUID)] = l.told
}

// collect notes what changes.
func (l *list[T]) collect(ctx context.Context, from page.Position) {
	kind := slices.Index(repository.All, l.entity.Descriptor) + 1
	l.follow(ctx, live.Filter{Kinds: []int{kind}}, &from, quiet, func(e live.Event) bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		for _, c := range e.Changes {
			if c.EntityID == nil { // the table was emptied
				l.anew = true
			} else {
				l.changed[*c.EntityID] = struct{}{}
			}
		}
		l.anew = l.anew || e.Resync != "" || len(l.changed) > mostChanged
		if l.anew {
			clear(l.changed)
		}
		if l.anew || len(l.changed) > 0 {
			signal(l.wake)
		}
		return true
	})
}

// next waits for changes and tells the client what they mean for the list.
func (l *list[T]) next(ctx context.Context, send func(*model.LiveList[T]) bool) bool {
	select {
	case <-ctx.Done():
		return false
	case <-l.wake:
	}
	ids, anew := l.take()
	var news *model.LiveList[T]
	var err error
	if anew {
		news, _, err = l.snapshot(ctx)
	} else {
		news, err = l.look(ctx, ids)
	}
	if err != nil {
		l.Log.WarnContext(ctx, "a live list waits for the database", "error", err)
		l.putBack(ids, anew)
		return rest(ctx, retryAfter)
	}
	if (anew || len(news.Nodes)+len(news.Left) > 0) && !send(news) {
		return false
	}
	return rest(ctx, pace)
}

func (l *list[T]) take() (ids []uuid.UUID, anew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id := range l.changed {
		ids = append(ids, id)
	}
	anew = l.anew
	clear(l.changed)
	l.anew = false
	return ids, anew
}

func (l *list[T]) putBack(ids []uuid.UUID, anew bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, id := range ids {
		l.changed[id] = struct{}{}
	}
	l.anew = l.anew || anew
	signal(l.wake)
}

// look asks which of the changed rows match now. Of the others only those that
// the client has are worth a word.
func (l *list[T]) look(ctx context.Context, ids []uuid.UUID) (*model.LiveList[T], error) {
	out := &model.LiveList[T]{Nodes: []*T{}, Left: []string{}}
	if len(ids) == 0 {
		return out, nil
	}
	matching, err := repository.Matching(ctx, l.Store, l.entity, l.query.Columns, l.query.Where, ids)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if row := matching[id]; row != nil {
			l.hold(row)
			out.Nodes = append(out.Nodes, row)
		} else if _, had := l.held[id]; had {
			l.letGo(out, id)
		}
	}
	for len(l.held) > mostHeld {
		l.letGo(out, l.oldest())
	}
	return out, nil
}

func (l *list[T]) letGo(out *model.LiveList[T], id uuid.UUID) {
	delete(l.held, id)
	out.Left = append(out.Left, nodeid.Encode(l.entity.Prefix(), id))
}

// oldest is the row that was not told of for longest.
func (l *list[T]) oldest() (id uuid.UUID) {
	least := l.told + 1
	for candidate, told := range l.held {
		if told < least {
			id, least = candidate, told
		}
	}
	return id
}
