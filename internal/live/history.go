package live

import (
	"context"
	"sync"
	"time"
)

// history reads the past from the log for those whom the ring does not serve.
// The ledger is read in chunks of fixed bounds, and a chunk once read is kept
// for a while: a thousand clients that come back from the same place, or from
// places close to it, cost one read.
type history struct {
	log   log
	slots chan struct{} // reads at a time

	mu     sync.Mutex
	chunks map[section]*chunk
	recent []*chunk // oldest first
	bytes  int
}

const (
	chunkEntries = 64
	historyBytes = 16 << 20
	historyReads = 4
	readTimeout  = 30 * time.Second
)

// section says what a chunk holds: entries of the ledger, or parts of a large
// batch.
type section struct {
	before int64 // the number before the first entry
	large  bool
	from   int // the row of the large batch
}

// chunk is a part of the ledger, complete when it cannot grow any more. The
// fields but the first two are set when done is closed.
type chunk struct {
	section
	done chan struct{}

	batches []*Batch
	bytes   int
	err     error
}

func newHistory(l log) *history {
	return &history{log: l, slots: make(chan struct{}, historyReads), chunks: map[section]*chunk{}}
}

// with answers the batches of the chunk that n is in, as far as they exist;
// none when n is not kept.
func (h *history) with(ctx context.Context, n int64) ([]*Batch, error) {
	c, mine := h.find(section{before: (n - 1) / chunkEntries * chunkEntries})
	for {
		if mine {
			h.read(ctx, c, func(ctx context.Context) (err error) {
				_, c.batches, err = h.log.from(ctx, c.before, c.before+chunkEntries)
				return err
			})
		}
		select {
		case <-c.done:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
		if mine || c.err == nil && c.has(n) {
			return c.batches, c.err
		}
		c, mine = h.replace(c)
	}
}

// parts are those of a large batch from a row on, as many as fit into a section.
func (h *history) parts(ctx context.Context, b *Batch, from int) ([]*Batch, error) {
	c, mine := h.find(section{b.N - 1, true, from})
	if mine {
		h.read(ctx, c, func(ctx context.Context) error {
			return h.log.parts(ctx, b, from, sectionRows, func(part *Batch) error {
				c.batches = append(c.batches, part)
				return nil
			})
		})
	}
	select {
	case <-c.done:
		return c.batches, c.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (c *chunk) has(n int64) bool {
	return len(c.batches) > 0 && c.batches[len(c.batches)-1].N >= n
}

// find is the chunk after a number. True tells the caller to read it.
func (h *history) find(at section) (*chunk, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c, ok := h.chunks[at]; ok {
		return c, false
	}
	return h.begin(at), true
}

// replace begins a chunk again that ended too early, unless somebody did.
func (h *history) replace(old *chunk) (*chunk, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c, ok := h.chunks[old.section]; ok && c != old {
		return c, false
	}
	return h.begin(old.section), true
}

func (h *history) begin(at section) *chunk {
	c := &chunk{section: at, done: make(chan struct{})}
	h.chunks[at] = c
	return c
}

// read fills a chunk. It does not end with the first who wanted it, because
// others may wait for it by then.
func (h *history) read(ctx context.Context, c *chunk, fill func(context.Context) error) {
	defer close(c.done)
	h.slots <- struct{}{}
	defer func() { <-h.slots }()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readTimeout)
	defer cancel()
	c.err = fill(ctx)
	for _, b := range c.batches {
		c.bytes += b.size()
	}
	h.keep(c)
}

// keep remembers what was read and forgets the oldest of it.
func (h *history) keep(c *chunk) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.err != nil || len(c.batches) == 0 {
		h.drop(c)
		return
	}
	h.recent = append(h.recent, c)
	h.bytes += c.bytes
	for h.bytes > historyBytes {
		oldest := h.recent[0]
		h.recent = h.recent[1:]
		h.bytes -= oldest.bytes
		h.drop(oldest)
	}
}

func (h *history) drop(c *chunk) {
	if h.chunks[c.section] == c {
		delete(h.chunks, c.section)
	}
}

// clear forgets everything: the database is not the one it was.
func (h *history) clear() {
	h.mu.Lock()
	defer h.mu.Unlock()
	clear(h.chunks)
	h.recent, h.bytes = nil, 0
}
