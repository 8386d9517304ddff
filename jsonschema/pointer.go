package jsonschema

import (
	"net/url"
	"strconv"
	"strings"
)

var (
	escaper   = strings.NewReplacer("~", "~0", "/", "~1")
	unescaper = strings.NewReplacer("~1", "/", "~0", "~")
)

// join appends tokens to a JSON Pointer.
func join(pointer string, tokens ...string) string {
	var b strings.Builder
	b.WriteString(pointer)
	for _, token := range tokens {
		b.WriteByte('/')
		b.WriteString(escaper.Replace(token))
	}
	return b.String()
}

// item appends an array index to a JSON Pointer.
func item(pointer string, index int) string {
	return pointer + "/" + strconv.Itoa(index)
}

// split takes a JSON Pointer apart.
func split(pointer string) []string {
	if pointer == "" {
		return nil
	}
	tokens := strings.Split(strings.TrimPrefix(pointer, "/"), "/")
	for i, token := range tokens {
		tokens[i] = unescaper.Replace(token)
	}
	return tokens
}

// plain undoes the percent-encoding the validator adds to its pointers.
func plain(pointer string) string {
	if text, err := url.PathUnescape(pointer); err == nil {
		return text
	}
	return pointer
}

// at is the value a JSON Pointer leads to, nil when there is none.
func at(value any, pointer string) any {
	for _, token := range split(pointer) {
		switch parent := value.(type) {
		case map[string]any:
			value = parent[token]
		case []any:
			index, err := strconv.Atoi(token)
			if err != nil || index < 0 || index >= len(parent) {
				return nil
			}
			value = parent[index]
		default:
			return nil
		}
	}
	return value
}

// comparePointers orders paths the way a reader meets them: array items by
// number, everything else by name, a parent before its children.
func comparePointers(a, b string) int {
	for a != "" && b != "" {
		x, restA := firstToken(a)
		y, restB := firstToken(b)
		if x != y {
			i, errA := strconv.Atoi(x)
			j, errB := strconv.Atoi(y)
			if errA == nil && errB == nil && i != j {
				return i - j
			}
			return strings.Compare(x, y)
		}
		a, b = restA, restB
	}
	return len(a) - len(b)
}

func firstToken(pointer string) (token, rest string) {
	token = strings.TrimPrefix(pointer, "/")
	if i := strings.IndexByte(token, '/'); i >= 0 {
		return token[:i], token[i:]
	}
	return token, ""
}
