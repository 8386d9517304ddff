package stream

import "sync"

// rota hands the live cohorts that have something to take to a few workers. A
// cohort is with one worker at a time, so its events stay in order; one whose
// event takes long keeps up one worker and nobody else.
type rota struct {
	mu     sync.Mutex
	some   sync.Cond
	due    []*cohort
	closed bool
}

// workers of a process. Events that read from the database wait for it, so there
// are more of them than processors.
const workers = 16

// duty is what the rota knows of a cohort.
type duty uint8

const (
	off   duty = iota
	due        // waits for a worker
	on         // is with one
	again      // is with one, and something came meanwhile
)

func newRota() *rota {
	r := &rota{}
	r.some.L = &r.mu
	return r
}

// add makes a worker look at c, soon.
func (r *rota) add(c *cohort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch c.duty {
	case off:
		c.duty = due
		r.due = append(r.due, c)
		r.some.Signal()
	case on:
		c.duty = again
	}
}

// next waits for a cohort; nil when there will be no more.
func (r *rota) next() *cohort {
	r.mu.Lock()
	defer r.mu.Unlock()
	for len(r.due) == 0 && !r.closed {
		r.some.Wait()
	}
	if r.closed {
		return nil
	}
	c := r.due[0]
	r.due[0] = nil
	r.due = r.due[1:]
	c.duty = on
	return c
}

// done gives a cohort back.
func (r *rota) done(c *cohort) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.duty == again {
		c.duty = due
		r.due = append(r.due, c)
		r.some.Signal()
		return
	}
	c.duty = off
}

// close sends the workers home.
func (r *rota) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
	r.some.Broadcast()
}

func (r *rota) work() {
	for c := r.next(); c != nil; c = r.next() {
		c.turn()
		r.done(c)
	}
}
