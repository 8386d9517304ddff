package routing

import (
	"context"
	"fmt"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/idempotency"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/repository"
)

const (
	// MainQueue takes what is published without naming a queue. It is opened
	// with the first event.
	MainQueue = "main"
	// MaxPublished bounds the events of one request.
	MaxPublished = 100
	// defaultDepth is the most events a queue holds whose configuration does not
	// say.
	defaultDepth = 10_000
)

// Publisher takes events in: each is checked against its contract, stored with
// its key and put into a queue, all in one transaction.
type Publisher struct {
	Writer *repository.Writer
	Nudge  func() // wakes the workers of this process; nil: they look by themselves
}

// Published is what became of one event. Err is what its sender can mend, and
// then nothing of it was stored.
type Published struct {
	Event     *model.EventInstance // nil when refused, only validated, or archived long ago
	Duplicate bool                 // an earlier publication had stored it
	Problems  []*model.Problem
	Err       error
}

// Publish takes events in. Each has an outcome of its own, in the order given:
// what is wrong with one does not keep the others out.
func (p *Publisher) Publish(ctx context.Context, in model.EventPublishInput) ([]*Published, error) {
	if n := len(in.Events); n == 0 || n > MaxPublished {
		return nil, fault.Errorf(fault.BadUserInput, "1 to %d events are published at once, not %d", MaxPublished, n).At("/events").
			Hint("send them in several requests")
	}
	if key := in.IdempotencyKey; key != nil && (*key == "" || len([]rune(*key)) > idempotency.MaxKey) {
		return nil, fault.Errorf(fault.BadUserInput, "an idempotency key has 1 to %d characters", idempotency.MaxKey).
			At("/idempotencyKey").Hint("a random UUID is a good key")
	}
	queue := MainQueue
	if in.QueueID != nil {
		queue = *in.QueueID
	}
	var b *batch
	err := p.Writer.Do(ctx, "published", func(ctx context.Context, tx *repository.Tx) error {
		b = newBatch(ctx, tx, in)
		if err := b.checked(ctx, tx); err != nil {
			return err
		}
		if in.ValidateOnly {
			return b.admit(ctx, tx, queue, false)
		}
		if err := b.admit(ctx, tx, queue, true); err != nil {
			return err
		}
		return b.record(ctx, tx)
	})
	if err != nil {
		return nil, err
	}
	if b.recorded > 0 && p.Nudge != nil {
		p.Nudge()
	}
	return b.outcomes(), nil
}

// batch is the events of one request on their way in.
type batch struct {
	events   []*arrival
	queue    *repository.QueueIntake
	recorded int
}

// arrival is one event on its way in. Its outcome carries an error as soon as it
// is refused.
type arrival struct {
	at          string // its place in the input
	derived     string // the eventId that an idempotency key makes for one without
	input       *model.EventInput
	publication repository.Publication
	outcome     Published
	earlier     bool // its key is taken; the outcome says by what
}

func newBatch(ctx context.Context, tx *repository.Tx, in model.EventPublishInput) *batch {
	b := &batch{}
	for i, input := range in.Events {
		a := &arrival{at: fmt.Sprintf("/events/%d", i), input: input}
		if in.IdempotencyKey != nil && input.EventID == nil {
			a.derived = derivedID(auth.From(ctx).Name, *in.IdempotencyKey, i)
		}
		a.outcome.Err = a.read(ctx, tx.Now())
		b.events = append(b.events, a)
	}
	return b
}

func (b *batch) outcomes() []*Published {
	out := make([]*Published, len(b.events))
	for i, a := range b.events {
		out[i] = &a.outcome
	}
	return out
}

// open are the events that are neither refused nor known already.
func (b *batch) open() (list []*arrival) {
	for _, a := range b.events {
		if a.outcome.Err == nil && !a.earlier {
			list = append(list, a)
		}
	}
	return list
}

func publications(list []*arrival) []*repository.Publication {
	out := make([]*repository.Publication, len(list))
	for i, a := range list {
		out[i] = &a.publication
	}
	return out
}

