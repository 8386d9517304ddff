package page

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/fault"
)

// Cursor is the opaque place of a row in an ordered list: the name of the
// order and the row's sort values, so that a page is found by comparing values
// and page 10,000 costs what page 1 costs.
type Cursor string

// NewCursor writes down the sort values of a row. Values are those of the
// order's columns as text, the row's id last.
func NewCursor(order string, values []string) Cursor {
	text, err := json.Marshal(append([]string{order}, values...))
	if err != nil {
		panic(fmt.Sprintf("a list of strings is always JSON: %v", err))
	}
	return Cursor(base64.RawURLEncoding.EncodeToString(text))
}

// Values reads a cursor back. It refuses one that was made by another order or
// that has not exactly n values: rows would be skipped in silence.
func (c Cursor) Values(order string, n int) ([]string, error) {
	text, err := base64.RawURLEncoding.DecodeString(string(c))
	if err != nil {
		return nil, ErrCursor()
	}
	var parts []string
	if json.Unmarshal(text, &parts) != nil || len(parts) == 0 {
		return nil, ErrCursor()
	}
	if parts[0] != order {
		return nil, fault.Errorf(fault.BadUserInput, "the cursor belongs to the order %q, the list is ordered by %q", parts[0], order).
			Hint("start again from the first page when orderBy changes")
	}
	if len(parts)-1 != n {
		return nil, ErrCursor()
	}
	return parts[1:], nil
}

// ErrCursor refuses a text that is no cursor.
func ErrCursor() error {
	return fault.Errorf(fault.BadUserInput, "the cursor is not one of ours").
		Hint("pass pageInfo.endCursor or an edge's cursor on unchanged")
}

// MarshalGQL writes the cursor as a JSON string, whose alphabet needs no
// escapes. An empty one is no place at all.
func (c Cursor) MarshalGQL(w io.Writer) {
	if c == "" {
		_, _ = io.WriteString(w, "null")
		return
	}
	_, _ = io.WriteString(w, `"`+string(c)+`"`)
}

// maxCursor is far above the longest cursor that we hand out.
const maxCursor = 1024

// UnmarshalGQL takes a string of bounded length; what it holds is looked at
// where it is used.
func (c *Cursor) UnmarshalGQL(v any) error {
	s, err := scalar.UnmarshalString(v)
	if err != nil {
		return err
	}
	if len(s) > maxCursor {
		return ErrCursor()
	}
	*c = Cursor(s)
	return nil
}
