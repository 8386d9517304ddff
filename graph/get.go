package graph

import (
	"net/http"
	"net/url"

	"github.com/augmentedos/graph/internal/fault"
)

// get runs the query in the URL; variables and extensions are JSON.
func (h *Handler) get(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r)
	if media == "" {
		h.refuseMedia(w, r)
		return
	}
	body, refusal := requestOfURL(r.URL.RawQuery)
	if refusal == nil {
		params, invalid := body.params(&h.limits)
		if invalid == nil {
			h.run(w, r, media, params)
			return
		}
		refusal = invalid
	}
	h.refuse(w, r, http.StatusBadRequest, refusal)
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