// checked holds every event against its contract.
func (b *batch) checked(ctx context.Context, tx *repository.Tx) error {
	list := b.open()
	patterns, versions := make([]string, len(list)), make([]string, len(list))
	for i, a := range list {
		patterns[i], versions[i] = a.input.Pattern, a.publication.Version
	}
	if len(list) == 0 {
		return nil
	}
	contracts, err := tx.EventContracts(ctx, patterns, versions)
	if err != nil {
		return err
	}
	for i, a := range list {
		a.outcome.Err = a.under(contracts[i])
	}
	return b.known(ctx, tx)
}

// known finds the events that were published before.
func (b *batch) known(ctx context.Context, tx *repository.Tx) error {
	list := b.open()
	if len(list) == 0 {
		return nil
	}
	found, err := tx.EarlierEvents(ctx, publications(list))
	if err != nil || len(found) == 0 {
		return err
	}
	var ids []any
	for _, e := range found {
		if e.ID != nil && e.Same {
			ids = append(ids, *e.ID)
		}
	}
	rows := map[any]*model.EventInstance{}
	if len(ids) > 0 {
		if rows, err = repository.ByKeys(ctx, tx.Store, repository.EventInstances, repository.Relation{}, repository.EventInstances.Columns(), ids); err != nil {
			return err
		}
	}
	for i, e := range found {
		a := list[i]
		a.earlier = true
		if !e.Same {
			a.outcome.Err = a.taken()
			continue
		}
		a.outcome.Duplicate = true
		if e.ID != nil {
			a.outcome.Event = rows[*e.ID]
		}
	}
	return nil
}

// admit refuses what the queue does not take in.
func (b *batch) admit(ctx context.Context, tx *repository.Tx, queueID string, open bool) (err error) {
	list := b.open()
	if len(list) == 0 {
		return nil
	}
	if b.queue, err = tx.QueueIntake(ctx, queueID, defaultDepth); err != nil {
		return err
	}
	if b.queue == nil && queueID == MainQueue && open {
		if err := tx.OpenQueue(ctx, MainQueue, "Main queue"); err != nil {
			return err
		}
		if b.queue, err = tx.QueueIntake(ctx, queueID, defaultDepth); err != nil {
			return err
		}
	}
	if b.queue == nil && queueID != MainQueue {
		return fault.Errorf(fault.NotFound, "there is no queue %q", queueID).At("/queueId").Hint("leave it out, or take one of eventQueues")
	}
	if b.queue != nil {
		admitted(b.queue, list)
	}
	return nil
}

// admitted fills the room a queue has, in the order of the input.
func admitted(q *repository.QueueIntake, list []*arrival) {
	config, most := q.Row.Config(), defaultDepth
	if config.MaxQueueDepth != nil {
		most = *config.MaxQueueDepth
	}
	for i, a := range list {
		depth := q.Depth + i
		switch {
		case q.Row.Status == model.QueueDraining:
			a.outcome.Err = fault.Errorf(fault.QueueFull, "queue %s is draining and takes nothing new", q.Row.QueueID).At(a.at).
				Hint("wait until it is active again, or publish into another queue")
		case depth >= most:
			a.outcome.Err = fault.Errorf(fault.QueueFull, "queue %s holds %d events and takes no more", q.Row.QueueID, most).At(a.at).
				Hint("publish the event again, with the same eventId, in a few seconds")
		case config.HighWatermark != nil && depth >= *config.HighWatermark:
			a.warn("QUEUE_BUSY", "", fmt.Sprintf("Queue %s is above its high watermark of %d events: publish more slowly.", q.Row.QueueID, *config.HighWatermark))
		}
	}
}

// record stores what is left. A key that somebody took in the meantime, or that
// the request has twice, makes an event an earlier one.
func (b *batch) record(ctx context.Context, tx *repository.Tx) error {
	list := b.open()
	if len(list) == 0 {
		return nil
	}
	claimed, err := tx.ClaimEvents(ctx, publications(list))
	if err != nil {
		return err
	}
	var mine []*arrival
	for _, a := range list {
		if claimed[a.publication.Event.UUID] {
			mine = append(mine, a)
			a.outcome.Event = &a.publication.Event
		}
	}
	b.recorded = len(mine)
	if len(mine) > 0 {
		if err := tx.RecordEvents(ctx, b.queue.Row.UUID, publications(mine)); err != nil {
			return err
		}
		for _, a := range mine {
			a.earlier = true // dealt with: what is still open lost the race for its key
		}
	}
	return b.known(ctx, tx)
}
