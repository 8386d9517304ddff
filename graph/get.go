package graph

import (
	"net/http"
	"net/url"

	"github.com/99designs/gqlgen/graphql"

	"github.com/augmentedos/graph/internal/fault"
)

// get runs the query in the URL; variables and extensions are JSON.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r)
	if media == "" {
		h.refuseMedia(w, r)
		return
	}
	if params, ok := h.readURL(w, r); ok {
		h.run(w, r, media, params)
	}
}

// readURL reads the request in the URL; false when it answered what is wrong
// with it.
func (h *Handler) readURL(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, bool) {
	request, refusal := requestOfURL(r.URL.RawQuery)
	if refusal == nil {
		params, invalid := request.params(&h.limits)
		if invalid == nil {
			return params, true
		}
		refusal = invalid
	}
	h.Refuse(w, r, http.StatusBadRequest, refusal)
	return nil, false
}

// requestOfURL reads the four parameters; each may be given once.
func requestOfURL(raw string) (*request, *fault.Fault) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return nil, fault.Errorf(fault.BadUserInput, "The query string of the URL is not well formed.")
	}
	for _, name := range []string{"query", "operationName", "variables", "extensions"} {
		if len(values[name]) > 1 {
			return nil, fault.Errorf(fault.BadUserInput, "The parameter %s is given more than once.", name)
		}
	}
	req := &request{operationName: values.Get("operationName")}
	if values.Has("query") {
		text := values.Get("query")
		req.query = &text
	}
	req.variables = []byte(values.Get("variables"))
	req.extensions = []byte(values.Get("extensions"))
	return req, nil
}
