package jsonschema

import (
	"crypto/sha256"

	"github.com/augmentedos/graph/internal/lru"
)

// Bounds of the cache. A compiled schema occupies some twenty times its text.
const (
	cachedSchemas = 1024
	cachedBytes   = 4 << 20
)

// compiled keeps schemas by the hash of their text. It is the one piece of
// state of this package: a cache of pure results, shared by everyone.
var compiled = lru.New[contentHash, *Schema](cachedSchemas, cachedBytes)

type contentHash = [sha256.Size]byte
