package jsonschema

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
)

// object is a JSON object that remembers the order of its keys, so that what
// normalising does not touch reads as its author wrote it. Other values are
// []any, string, json.Number, bool and nil.
type object struct {
	keys   []string
	values map[string]any
}

func newObject() *object { return &object{values: map[string]any{}} }

func (o *object) get(key string) any { return o.values[key] }

func (o *object) has(key string) bool { _, ok := o.values[key]; return ok }

// text is the string under key, "" when there is none.
func (o *object) text(key string) string { text, _ := o.values[key].(string); return text }

// list is the array under key, nil when there is none.
func (o *object) list(key string) []any { list, _ := o.values[key].([]any); return list }

// object is the object under key, nil when there is none.
func (o *object) object(key string) *object { inner, _ := o.values[key].(*object); return inner }

func (o *object) set(key string, value any) *object {
	if !o.has(key) {
		o.keys = append(o.keys, key)
	}
	o.values[key] = value
	return o
}

// setAfter puts a new key behind an old one, or first when that is missing.
func (o *object) setAfter(before, key string, value any) {
	o.delete(key)
	o.keys = slices.Insert(o.keys, slices.Index(o.keys, before)+1, key)
	o.values[key] = value
}

func (o *object) delete(key string) {
	if o.has(key) {
		o.keys = slices.DeleteFunc(o.keys, func(k string) bool { return k == key })
		delete(o.values, key)
	}
}

// rename gives a value another key at the same place. It does nothing when the
// old key is missing or the new one is taken.
func (o *object) rename(from, to string) bool {
	if !o.has(from) || o.has(to) {
		return false
	}
	o.keys[slices.Index(o.keys, from)] = to
	o.values[to] = o.values[from]
	delete(o.values, from)
	return true
}

func (o *object) clone() *object {
	copied := &object{keys: slices.Clone(o.keys), values: make(map[string]any, len(o.values))}
	for key, value := range o.values {
		copied.values[key] = value
	}
	return copied
}

// decodeOrdered reads text that inspect has accepted.
func decodeOrdered(doc []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(doc))
	decoder.UseNumber()
	return readValue(decoder)
}

func readValue(decoder *json.Decoder) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, fmt.Errorf("read JSON: %w", err)
	}
	switch token {
	case json.Delim('['):
		list := []any{}
		for decoder.More() {
			value, err := readValue(decoder)
			if err != nil {
				return nil, err
			}
			list = append(list, value)
		}
		_, err = decoder.Token()
		return list, err
	case json.Delim('{'):
		o := newObject()
		for decoder.More() {
			key, err := decoder.Token()
			if err != nil {
				return nil, fmt.Errorf("read JSON key: %w", err)
			}
			value, err := readValue(decoder)
			if err != nil {
				return nil, err
			}
			o.set(key.(string), value)
		}
		_, err = decoder.Token()
		return o, err
	}
	return token, nil
}

// encodeOrdered writes a value without escaping what HTML would need.
func encodeOrdered(value any) []byte {
	var b bytes.Buffer
	writeValue(&b, value)
	return b.Bytes()
}

func writeValue(b *bytes.Buffer, value any) {
	switch value := value.(type) {
	case *object:
		b.WriteByte('{')
		for i, key := range value.keys {
			if i > 0 {
				b.WriteByte(',')
			}
			writeText(b, key)
			b.WriteByte(':')
			writeValue(b, value.values[key])
		}
		b.WriteByte('}')
	case []any:
		b.WriteByte('[')
		for i, one := range value {
			if i > 0 {
				b.WriteByte(',')
			}
			writeValue(b, one)
		}
		b.WriteByte(']')
	case string:
		writeText(b, value)
	case json.Number:
		b.WriteString(value.String())
	case bool:
		fmt.Fprint(b, value)
	default:
		b.WriteString("null")
	}
}

func writeText(b *bytes.Buffer, text string) {
	encoder := json.NewEncoder(b)
	encoder.SetEscapeHTML(false)
	// A string always encodes; Encode ends its line, which is cut off again.
	if err := encoder.Encode(text); err == nil {
		b.Truncate(b.Len() - 1)
	}
}

func sameJSON(a, b any) bool { return bytes.Equal(encodeOrdered(a), encodeOrdered(b)) }
