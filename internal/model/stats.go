package model

import (
	"time"

	"github.com/google/uuid"
)

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

// WorkflowStats is how the executions of a version of a workflow went in a
// stretch of time, which begins with From and ends before To.
type WorkflowStats struct {
	Definition                            uuid.UUID
	From, To                              time.Time
	Started, Completed, Failed, Cancelled int
	DurationMs                            *DurationStats
	FailuresByStep                        []*StatsGroup
	PerBucket                             []*WorkflowStatsBucket
}

// WorkflowStatsBucket is what happened in one bucket of it.
type WorkflowStatsBucket struct {
	At                                    time.Time
	Started, Completed, Failed, Cancelled int
}

// DurationStats is a distribution of milliseconds, nil where there are none.
type DurationStats struct {
	Count              int
	Avg, P50, P95, Max *float64
}

// Count adds n executions that started, or ended with a status, in the bucket
// that begins at. Buckets come in the order of time.
func (w *WorkflowStats) Count(what string, at time.Time, n int) {
	last := len(w.PerBucket) - 1
	if last < 0 || !w.PerBucket[last].At.Equal(at) {
		w.PerBucket = append(w.PerBucket, &WorkflowStatsBucket{At: at})
		last++
	}
	bucket := w.PerBucket[last]
	switch WorkflowInstanceStatus(what) {
	case WorkflowInstanceCompleted:
		w.Completed, bucket.Completed = w.Completed+n, n
	case WorkflowInstanceFailed:
		w.Failed, bucket.Failed = w.Failed+n, n
	case WorkflowInstanceCancelled:
		w.Cancelled, bucket.Cancelled = w.Cancelled+n, n
	default:
		w.Started, bucket.Started = w.Started+n, n
	}
}

// SuccessRate is the part that completed among those that completed or failed.
func (w *WorkflowStats) SuccessRate() *float64 { return rate(w.Completed, w.Completed+w.Failed) }

// rate is nil where there is nothing to take a part of.
func rate(part, of int) *float64 {
	if of == 0 {
		return nil
	}
	r := float64(part) / float64(of)
	return &r
}
