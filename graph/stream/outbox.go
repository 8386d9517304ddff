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
	owed    int         // of them, at most: what was pushed since the queue was empty
	writing bool
	closed  bool
	room    chan struct{} // closed when the queue is half empty; nil when nobody waits
	idle    chan struct{} // closed when the writing ends; nil when nobody waits
	running *sync.WaitGroup
}

// message is written as a whole: nothing comes in between its parts.
type message [messageParts][]byte

const messageParts = 3

// push queues a message that is told once, such as an answer. A client for whom
// too many of them wait is given up. A single one may be larger than the budget.
func (o *outbox) push(parts message) {
	o.mu.Lock()
	defer o.mu.Unlock()
	size := sizeOf(parts[:])
	switch {
	case o.closed:
	case o.owed > 0 && o.owed+size > o.budget:
		o.shut()
		o.running.Go(o.overflow)
	default:
		o.owed += size
		o.add(parts[:], size)
	}
}

// offer queues messages that can be told again later; false when there is no room
// for them now. Who is roomy has room for one more message of any size.
func (o *outbox) offer(parts net.Buffers) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	size := sizeOf(parts)
	switch {
	case o.closed: // nobody misses them
	case o.bytes > o.budget/2 && o.bytes+size > o.budget:
		return false
	default:
		o.add(parts, size)
	}
	return true
}

// add queues messages. The caller holds mu.
func (o *outbox) add(parts [][]byte, size int) {
	o.bytes += size
	o.queue = append(o.queue, parts...)
	if !o.writing {
		o.writing = true
		o.running.Go(o.flush)
	}
}

func sizeOf(parts [][]byte) (size int) {
	for _, part := range parts {
		size += len(part)
	}
	return size
}

// flush writes until nothing is queued.
func (o *outbox) flush() {
	for {
		batch := o.take()
		if batch == nil {
			return
		}
		size := sizeOf(batch)
		err := o.write(batch)
		o.wrote(batch, size, err)
	}
}

// writeBytes is what one time limit is for: who reads at least so much in it is
// slow, and not gone.
const writeBytes = 64 << 10

// take is what to write next; nil ends the writing.
func (o *outbox) take() net.Buffers {
	o.mu.Lock()
	defer o.mu.Unlock()
	if len(o.queue) == 0 {
		o.writing, o.owed = false, 0
		if o.idle != nil {
			close(o.idle)
			o.idle = nil
		}
		return nil
	}
	n, size := 0, 0
	for ; n < len(o.queue) && size < writeBytes; n += messageParts {
		size += sizeOf(o.queue[n : n+messageParts])
	}
	batch := o.queue[:n:n]
	if o.queue = o.queue[n:]; len(o.queue) == 0 {
		o.queue, o.spare = o.spare[:0], nil
	}
	return batch
}

// spareParts bounds the array that an idle client keeps.
const spareParts = messageParts

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
