package model

import (
	"fmt"
	"time"
)

// SortTime is a generated sort column made from a time that may be missing: the
// database puts infinity or -infinity in its place, so that lists are ordered
// over a column that is never null. It is never shown.
type SortTime struct {
	Time     time.Time
	Infinity string // "infinity" or "-infinity", empty for a real time
}

// Scan reads what the driver makes of a timestamptz.
func (t *SortTime) Scan(src any) error {
	switch src := src.(type) {
	case time.Time:
		*t = SortTime{Time: src}
	case string:
		*t = SortTime{Infinity: src}
	default:
		return fmt.Errorf("scan a sort time from %T", src)
	}
	return nil
}

// String is the form PostgreSQL reads back.
func (t SortTime) String() string {
	if t.Infinity != "" {
		return t.Infinity
	}
	return t.Time.UTC().Format(time.RFC3339Nano)
}

// ParseSortTime reads String's form.
func ParseSortTime(text string) (SortTime, error) {
	if text == "infinity" || text == "-infinity" {
		return SortTime{Infinity: text}, nil
	}
	at, err := time.Parse(time.RFC3339Nano, text)
	return SortTime{Time: at}, err
}
