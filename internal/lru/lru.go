// Package lru is a cache of pure results that forgets what was used least
// recently: parsed documents, compiled schemas, expressions.
package lru

import (
	"container/list"
	"sync"
)

// Cache is bounded in number and in weight. Several goroutines may use it; two
// that miss the same key make its value once each, and nobody waits.
type Cache[K comparable, V any] struct {
	mu       sync.Mutex
	most     int
	heaviest int
	entries  map[K]*list.Element // of *entry[K, V]
	recent   *list.List          // most recently used first
	weight   int
}

type entry[K comparable, V any] struct {
	key    K
	value  V
	weight int
}

// New makes a cache of at most so many entries, which together weigh at most
// heaviest; 0 does not weigh them.
func New[K comparable, V any](most, heaviest int) *Cache[K, V] {
	return &Cache[K, V]{most: max(most, 1), heaviest: heaviest, entries: map[K]*list.Element{}, recent: list.New()}
}

// Get is the value of a key, if it is remembered.
func (c *Cache[K, V]) Get(key K) (value V, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return value, false
	}
	c.recent.MoveToFront(element)
	return element.Value.(*entry[K, V]).value, true
}

// Add remembers the value of a key that is not known yet.
func (c *Cache[K, V]) Add(key K, value V, weight int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok {
		return
	}
	c.entries[key] = c.recent.PushFront(&entry[K, V]{key, value, weight})
	c.weight += weight
	for c.recent.Len() > c.most || c.heaviest > 0 && c.weight > c.heaviest {
		oldest := c.recent.Remove(c.recent.Back()).(*entry[K, V])
		delete(c.entries, oldest.key)
		c.weight -= oldest.weight
	}
}

// Len is the number of entries.
func (c *Cache[K, V]) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

// Weight is what the entries weigh together.
func (c *Cache[K, V]) Weight() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.weight
}
