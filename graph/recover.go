package graph

import (
	"context"
	"fmt"
	"runtime/debug"
)

// panicError is a bug caught before it could end the process. Its stack goes to
// the log, never to the client.
type panicError struct {
	value any
	stack string
}

func (e *panicError) Error() string { return fmt.Sprintf("panic: %v", e.value) }

// recovered is a graphql.RecoverFunc; it runs inside the deferred call, so the
// stack still shows where it happened.
func recovered(_ context.Context, value any) error {
	stack := debug.Stack()
	if len(stack) > 8<<10 {
		stack = stack[:8<<10]
	}
	return &panicError{value: value, stack: string(stack)}
}
