package jsonschema

import (
	"bytes"
	"crypto/sha256"
	"strings"
	"sync"

	"github.com/augmentedos/graph/internal/fault"
)

const (
	maxSchemaSize  = 256 << 10
	maxSchemaDepth = 32
)

// Schema is a JSON Schema that a user stored in a definition, ready to check
// documents. Several goroutines may use it at once.
type Schema struct {
	text []byte
	root any // the decoded text, for messages

	mu   sync.Mutex
	idle []*instance
}

// Compile reads a user's schema: draft-07 or 2020-12, the latter when it does
// not say. It refuses every reference that leaves the document, so a stored
// schema can never make the server read a file or call an address, and
// whatever would make checking unbounded. The error is a *fault.Fault whose
// Path points into the schema. Compiled schemas are kept by content.
func Compile(doc []byte) (*Schema, error) {
	key := sha256.Sum256(doc)
	if schema, ok := compiled.Get(key); ok {
		return schema, nil
	}
	if v := inspect(doc, maxSchemaSize, maxSchemaDepth); v != nil {
		return nil, refuse(v.Path, "%s", v.Message)
	}
	root, v := decode(doc)
	if v != nil {
		return nil, refuse(v.Path, "%s", v.Message)
	}
	if err := survey(root); err != nil {
		return nil, err
	}
	first, err := newInstance(doc)
	if err != nil {
		return nil, err
	}
	schema := &Schema{text: bytes.Clone(doc), root: root, idle: []*instance{first}}
	compiled.Add(key, schema, len(schema.text))
	return schema, nil
}

// Validate checks a document against a user's schema within a bounded amount
// of work. The answer is like that of the package's Validate.
func (s *Schema) Validate(doc []byte) []Violation {
	value, violation := decode(doc)
	if violation != nil {
		return []Violation{*violation}
	}
	i, err := s.take()
	if err != nil {
		return []Violation{{Keyword: "schema", Message: "cannot be checked: " + err.Error()}}
	}
	defer s.give(i)
	err, spent := i.validate(value, len(doc))
	if spent {
		return []Violation{{Keyword: "budget", Message: "takes too much work to check; make the schema or the document simpler"}}
	}
	return report{schema: s.part, doc: value}.of(err)
}

// part finds the piece of the schema a violation is about. The address does
// not matter, because a user's schema refers to no other document.
func (s *Schema) part(url string) any {
	_, pointer, _ := strings.Cut(url, "#")
	return at(s.root, pointer)
}

// take and give lend out instances, because each meters one validation at a
// time. A second one is compiled only when two goroutines meet.
func (s *Schema) take() (*instance, error) {
	s.mu.Lock()
	if n := len(s.idle); n > 0 {
		i := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		return i, nil
	}
	s.mu.Unlock()
	return newInstance(s.text)
}

func (s *Schema) give(i *instance) {
	const most = 4
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) < most {
		s.idle = append(s.idle, i)
	}
}

// refuse is the answer for a schema that cannot be stored.
func refuse(path, format string, args ...any) *fault.Fault {
	subject := "the JSON Schema "
	if path != "" {
		subject = "this part of the JSON Schema "
	}
	return fault.Errorf(fault.Validation, subject+format, args...).At(path)
}
