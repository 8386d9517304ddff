package importer

import (
	"crypto/sha256"
	"encoding/binary"
	"maps"
	"time"

	"github.com/google/uuid"
)

// ids is the one map of a bundle: from the id a row came with to the id it has
// here. Foreign keys ask for an id of their table; documents and texts for any.
type ids struct {
	byTable map[string]*places
	global  map[uuid.UUID]uuid.UUID // only ids that changed
	unclear map[uuid.UUID]bool      // ids that two tables used
	names   map[string]bool         // event ids that contain an old id and stay what they are
}

// places are the rows of a table. Nearly all ids are UUIDs, and a bundle may
// have millions, so those are not kept as texts.
type places struct {
	uuids map[uuid.UUID]uuid.UUID
	texts map[string]uuid.UUID
}

func newIDs() *ids {
	return &ids{byTable: map[string]*places{}, global: map[uuid.UUID]uuid.UUID{}, unclear: map[uuid.UUID]bool{}, names: map[string]bool{}}
}

// add records where a row goes; false when its id is taken by an earlier row.
func (m *ids) add(table, old string, id uuid.UUID) bool {
	rows := m.byTable[table]
	if rows == nil {
		rows = &places{uuids: map[uuid.UUID]uuid.UUID{}, texts: map[string]uuid.UUID{}}
		m.byTable[table] = rows
	}
	if _, taken := rows.of(old); taken {
		return false
	}
	rows.set(old, id)
	return true
}

// of is the id of the row that came as old.
func (m *ids) of(table, old string) (uuid.UUID, bool) {
	if rows := m.byTable[table]; rows != nil {
		return rows.of(old)
	}
	return uuid.Nil, false
}

func (p *places) set(old string, id uuid.UUID) {
	if from, err := uuid.Parse(old); err == nil {
		p.uuids[from] = id
	} else {
		p.texts[old] = id
	}
}

func (p *places) of(old string) (id uuid.UUID, ok bool) {
	if from, err := uuid.Parse(old); err == nil {
		id, ok = p.uuids[from]
		return id, ok
	}
	id, ok = p.texts[old]
	return id, ok
}

// settle prepares following: only ids that changed and mean one row take part.
// Of those that stay, which may be millions, it keeps nothing.
func (m *ids) settle() {
	m.each(func(from, to uuid.UUID) {
		if other, twice := m.global[from]; twice && other != to {
			m.unclear[from] = true
		}
		if from != to {
			m.global[from] = to
		}
	})
	m.each(func(from, to uuid.UUID) {
		if _, changed := m.global[from]; changed && from == to {
			m.unclear[from] = true
		}
	})
	maps.DeleteFunc(m.global, func(from, _ uuid.UUID) bool { return m.unclear[from] })
}

// each calls f with every id of a row that was a UUID before.
func (m *ids) each(f func(from, to uuid.UUID)) {
	for _, rows := range m.byTable {
		for from, to := range rows.uuids {
			f(from, to)
		}
	}
}

// follow replaces the old ids inside a text or a JSON document. It works on the
// bytes: an id needs no escape in JSON, so keys, values and texts such as
// workflow_<id> are all found. quoted says that strings are between quotes.
func (m *ids) follow(text string, quoted bool) (string, []string) {
	if len(m.global) == 0 {
		return text, nil
	}
	var out []byte
	var followed []string
	last := 0
	for i := 0; i+36 <= len(text); i++ {
		if text[i+8] != '-' || text[i+13] != '-' || text[i+18] != '-' || text[i+23] != '-' || i > 0 && isHex(text[i-1]) || i+36 < len(text) && isHex(text[i+36]) {
			continue
		}
		from, err := uuid.Parse(text[i : i+36])
		if err != nil {
			continue
		}
		to, changed := m.global[from]
		if !changed || m.names[token(text, i, quoted)] {
			i += 35
			continue
		}
		out = append(append(out, text[last:i]...), to.String()...)
		followed = append(followed, text[i:i+36])
		i += 35
		last = i + 1
	}
	if out == nil {
		return text, nil
	}
	return string(append(out, text[last:]...)), followed
}

// token is the whole string around position i.
func token(text string, i int, quoted bool) string {
	if !quoted {
		return text
	}
	start, end := i, i
	for start > 0 && text[start-1] != '"' {
		start--
	}
	for end < len(text) && text[end] != '"' {
		end++
	}
	return text[start:end]
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

// mint makes the id of a row: version 7 from its creation time, the rest from
// what the row was called before. The same bundle makes the same ids.
func mint(table, source string, at time.Time) uuid.UUID {
	sum := sha256.Sum256([]byte(table + "\x00" + source))
	var id uuid.UUID
	copy(id[:], sum[:16])
	var ms [8]byte
	binary.BigEndian.PutUint64(ms[:], uint64(at.UnixMilli()))
	copy(id[:6], ms[2:])
	id[6] = 0x70 | id[6]&0x0f
	id[8] = 0x80 | id[8]&0x3f
	return id
}

// agrees tells whether an id is a version 7 UUID of this creation time.
func agrees(id uuid.UUID, at time.Time) bool {
	return id.Version() == 7 && id.Variant() == uuid.RFC4122 && timeOf(id).Equal(at.Truncate(time.Millisecond))
}

// timeOf is the instant in a version 7 UUID.
func timeOf(id uuid.UUID) time.Time {
	var ms [8]byte
	copy(ms[2:], id[:6])
	return time.UnixMilli(int64(binary.BigEndian.Uint64(ms[:]))).UTC()
}
