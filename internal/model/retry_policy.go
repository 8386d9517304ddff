package model

import "github.com/augmentedos/graph/graph/scalar"

// RetryPolicy says how failed work is tried again. Steps count attempts, tasks
// and integration methods count retries, each with names of their own; here
// they are one thing. Pauses are milliseconds.
type RetryPolicy struct {
	MaxRetries         int
	RetryInterval      float64
	BackoffMultiplier  float64
	MaxRetryInterval   *float64
	RetryableErrors    []string
	NonRetryableErrors []string
}

// MaxAttempts counts the first try as well.
func (p *RetryPolicy) MaxAttempts() int { return p.MaxRetries + 1 }

// taskRetry is the form of tasks, and of integration methods under other names.
type taskRetry struct {
	MaxRetries        *int     `json:"maxRetries"`
	RetryInterval     *float64 `json:"retryInterval"`
	InitialDelayMs    *float64 `json:"initialDelayMs"`
	BackoffMultiplier *float64 `json:"backoffMultiplier"`
	MaxRetryInterval  *float64 `json:"maxRetryInterval"`
	MaxDelayMs        *float64 `json:"maxDelayMs"`
	RetryableErrors   []string `json:"retryableErrors"`
}

// ParseRetryPolicy reads the retry policy of a task or an integration method;
// nil when there is none.
func ParseRetryPolicy(doc scalar.JSON) *RetryPolicy {
	if isNull(doc) {
		return nil
	}
	d := decode[taskRetry](doc)
	return &RetryPolicy{
		MaxRetries:        first(0, d.MaxRetries),
		RetryInterval:     first(0, d.RetryInterval, d.InitialDelayMs),
		BackoffMultiplier: first(1, d.BackoffMultiplier),
		MaxRetryInterval:  either(d.MaxRetryInterval, d.MaxDelayMs),
		RetryableErrors:   d.RetryableErrors,
	}
}

// stepRetry is the form of workflow steps.
type stepRetry struct {
	MaxAttempts        *int     `json:"maxAttempts"`
	InitialInterval    *float64 `json:"initialInterval"`
	MaxInterval        *float64 `json:"maxInterval"`
	BackoffMultiplier  *float64 `json:"backoffMultiplier"`
	RetryableErrors    []string `json:"retryableErrors"`
	NonRetryableErrors []string `json:"nonRetryableErrors"`
}

// Defaults of a step whose retry policy leaves them out.
const (
	defaultAttempts    = 3
	defaultInterval    = 1000
	defaultMultiplier  = 2
	defaultMaxInterval = 60_000
)

func parseStepRetry(doc scalar.JSON) *RetryPolicy {
	if isNull(doc) {
		return nil
	}
	d := decode[stepRetry](doc)
	longest := first(defaultMaxInterval, d.MaxInterval)
	return &RetryPolicy{
		MaxRetries:         max(first(defaultAttempts, d.MaxAttempts)-1, 0),
		RetryInterval:      first(defaultInterval, d.InitialInterval),
		BackoffMultiplier:  first(defaultMultiplier, d.BackoffMultiplier),
		MaxRetryInterval:   &longest,
		RetryableErrors:    d.RetryableErrors,
		NonRetryableErrors: d.NonRetryableErrors,
	}
}

// either is the first value that is there, nil when none is.
func either[T any](values ...*T) *T {
	for _, v := range values {
		if v != nil {
			return v
		}
	}
	return nil
}

// first is the first value that is there, or otherwise.
func first[T any](otherwise T, values ...*T) T {
	if v := either(values...); v != nil {
		return *v
	}
	return otherwise
}
