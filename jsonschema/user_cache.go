package jsonschema

import (
	"container/list"
	"crypto/sha256"
	"sync"
)

// Bounds of the cache. A compiled schema occupies some twenty times its text.
const (
	cachedSchemas = 1024
	cachedBytes   = 4 << 20
)

// compiled keeps schemas by the hash of their text. It is the one piece of
// state of this package: a cache of pure results, shared by everyone.
var compiled = &schemaCache{entries: map[contentHash]*list.Element{}, recent: list.New()}

type contentHash = [sha256.Size]byte

// schemaCache forgets what was used least recently.
type schemaCache struct {
	mu      sync.Mutex
	entries map[contentHash]*list.Element
	recent  *list.List // of cachedSchema, most recent first
	bytes   int
}

type cachedSchema struct {
	key    contentHash
	schema *Schema
}

func (c *schemaCache) get(key contentHash) *Schema {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.entries[key]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(element)
	return element.Value.(cachedSchema).schema
}

func (c *schemaCache) put(key contentHash, schema *Schema) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.entries[key]; ok {
		return
	}
	c.entries[key] = c.recent.PushFront(cachedSchema{key: key, schema: schema})
	c.bytes += len(schema.text)
	for len(c.entries) > cachedSchemas || c.bytes > cachedBytes {
		oldest := c.recent.Remove(c.recent.Back()).(cachedSchema)
		delete(c.entries, oldest.key)
		c.bytes -= len(oldest.schema.text)
	}
}
