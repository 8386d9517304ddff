// Package scalar holds the scalars of the schema, input and output. Input is
// strict: a value of the wrong type is refused instead of bent into shape,
// because a number that silently became a text is found weeks later in a row.
// Output has one append function per scalar, so the generated executor and the
// compiled path write the same bytes.
package scalar

import (
	"bytes"
	"encoding/json"
	"io"

	"github.com/augmentedos/graph/internal/fault"
)

// emit hands the bytes that appendTo produces to w; gqlgen passes a
// bytes.Buffer, whose spare room is then used without a copy of its own.
func emit(w io.Writer, appendTo func(dst []byte) []byte) {
	if b, ok := w.(*bytes.Buffer); ok {
		b.Write(appendTo(b.AvailableBuffer()))
		return
	}
	// A Marshaler cannot report a failed write; the transport notices it.
	_, _ = w.Write(appendTo(nil))
}

// refuse is the answer to a value that this scalar does not take. It names what
// was expected and the kind of value that came, never the value itself.
func refuse(want string, got any) error {
	return fault.Errorf(fault.BadUserInput, "Expected %s, got %s.", want, kindOf(got)).Hint("Send %s.", want)
}

func kindOf(v any) string {
	switch v.(type) {
	case nil:
		return "null"
	case string:
		return "a string"
	case bool:
		return "a boolean"
	case json.Number, int, int32, int64, float32, float64:
		return "a number"
	case []any:
		return "a list"
	case map[string]any:
		return "an object"
	}
	return "another kind of value"
}
