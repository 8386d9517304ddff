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
	if err != nil || json.Unmarshal(text, &p) != nil || p.Timeline == "" && p.N > 0 || p.N < 0 || p.Index < 0 {
		return Position{}, fault.Errorf(fault.BadUserInput, "the cursor is not a place in the feed").
			Hint("pass on unchanged the cursor of a message of the feed, or the endPosition of a list")
	}
	return p, nil
}
