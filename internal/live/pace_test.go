package live

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestManyClientsMakeLooksRarerUpToAPoint(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		quiet  int
		told   int64
		failed bool
		want   time.Duration
	}{
		{quiet: 0, told: 0, want: time.Millisecond},
		{quiet: 0, told: 20, want: time.Millisecond},
		{quiet: 1, told: 100, want: 5 * time.Millisecond},
		{quiet: 0, told: 100_000, want: 20 * time.Millisecond},
		{quiet: flowsFor, told: 0, want: busyTick},
		{quiet: busyFor, told: 0, want: idleTick},
		{quiet: 0, told: 100, failed: true, want: retryAfter},
	} {
		require.Equal(t, c.want, tickAfter(c.quiet, c.told, c.failed), c)
	}
}
