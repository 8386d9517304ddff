// Package live turns the change log into feeds. Writers append to the log in
// their own transactions; the ledger cuts what became visible into numbered
// batches that never change. A Feed reads each batch once per process, keeps the
// recent ones, and hands each to the subscribers it concerns. A subscriber has a
// place of its own and goes on from it: from the recent batches, or from the log
// in reads that it shares with others. Nothing is kept between processes.
package live

import (
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/internal/model"
	"github.com/google/uuid"
)

// Change is a row of the change log.
type Change struct {
	Kind               int // 1 to 17, the number the capture triggers use
	What               int // 1 to 6
	EntityID           *uuid.UUID
	WorkflowInstanceID *uuid.UUID
	DefinitionID       *uuid.UUID
	OldStatus          *string
	NewStatus          *string
	Actor              *string
	Reason             *string
	At                 time.Time
	XID                uint64 // of the writer's transaction
}

// Batch is what one entry of the ledger made visible, in its order. It never
// changes and is shared by whoever holds it. A large one comes without its rows,
// which are read in parts; a part is a Batch, too.
type Batch struct {
	N          int64
	Timeline   string
	Generation string
	Changes    []Change
	Lost       bool // rows of it are not kept any more
	Large      int  // how many rows it has when they are left out, else 0
	From       int  // of a part: rows of the batch before it
	More       bool // of a part: it is not the last one
}

// partRows is what a part has at most, and a batch that is not large.
const partRows = 1000

// end is how many rows of the batch there are up to the end of this part.
func (b *Batch) end() int { return b.From + len(b.Changes) }

// part begins a part of a large batch.
func (b *Batch) part(from int) *Batch {
	return &Batch{N: b.N, Timeline: b.Timeline, Generation: b.Generation, From: from}
}

func (b *Batch) entry() entry { return entry{b.N, b.Timeline, b.Generation} }

// size is roughly what a batch takes in memory.
func (b *Batch) size() int {
	size := 128
	for i := range b.Changes {
		c := &b.Changes[i]
		size += 256
		for _, text := range []*string{c.OldStatus, c.NewStatus, c.Actor, c.Reason} {
			if text != nil {
				size += 16 + len(*text)
			}
		}
	}
	return size
}

// Filter selects changes by what the log says of them; the zero value selects
// all. An empty list says nothing.
type Filter struct {
	Kinds              []int
	Whats              []int
	IDs                []uuid.UUID
	WorkflowInstanceID *uuid.UUID
	DefinitionID       *uuid.UUID
	NewStatus          []string // upper case
	Terminal           bool     // only moves to a status that nothing but a retry leaves
}

// Matches tells whether a change is selected.
func (f Filter) Matches(c *Change) bool {
	return (len(f.Kinds) == 0 || slices.Contains(f.Kinds, c.Kind)) &&
		(len(f.Whats) == 0 || slices.Contains(f.Whats, c.What)) &&
		(len(f.IDs) == 0 || c.EntityID != nil && slices.Contains(f.IDs, *c.EntityID)) &&
		(f.WorkflowInstanceID == nil || same(c.WorkflowInstanceID, f.WorkflowInstanceID) || same(c.EntityID, f.WorkflowInstanceID)) &&
		(f.DefinitionID == nil || same(c.DefinitionID, f.DefinitionID)) &&
		(len(f.NewStatus) == 0 || c.NewStatus != nil && slices.Contains(f.NewStatus, model.SpellEnum(*c.NewStatus))) &&
		(!f.Terminal || c.Terminal())
}

// Terminal is true for a move to a status that nothing but a retry leaves.
func (c *Change) Terminal() bool {
	return c.NewStatus != nil && (c.OldStatus == nil || *c.OldStatus != *c.NewStatus) &&
		model.Ended(model.ChangedKinds[c.Kind], model.SpellEnum(*c.NewStatus))
}

func same(a, b *uuid.UUID) bool { return a != nil && *a == *b }

// snapshot is a pg_snapshot: which transactions a query had seen.
type snapshot struct {
	xmin, xmax uint64
	running    []uint64
}

func parseSnapshot(text string) (s snapshot, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) != 3 {
		return s, false
	}
	if s.xmin, ok = number(parts[0]); !ok {
		return s, false
	}
	if s.xmax, ok = number(parts[1]); !ok {
		return s, false
	}
	for _, part := range strings.FieldsFunc(parts[2], func(r rune) bool { return r == ',' }) {
		xid, ok := number(part)
		if !ok {
			return s, false
		}
		s.running = append(s.running, xid)
	}
	return s, true
}

// sees tells whether the transaction had committed when the snapshot was taken,
// by the rule PostgreSQL uses.
func (s snapshot) sees(xid uint64) bool {
	return xid < s.xmin || xid < s.xmax && !slices.Contains(s.running, xid)
}
