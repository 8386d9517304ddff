package live

import "slices"

// ring keeps the newest batches, as many as fit, so that whoever was away for a
// moment goes on without a statement.
type ring struct {
	floor   entry // batches after it are all here
	head    entry // the newest
	batches []*Batch
	bytes   int
	most    int
}

// reset forgets everything and goes on after head.
func (r *ring) reset(head entry) {
	r.floor, r.head, r.batches, r.bytes = head, head, nil, 0
}

// push adds the batch after head. One that is larger than all that fits is not
// kept.
func (r *ring) push(b *Batch) {
	r.head = b.entry()
	r.batches = append(r.batches, b)
	r.bytes += b.size()
	for r.bytes > r.most {
		r.floor = r.batches[0].entry()
		r.bytes -= r.batches[0].size()
		r.batches[0] = nil
		r.batches = r.batches[1:]
	}
}

// after are the batches after n, if all of them are here. They are the caller's
// to keep.
func (r *ring) after(n int64) ([]*Batch, bool) {
	if n < r.floor.N || n > r.head.N {
		return nil, false
	}
	return slices.Clone(r.batches[n-r.floor.N:]), true
}

// at is the entry with number n, if it is here.
func (r *ring) at(n int64) (entry, bool) {
	switch {
	case n == r.floor.N:
		return r.floor, true
	case n < r.floor.N || n > r.head.N:
		return entry{}, false
	}
	return r.batches[n-r.floor.N-1].entry(), true
}
