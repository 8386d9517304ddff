package stream

import (
	"context"
	"net"
	"sync"
)

// outbox is what waits to be written to one client. Whoever adds to it never
// waits for the client: while something is queued a goroutine writes, and when
// more is queued than the budget allows the client has lost its place.
type outbox struct {
	write    func(net.Buffers) error // writes all of it, within a time limit
	overflow func()                  // called once in a goroutine of its own
	broken   func(error)             // called once when write failed
	budget   int

	mu      sync.Mutex
	queue   net.Buffers
	spare   net.Buffers // keeps the array of an earlier queue
	bytes   int         // queued and being written
	writing bool
	closed  bool
	room    chan struct{} // closed when the queue is half empty; nil when nobody waits
	idle    chan struct{} // closed when the writing ends; nil when nobody waits
	running *sync.WaitGroup
}

// push queues the parts of one message. False means that the client is gone or
// just lost its place. A single message may be larger than the budget.
func (o *outbox) push(parts ...[]byte) bool {
	size := 0
	for _, part := range parts {
		size += len(part)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.closed {
		return false
	}
	if o.bytes > 0 && o.bytes+size > o.budget {
		o.shut()
		o.running.Go(o.overflow)
		return false
	}
	o.bytes += size
	o.queue = append(o.queue, parts...)
	if !o.writing {
		o.writing = true
		o.running.Go(o.flush)
	}
	return true
}

// flush writes until nothing is queued.
func (o *outbox) flush() {
	for {
		batch := o.take()
		if batch == nil {
			return
		}
		size := 0
		for _, part := range batch {
			size += len(part)
		}
		err := o.write(batch)
		o.wrote(batch, size, err)
	}
}

// take is everything that is queued; nil ends the writing.
func (o *outbox) take() net.Buffers {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		o.writing = false
		if o.idle != nil {
			close(o.idle)
			o.idle = nil
		}
		return nil
	}
	batch := o.queue
	o.queue, o.spare = o.spare[:0], nil
	return batch
}

// spareParts bounds the array that an idle client keeps.
const spareParts = 8

func (o *outbox) wrote(batch net.Buffers, size int, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.bytes -= size
	if cap(batch) <= spareParts {
		clear(batch)
		o.spare = batch
	}
	if o.room != nil && o.bytes <= o.budget/2 {
		close(o.room)
		o.room = nil
	}
	if err != nil && !o.closed {
		o.shut()
		o.running.Go(func() { o.broken(err) })
	}
}

// shut drops what is queued and takes nothing any more. The caller holds mu.
func (o *outbox) shut() {
	o.closed = true
	for _, part := range o.queue {
		o.bytes -= len(part)
	}
	o.queue, o.spare = nil, nil
	if o.room != nil {
		close(o.room)
		o.room = nil
	}
}

// roomy is true while the queue is at most half full, or nobody reads it.
func (o *outbox) roomy() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.closed || o.bytes <= o.budget/2
}

// wait returns when the queue is at most half full, or the client is gone.
// Whoever reads the past for a client goes at its pace by it.
func (o *outbox) wait(ctx context.Context) {
	o.mu.Lock()
	if o.closed || o.bytes <= o.budget/2 {
		o.mu.Unlock()
		return
	}
	if o.room == nil {
		o.room = make(chan struct{})
	}
	room := o.room
	o.mu.Unlock()
	select {
	case <-room:
	case <-ctx.Done():
	}
}

// finish takes nothing any more and returns when the rest is written.
func (o *outbox) finish() {
	o.mu.Lock()
	o.closed = true
	if !o.writing {
		o.mu.Unlock()
		return
	}
	if o.idle == nil {
		o.idle = make(chan struct{})
	}
	idle := o.idle
	o.mu.Unlock()
	<-idle
}

// drop forgets what is queued and returns when what is being written is.
func (o *outbox) drop() {
	o.mu.Lock()
	o.shut()
	o.mu.Unlock()
	o.finish()
}
