package live

import (
	"testing"

	"github.com/augmentedos/graph/internal/page"
	"github.com/stretchr/testify/require"
)

// A place may be ahead of the feed for a moment, after a snapshot for instance.
// That the log had nothing after it tells nothing once the feed has gone past.
func TestWhatWasReadTooEarlyIsNotTakenForPruned(t *testing.T) {
	t.Parallel()
	f := New(nil, nil)
	f.ring.reset(entry{7, "1", "g"})
	s := &subscriber{receiver: receiver{feed: f, place: page.Position{Timeline: "1", N: 8}}, look: make(chan struct{}, 1)}
	s.send = func(e Event) bool { t.Error("told", e.Resync); return false }

	before := f.head()
	f.publish(batch(8))
	f.publish(batch(9)) // committed after the log was read
	more, err := s.deliverPast(t.Context(), nil, before)
	require.NoError(t, err)
	require.True(t, more)

	var told string
	s.send = func(e Event) bool { told = e.Resync; return false }
	more, err = s.deliverPast(t.Context(), nil, f.head())
	require.NoError(t, err)
	require.False(t, more)
	require.Equal(t, "RETENTION", told)
}
