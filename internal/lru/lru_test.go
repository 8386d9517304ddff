package lru_test

import (
	"testing"

	"github.com/augmentedos/graph/internal/lru"
	"github.com/stretchr/testify/require"
)

func TestWhatWasUsedLeastRecentlyIsForgotten(t *testing.T) {
	t.Parallel()
	c := lru.New[string, int](2, 0)
	c.Add("a", 1, 0)
	c.Add("b", 2, 0)
	_, ok := c.Get("a")
	require.True(t, ok)
	c.Add("c", 3, 0)
	_, ok = c.Get("b")
	require.False(t, ok, "a was used after it")
	v, _ := c.Get("a")
	require.Equal(t, 1, v)
	c.Add("a", 9, 0)
	v, _ = c.Get("a")
	require.Equal(t, 1, v, "results are pure: the first one stays")
	require.Equal(t, 2, c.Len())
}

func TestHeavyEntriesPushOutSeveral(t *testing.T) {
	t.Parallel()
	c := lru.New[int, string](10, 100)
	for i := range 4 {
		c.Add(i, "x", 25)
	}
	require.Equal(t, 100, c.Weight())
	c.Add(4, "y", 60)
	require.Equal(t, 85, c.Weight())
	require.Equal(t, 2, c.Len())
	c.Add(5, "too heavy", 101)
	require.Zero(t, c.Len())
	require.Zero(t, c.Weight())
}
