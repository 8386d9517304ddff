package graph

import (
	"context"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/fault"
)

// post runs the operation in a JSON body.
func (h *Handler) post(w http.ResponseWriter, r *http.Request) {
	media := negotiate(r)
	if media == "" {
		h.refuseMedia(w, r)
		return
	}
	if params, ok := h.readBody(w, r); ok {
		h.run(w, r, media, params)
	}
}

// readBody reads the request in a JSON body; false when it answered what is
// wrong with it.
func (h *Handler) readBody(w http.ResponseWriter, r *http.Request) (*graphql.RawParams, bool) {
	if !isJSON(r.Header.Values("Content-Type")) {
		h.Refuse(w, r, http.StatusUnsupportedMediaType, fault.Errorf(fault.BadUserInput, "The body must be JSON.").
			Hint("Send the header Content-Type: application/json."))
		return nil, false
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, h.limits.BodyBytes))
	if err != nil {
		h.refuseBody(w, r, err)
		return nil, false
	}
	params, refusal := h.ReadRequest(body)
	if refusal != nil {
		h.Refuse(w, r, http.StatusBadRequest, refusal)
		return nil, false
	}
	return params, true
}

// ReadRequest takes apart a request in JSON.
func (h *Handler) ReadRequest(text []byte) (*graphql.RawParams, *fault.Fault) {
	return readRequest(text, &h.limits)
}

// ReadHTTP reads the request in a JSON body or, with GET, in the URL; false when
// it answered what is wrong with it.
func (h *Handler) ReadHTTP(w http.ResponseWriter, r *http.Request) (params *graphql.RawParams, ok bool) {
	if r.Method == http.MethodGet {
		params, ok = h.readURL(w, r)
	} else {
		params, ok = h.readBody(w, r)
	}
	if ok {
		params.Headers = r.Header
	}
	return params, ok
}

// isJSON accepts application/json in UTF-8, said or unsaid. Anything a browser
// would send to a foreign site without asking (text/plain, forms, no type at
// all) is not it.
func isJSON(values []string) bool {
	if len(values) != 1 {
		return false
	}
	media, params, err := mime.ParseMediaType(values[0])
	if err != nil || media != "application/json" {
		return false
	}
	charset, given := params["charset"]
	return !given || strings.EqualFold(charset, "utf-8") || strings.EqualFold(charset, "utf8")
}

func (h *Handler) refuseBody(w http.ResponseWriter, r *http.Request, err error) {
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		h.Refuse(w, r, http.StatusRequestEntityTooLarge,
			tooComplex("The request is larger than %d bytes.", h.limits.BodyBytes).Hint("Send less at once."))
		return
	}
	h.Refuse(w, r, http.StatusBadRequest, fault.Errorf(fault.BadUserInput, "The request body could not be read."))
}

func (h *Handler) refuseMedia(w http.ResponseWriter, r *http.Request) {
	h.Refuse(w, r, http.StatusNotAcceptable, fault.Errorf(fault.BadUserInput, "The answer would have a type that is not in the Accept header.").
		Hint("Accept application/graphql-response+json or application/json."))
}

// RunPlain answers an operation that needs no stream with JSON. False when the
// client does not take JSON, or does not say that it does.
func (h *Handler) RunPlain(w http.ResponseWriter, r *http.Request, params *graphql.RawParams) bool {
	media := negotiate(r)
	if media == "" {
		return false
	}
	h.run(w, r, media, params)
	return true
}

// run executes one operation and writes its answer.
func (h *Handler) run(w http.ResponseWriter, r *http.Request, media string, params *graphql.RawParams) {
	ctx := r.Context()
	release, err := h.admission.admit(ctx)
	if err != nil {
		h.refuseBusy(w, r, err)
		return
	}
	defer release()
	params.Headers = r.Header
	op, errs := h.exec.CreateOperationContext(ctx, params)
	if len(errs) > 0 {
		response := h.exec.DispatchError(ctx, errs)
		write(w, h.log, media, statusOf(media, response), response)
		return
	}
	if refusal := allowed(r.Method, op.Operation.Operation); refusal != nil {
		w.Header().Set("Allow", refusal.allow)
		h.Refuse(w, r, refusal.status, refusal.fault)
		return
	}
	response := h.execute(ctx, op)
	write(w, h.log, media, statusOf(media, response), response)
}

func (h *Handler) execute(ctx context.Context, op *graphql.OperationContext) *graphql.Response {
	responses, ctx := h.exec.DispatchOperation(ctx, op)
	return responses(ctx)
}

func (h *Handler) refuseBusy(w http.ResponseWriter, r *http.Request, err error) {
	w.Header().Set("Retry-After", "1")
	response := h.exec.DispatchError(r.Context(), gqlerror.List{gqlerror.Wrap(err)})
	write(w, h.log, negotiate(r), http.StatusServiceUnavailable, response)
}

// methodRefusal is why an operation is not run with this HTTP method.
type methodRefusal struct {
	status int
	allow  string
	fault  *fault.Fault
}

// allowed keeps GET free of effects, so that links and prefetching are safe,
// and keeps subscriptions off plain requests, which could show one event only.
func allowed(method string, kind ast.Operation) *methodRefusal {
	switch {
	case kind == ast.Subscription:
		return &methodRefusal{http.StatusBadRequest, "GET, POST", fault.Errorf(fault.BadUserInput, "A subscription needs a stream.").
			Hint("Connect by WebSocket with graphql-transport-ws, or send Accept: text/event-stream.")}
	case kind == ast.Mutation && method != http.MethodPost:
		return &methodRefusal{http.StatusMethodNotAllowed, "POST", fault.Errorf(fault.BadUserInput, "A mutation is sent by POST.")}
	}
	return nil
}
