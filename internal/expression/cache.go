package expression

import "github.com/augmentedos/graph/internal/lru"

// Cache keeps parsed expressions. Texts that do not parse are kept too: an
// imported trigger with a broken condition meets every event.
type Cache struct{ parsed *lru.Cache[cacheKey, parsed] }

type cacheKey struct {
	kind   string
	source string
}

type parsed struct {
	value any
	err   error
}

// NewCache makes a cache of at most size texts and mappings.
func NewCache(size int) *Cache { return &Cache{lru.New[cacheKey, parsed](size, 0)} }

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
func (c *Cache) Len() int { return c.parsed.Len() }

func remembered[T any](c *Cache, key cacheKey, parse func() (T, error)) (T, error) {
	if found, ok := c.parsed.Get(key); ok {
		value, _ := found.value.(T)
		return value, found.err
	}
	value, err := parse()
	c.parsed.Add(key, parsed{value, err}, 1)
	return value, err
}
