package instance

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/augmentedos/graph/graph/scalar"
	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
	"github.com/augmentedos/graph/internal/model"
	"github.com/augmentedos/graph/jsonschema"
	"github.com/augmentedos/graph/repository"
	"github.com/google/uuid"
)

// Target is the row a verb is about and what its caller says about it.
type Target struct {
	ID       uuid.UUID
	Expected *int   // revision the row must still have; nil = any
	Reason   string // for the history; empty = the verb says it itself
}

// maxReason bounds what people write into the change log.
const maxReason = 2000

// because is the reason of the history: what the caller gave, else what the
// verb says itself.
func (t Target) because(otherwise string) string {
	if reason := strings.TrimSpace(t.Reason); reason != "" {
		return reason
	}
	return otherwise
}

// sentence refuses a reason that people must give and did not.
func sentence(text string) error {
	switch {
	case strings.TrimSpace(text) == "":
		return fault.Errorf(fault.Validation, "a reason is needed").At("/reason")
	case len([]rune(text)) > maxReason:
		return fault.Errorf(fault.Validation, "this is longer than %d characters", maxReason).At("/reason")
	}
	return nil
}

// machine is an entity that moves through a state table.
type machine[T any, S model.Enum] struct {
	entity repository.Entity[T]
	table  model.Transitions[S]
	status func(*T) S
}

// step is one verb: where it may begin, where it leads and what else it sets.
type step[T any, S model.Enum] struct {
	from   []S // where the table has more arrows to the status than the verb may take; nil = all of them
	to     S
	name   string // of the mutation
	reason string
	may    func(auth.Identity, *T) error                                        // whether this caller may do it to this row; nil = whoever has the role
	hint   string                                                               // what to do about a status the verb does not begin at
	lock   func(context.Context, *repository.Tx) error                          // what is locked before the row; may be nil
	values func(context.Context, *repository.Tx, *T) (repository.Values, error) // besides the status; may be nil
	after  func(context.Context, *repository.Tx, *T) error                      // changes of other rows; may be nil
}

// move locks a row, checks the arrow and writes it, all in one transaction.
func move[T any, S model.Enum](ctx context.Context, w *repository.Writer, m machine[T, S], target Target, s step[T, S]) (moved *T, err error) {
	if len([]rune(target.Reason)) > maxReason {
		return nil, sentence(target.Reason)
	}
	err = w.Do(ctx, target.because(s.reason), func(ctx context.Context, tx *repository.Tx) error {
		if s.lock != nil {
			if err := s.lock(ctx, tx); err != nil {
				return err
			}
		}
		row, err := repository.Lock(ctx, tx, m.entity, target.ID, target.Expected)
		if err != nil {
			return err
		}
		if err := s.allowed(m, auth.From(ctx), row); err != nil {
			return err
		}
		values := repository.Values{}
		if s.values != nil {
			if values, err = s.values(ctx, tx, row); err != nil {
				return err
			}
		}
		if values["status"] == nil { // a status within a document is the verb's to write
			values["status"] = string(s.to)
		}
		if moved, err = repository.Update(ctx, tx, m.entity, target.ID, nil, values); err != nil || s.after == nil {
			return err
		}
		return s.after(ctx, tx, moved)
	})
	return moved, err
}

// with is the step with what it sets besides the status.
func (s step[T, S]) with(values func(context.Context, *repository.Tx, *T) (repository.Values, error)) step[T, S] {
	s.values = values
	return s
}

// allowed tells whether the caller may take the step from where the row stands.
func (s step[T, S]) allowed(m machine[T, S], who auth.Identity, row *T) error {
	if err := s.begins(m, m.status(row)); err != nil || s.may == nil {
		return err
	}
	return s.may(who, row)
}

// begins checks the arrow from a status against the table and the verb.
func (s step[T, S]) begins(m machine[T, S], from S) error {
	if err := m.table.Check(from, s.to); err != nil {
		return err
	}
	if s.from == nil || slices.Contains(s.from, from) {
		return nil
	}
	allowed := []string{}
	for _, to := range m.table[from] {
		allowed = append(allowed, model.SpellEnum(string(to)))
	}
	return fault.Errorf(fault.IllegalTransition, "this does not begin at %s", model.SpellEnum(string(from))).Hint("%s", s.hint).
		With("from", model.SpellEnum(string(from))).With("to", model.SpellEnum(string(s.to))).With("allowed", allowed)
}

// satisfies holds a document against a schema that a definition stores. The
// violations point into the input below path.
func satisfies(schema, doc scalar.JSON, path string) error {
	if len(schema) == 0 {
		return nil
	}
	compiled, err := jsonschema.Compile(schema)
	if err != nil {
		return fault.Wrap(err, fault.Validation, "the schema of the definition cannot be used: "+err.Error()).At(path).
			Hint("repair the schema in a new version of the definition")
	}
	return jsonschema.Refusal(compiled.Validate(doc), path)
}

// fits holds a document against the schema of the column it is written to.
func fits(table, column string, doc scalar.JSON, path string) error {
	return jsonschema.Refusal(jsonschema.Validate(table, column, doc), path)
}

// document is a stored JSON object while it is changed. What is not touched
// keeps its bytes.
type document map[string]json.RawMessage

// open reads the document of a column in its present form. Something that is no
// object has nothing to keep.
func open(table, column string, stored scalar.JSON) (document, error) {
	d := document{}
	if len(stored) == 0 {
		return d, nil
	}
	canonical, _, err := jsonschema.Normalize(table, column, stored)
	if err != nil {
		return nil, fmt.Errorf("%s.%s: %w", table, column, err)
	}
	if json.Unmarshal(canonical, &d) != nil || d == nil {
		return document{}, nil
	}
	return d, nil
}

// set writes a key; a nil value removes it.
func (d document) set(key string, value any) error {
	if value == nil {
		delete(d, key)
		return nil
	}
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("%s: %w", key, err)
	}
	d[key] = text
	return nil
}

func (d document) json() (scalar.JSON, error) {
	text, err := json.Marshal(d)
	return text, err
}

// stamp is how times are written into documents.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z07:00") }
