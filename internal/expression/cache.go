package expression

import (
	"container/list"
	"sync"
)

// Cache keeps parsed expressions, the least recently used leaving first. Texts
// that do not parse are kept too: an imported trigger with a broken condition
// meets every event.
type Cache struct {
	mu      sync.Mutex
	size    int
	entries map[cacheKey]*list.Element
	recent  *list.List // of *cacheEntry, most recent first
}

type cacheKey struct {
	kind   string
	source string
}

type cacheEntry struct {
	key   cacheKey
	value any
	err   error
}

// NewCache makes a cache of at most size texts and mappings.
func NewCache(size int) *Cache {
	return &Cache{size: max(size, 1), entries: map[cacheKey]*list.Element{}, recent: list.New()}
}

// Parse is the package's Parse, remembered.
func (c *Cache) Parse(source string) (*Program, error) {
	return remembered(c, cacheKey{"condition", source}, func() (*Program, error) { return Parse(source) })
}

// Template is ParseTemplate, remembered.
func (c *Cache) Template(source string) (*Program, error) {
	return remembered(c, cacheKey{"template", source}, func() (*Program, error) { return ParseTemplate(source) })
}

// Text is ParseText, remembered.
func (c *Cache) Text(source string) (*Program, error) {
	return remembered(c, cacheKey{"text", source}, func() (*Program, error) { return ParseText(source) })
}

// Mapping is ParseDocument for mappings, remembered.
func (c *Cache) Mapping(raw []byte) (*Document, error) {
	return remembered(c, cacheKey{"mapping", string(raw)}, func() (*Document, error) { return ParseDocument(raw, Mapping) })
}

// Len is the number of texts the cache holds.
func (c *Cache) Len() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.entries)
}

// remembered parses outside the lock: two goroutines may parse the same text
// once each, nobody waits for a stranger's.
func remembered[T any](c *Cache, key cacheKey, parse func() (T, error)) (T, error) {
	if found := c.get(key); found != nil {
		value, _ := found.value.(T)
		return value, found.err
	}
	value, err := parse()
	c.put(&cacheEntry{key, value, err})
	return value, err
}

func (c *Cache) get(key cacheKey) *cacheEntry {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(*cacheEntry)
}

func (c *Cache) put(entry *cacheEntry) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[entry.key]; ok {
		return
	}
	c.entries[entry.key] = c.recent.PushFront(entry)
	if c.recent.Len() > c.size {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.entries, oldest.Value.(*cacheEntry).key)
	}
}
