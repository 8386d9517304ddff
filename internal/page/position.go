package page

import (
	"encoding/base64"
	"encoding/json"

	"github.com/augmentedos/graph/internal/fault"
)

// Position is a place in the change feed, which clients hold as an opaque
// Cursor. N counts the batches of the ledger on a Timeline of the server; within
// batch N either Index rows have been seen, or all rows visible in Snapshot.
type Position struct {
	Timeline string `json:"t"`
	N        int64  `json:"n"`
	Index    int    `json:"i,omitempty"`
	Snapshot string `json:"s,omitempty"` // pg_snapshot text; empty for a place reached by reading the feed
	Since    int64  `json:"b,omitempty"` // the newest batch when Snapshot was taken; 0 is N
}

// To is a place further on. It keeps the snapshot as long as rows that are
// visible in it may follow, so the same place is always told in the same words.
func (p Position) To(timeline string, n int64, index int) Position {
	to := Position{Timeline: timeline, N: n, Index: index}
	if until := p.SeenUntil(); n < until || n == until && index > 0 {
		to.Snapshot, to.Since = p.Snapshot, until-snapshotReach
	}
	return to
}

// snapshotReach is how far after the newest batch a snapshot may show rows: the
// batch after the next one was cut later.
const snapshotReach = 2

// SeenUntil is the last batch with rows that Snapshot may show; 0 without one.
func (p Position) SeenUntil() int64 {
	switch {
	case p.Snapshot == "":
		return 0
	case p.Since > 0:
		return p.Since + snapshotReach
	}
	return p.N + snapshotReach
}

// Cursor is the opaque form.
func (p Position) Cursor() Cursor {
	text, err := json.Marshal(p)
	if err != nil {
		panic("a position is always JSON: " + err.Error())
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(text))
}

// ParsePosition reads a position back.
func ParsePosition(c Cursor) (Position, error) {
	var p Position
	text, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil || json.Unmarshal(text, &p) != nil || p.Timeline == "" && p.N > 0 || p.N < 0 || p.Index < 0 || p.Since < 0 {
		return Position{}, fault.Errorf(fault.BadUserInput, "the cursor is not a place in the feed").
			Hint("pass on unchanged the cursor of a message of the feed, or the endPosition of a list")
	}
	return p, nil
}
