// Package nodeid writes and reads the id that clients see: the type's prefix,
// an underscore and the row's UUID in 26 characters of base32 (the TypeID
// form). It is opaque to clients, sorts like the UUID, survives a double click
// and names its type, so node(id) needs no look-up to know which table to ask.
package nodeid

import (
	"strings"

	"github.com/google/uuid"

	"github.com/augmentedos/graph/internal/fault"
)

// The alphabet is Crockford's base32 in lower case: no i, l, o or u.
const alphabet = "0123456789abcdefghjkmnpqrstvwxyz"

// suffixLen is the number of characters 128 bits need, 5 bits each; the first
// one carries only 3 bits, so it is never above 7.
const suffixLen = 26

// Encode is the id of the row with this UUID in the type with this prefix.
func Encode(prefix string, id uuid.UUID) string {
	return string(Append(make([]byte, 0, len(prefix)+1+suffixLen), prefix, id))
}

// Append writes what Encode returns to dst, for writers that build an answer in
// one buffer.
func Append(dst []byte, prefix string, id uuid.UUID) []byte {
	dst = append(dst, prefix...)
	dst = append(dst, '_')
	var suffix [suffixLen]byte
	// 130 bits are written for 128: start with two bits of zero in hand.
	acc, bits, n := uint32(0), 2, 0
	for _, b := range id {
		acc = acc<<8 | uint32(b)
		bits += 8
		for bits >= 5 {
			bits -= 5
			suffix[n] = alphabet[acc>>bits&31]
			n++
		}
	}
	return append(dst, suffix[:]...)
}

// Decode takes an id apart. It accepts exactly what Encode writes, so one row
// has one id: upper case, other lengths and values above 128 bits are refused.
func Decode(s string) (prefix string, id uuid.UUID, err error) {
	cut := strings.LastIndexByte(s, '_')
	if cut < 1 || cut > 63 || len(s)-cut-1 != suffixLen {
		return "", uuid.Nil, malformed()
	}
	prefix = s[:cut]
	if !validPrefix(prefix) || s[cut+1] > '7' {
		return "", uuid.Nil, malformed()
	}
	acc, bits, n := uint32(0), -2, 0
	for i := cut + 1; i < len(s); i++ {
		v := value(s[i])
		if v < 0 {
			return "", uuid.Nil, malformed()
		}
		acc = acc<<5 | uint32(v)
		bits += 5
		if bits >= 8 {
			bits -= 8
			id[n] = byte(acc >> bits)
			n++
		}
	}
	return prefix, id, nil
}

func malformed() error {
	return fault.Errorf(fault.BadUserInput, "This is not an id of this API.").
		Hint("Pass an id exactly as the API returned it in an id field.")
}

func validPrefix(p string) bool {
	for i := range len(p) {
		if (p[i] < 'a' || p[i] > 'z') && p[i] != '_' {
			return false
		}
	}
	return p[0] != '_' && p[len(p)-1] != '_'
}

// value is the number a character stands for, or -1.
func value(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return int(c - '0')
	case c >= 'a' && c <= 'h':
		return int(c-'a') + 10
	case c == 'j' || c == 'k':
		return int(c-'j') + 18
	case c == 'm' || c == 'n':
		return int(c-'m') + 20
	case c >= 'p' && c <= 't':
		return int(c-'p') + 22
	case c >= 'v' && c <= 'z':
		return int(c-'v') + 27
	}
	return -1
}
