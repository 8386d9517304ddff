package model

import "time"

// Stats are numbers of rows that match a filter, in groups.
type Stats struct {
	Total     int64
	Groups    []*StatsGroup
	Truncated bool
}

// StatsGroup is the number of rows with the same key in the same stretch of
// time.
type StatsGroup struct {
	Key         *string
	BucketStart *time.Time
	Count       int64
}
