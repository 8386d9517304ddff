package model

import (
	"bytes"
	"encoding/json"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
)

// document is a stored JSON object taken apart by one level. Reading from it is
// tolerant, because other programs write documents too: what is missing or has
// another type is simply absent, and a key may have older spellings. A nil
// document has no members.
type document map[string]scalar.JSON

// parseDocument takes an object apart; anything else has no members.
func parseDocument(doc scalar.JSON) document {
	var d document
	if len(doc) == 0 || json.Unmarshal(doc, &d) != nil {
		return nil
	}
	return d
}

// parseList takes an array apart; anything else has no elements.
func parseList(doc scalar.JSON) []scalar.JSON {
	list := []scalar.JSON{}
	if len(doc) == 0 || json.Unmarshal(doc, &list) != nil {
		return []scalar.JSON{}
	}
	return list
}

// parseValue reads doc as a V, nil when it is something else or null.
func parseValue[V any](doc scalar.JSON) *V {
	var v *V
	if len(doc) == 0 || json.Unmarshal(doc, &v) != nil {
		return nil
	}
	return v
}

// part is the member under the first of keys that is there and not null.
func (d document) part(keys ...string) scalar.JSON {
	for _, key := range keys {
		if v := d[key]; len(v) > 0 && !bytes.Equal(v, []byte("null")) {
			return v
		}
	}
	return nil
}

func (d document) text(keys ...string) *string    { return parseValue[string](d.part(keys...)) }
func (d document) flag(keys ...string) *bool      { return parseValue[bool](d.part(keys...)) }
func (d document) number(keys ...string) *float64 { return parseValue[float64](d.part(keys...)) }
func (d document) object(keys ...string) document { return parseDocument(d.part(keys...)) }

// whole reads a whole number of 32 bits, cutting off a fraction.
func (d document) whole(keys ...string) *int {
	f := d.number(keys...)
	if f == nil || *f < -1<<31 || *f >= 1<<31 {
		return nil
	}
	n := int(*f)
	return &n
}

// long reads a whole number as far as doubles have every one.
func (d document) long(keys ...string) *int64 {
	f := d.number(keys...)
	if f == nil || *f < -1<<53 || *f > 1<<53 {
		return nil
	}
	n := int64(*f)
	return &n
}

// words reads an array of texts, leaving out what is none.
func (d document) words(keys ...string) []string {
	words := []string{}
	for _, element := range parseList(d.part(keys...)) {
		if word := parseValue[string](element); word != nil {
			words = append(words, *word)
		}
	}
	return words
}

// moment reads a time in RFC 3339 form; one without an offset is taken as UTC.
func (d document) moment(keys ...string) *time.Time {
	text := d.text(keys...)
	if text == nil {
		return nil
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02 15:04:05.999999999", time.DateOnly} {
		if t, err := time.Parse(layout, *text); err == nil {
			return &t
		}
	}
	return nil
}

// textOr is *text, or otherwise when there is none.
func textOr(text *string, otherwise string) string {
	if text == nil {
		return otherwise
	}
	return *text
}

// between is the time from one moment to another in milliseconds, nil while
// either is missing.
func between(from, to *time.Time) *int64 {
	if from == nil || to == nil {
		return nil
	}
	ms := to.Sub(*from).Milliseconds()
	return &ms
}
