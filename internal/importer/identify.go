package importer

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"crypto/sha256"

	"github.com/google/uuid"
)

// identity is what a row is called: before the import and after it.
type identity struct {
	source  string // the id as it came, else what stands in for it
	label   string // the business key, for people
	id      uuid.UUID
	at      time.Time
	timed   bool // something told the creation time
	missing bool // there was no id
	guessed bool // created_at was not there
}

// identify reads the identity of a row. It depends on the row alone (and on
// earliest, for a row without any time), so that running again finds the same.
func identify(t *table, r raw, earliest time.Time) identity {
	x := identity{label: label(t, r)}
	x.source = plainText(r.columns["id"])
	old, err := uuid.Parse(x.source)
	if x.source == "" {
		x.missing = true
		x.source = standIn(t, r)
	}
	isV7 := err == nil && old.Version() == 7 && len(x.source) == 36
	x.at, x.timed = timeOfColumn(r, "created_at")
	if !x.timed {
		x.guessed = true
		if isV7 {
			x.at, x.timed = timeOf(old), true
		}
		for _, column := range append(t.times, "updated_at") {
			if !x.timed {
				x.at, x.timed = timeOfColumn(r, column)
			}
		}
		if !x.timed {
			x.at = earliest
		}
	}
	x.id = mint(t.name, x.source, x.at)
	if isV7 && agrees(old, x.at) {
		x.id = old
	}
	return x
}

// standIn names a row that has no id: by its business key, else by its content.
func standIn(t *table, r raw) string {
	if name := label(t, r); name != "" {
		return "key:" + name
	}
	sum := sha256.Sum256(r.digest)
	return "content:" + hex.EncodeToString(sum[:16])
}

func label(t *table, r raw) string {
	var parts []string
	for _, column := range t.key {
		if text := keyText(t, r, column); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 || t.definition && len(parts) == 1 {
		return ""
	}
	return strings.Join(parts, " ")
}

// keyText is a business key column as it will be stored.
func keyText(t *table, r raw, column string) string {
	text := plainText(r.columns[column])
	switch {
	case column == "version" && t.definition && text == "":
		return firstVersion
	case column == "version" && t.definition:
		return semver(text)
	case column == "queue_id" && text == "" && uuid.Validate(plainText(r.columns["id"])) != nil:
		return plainText(r.columns["id"])
	}
	return text
}

// plainText is a string or number of a row as text, "" for anything else.
func plainText(value json.RawMessage) string {
	var v any
	decoder := json.NewDecoder(bytes.NewReader(value))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return ""
	}
	switch v := v.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	return ""
}

func timeOfColumn(r raw, column string) (time.Time, bool) {
	if !r.has(column) {
		return time.Time{}, false
	}
	var v any
	decoder := json.NewDecoder(bytes.NewReader(r.columns[column]))
	decoder.UseNumber()
	if decoder.Decode(&v) != nil {
		return time.Time{}, false
	}
	at, _, ok := parseTime(v)
	return at, ok
}
