package graph

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

// request is a GraphQL request before anything in it is trusted. Its messages
// are fixed: what came in is never repeated, or a megabyte of nonsense would be
// sent back.
type request struct {
	query                 *string
	operationName         string
	variables, extensions []byte // JSON, empty when absent
}

// readRequest takes apart a JSON body.
func readRequest(body []byte, l *Limits) (*graphql.RawParams, *fault.Fault) {
	if refusal := checkJSON(body, l.JSONDepth); refusal != nil {
		return nil, refusal
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil || fields == nil {
		return nil, malformed(body)
	}
	req := &request{variables: fields["variables"], extensions: fields["extensions"]}
	if raw := fields["query"]; present(raw) {
		var text string
		if json.Unmarshal(raw, &text) != nil {
			return nil, badParameter("query", "a string")
		}
		req.query = &text
	}
	if raw := fields["operationName"]; present(raw) && json.Unmarshal(raw, &req.operationName) != nil {
		return nil, badParameter("operationName", "a string")
	}
	return req.params(l)
}

func present(raw []byte) bool { return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) }

func malformed(body []byte) *fault.Fault {
	if trimmed := bytes.TrimLeft(body, " \t\r\n"); len(trimmed) > 0 && trimmed[0] == '[' {
		return fault.Errorf(fault.BadUserInput, "Batches are not taken.").Hint("Send one operation per request, or one operation with several fields.")
	}
	return fault.Errorf(fault.BadUserInput, "The body is not a JSON object.").
		Hint(`Send {"query": "..."}, with "variables" and "operationName" where needed.`)
}

func badParameter(name, want string) *fault.Fault {
	return fault.Errorf(fault.BadUserInput, "The parameter %s must be %s.", name, want).At("/" + name)
}

// params checks the types of the four parameters.
func (r *request) params(l *Limits) (*graphql.RawParams, *fault.Fault) {
	p := &graphql.RawParams{OperationName: r.operationName}
	var refusal *fault.Fault
	if p.Extensions, refusal = object("extensions", r.extensions, l); refusal != nil {
		return nil, refusal
	}
	if p.Variables, refusal = object("variables", r.variables, l); refusal != nil {
		return nil, refusal
	}
	if p.Variables == nil {
		p.Variables = map[string]any{}
	}
	if r.query == nil || *r.query == "" {
		if p.Extensions["persistedQuery"] != nil {
			// The words are those Apollo's clients look for before they send the
			// whole document.
			return nil, fault.Errorf(persistedNotFound, "PersistedQueryNotSupported").Hint("Send the document in query.")
		}
		return nil, badParameter("query", "a GraphQL document")
	}
	if !utf8.ValidString(*r.query) || !utf8.ValidString(r.operationName) {
		return nil, notUTF8()
	}
	p.Query = *r.query
	return p, nil
}

func notUTF8() *fault.Fault {
	return fault.Errorf(fault.BadUserInput, "The request must be valid UTF-8.")
}

// object decodes a parameter that must be a JSON object, keeping numbers as they
// were written.
func object(name string, raw []byte, l *Limits) (map[string]any, *fault.Fault) {
	if !present(raw) {
		return nil, nil
	}
	if refusal := checkJSON(raw, l.JSONDepth); refusal != nil {
		return nil, refusal
	}
	var fields map[string]any
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if dec.Decode(&fields) != nil || dec.More() || trailing(dec, raw) {
		return nil, badParameter(name, "a JSON object")
	}
	return fields, nil
}

func trailing(dec *json.Decoder, raw []byte) bool {
	return len(bytes.TrimSpace(raw[dec.InputOffset():])) > 0
}

// checkJSON looks at what the decoder would swallow or choke on: nesting, bytes
// that are not UTF-8, and halves of surrogate pairs, which it would silently
// replace. Syntax is left to the decoder.
func checkJSON(doc []byte, maxDepth int) *fault.Fault {
	if !utf8.Valid(doc) {
		return notUTF8()
	}
	depth := 0
	for i := 0; i < len(doc); i++ {
		switch doc[i] {
		case '{', '[':
			if depth++; depth > maxDepth {
				return tooComplex("The JSON of this request is nested deeper than %d levels.", maxDepth).Hint("Send a flatter document.")
			}
		case '}', ']':
			depth--
		case '"':
			end, badEscape := quoted(doc, i)
			if badEscape {
				return fault.Errorf(fault.BadUserInput, "A string in this request escapes half a surrogate pair.").
					Hint("Write the character itself, or both halves one after the other.")
			}
			i = end - 1
		}
	}
	return nil
}
