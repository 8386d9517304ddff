package graph

import (
	"context"
	"log/slog"
	"net/http"
	"strings"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"github.com/augmentedos/graph/internal/fault"
)

// Transport takes requests whose answer lasts, such as sockets and event
// streams. It runs operations by the handler's Executor and under its limits.
type Transport interface {
	Supports(r *http.Request) bool
	Serve(w http.ResponseWriter, r *http.Request, h *Handler)
}

// Handler serves GraphQL over HTTP at one path: queries and mutations by POST,
// queries by GET, and whatever the stream transports take. It accepts JSON
// only, so a foreign web page cannot make a browser send it a mutation without
// asking first; forms and multipart bodies are refused for the same reason.
type Handler struct {
	exec         *Executor
	limits       Limits
	streams      []Transport
	admission    *admission
	origins      []string
	explorer     string
	authenticate Authenticate
	log          *slog.Logger
}

// NewHandler serves es.
func NewHandler(es graphql.ExecutableSchema, o Options) *Handler {
	o.Limits = o.Limits.withDefaults()
	if o.Log == nil {
		o.Log = slog.Default()
	}
	return &Handler{
		exec: newExecutor(es, o), limits: o.Limits, streams: o.Streams,
		admission: newAdmission(o.Limits), origins: o.Origins, explorer: o.Explorer, authenticate: o.Authenticate, log: o.Log,
	}
}

// Executor runs operations for the transports.
func (h *Handler) Executor() *Executor { return h.exec }

// Limits are the ceilings that every operation is held to.
func (h *Handler) Limits() Limits { return h.limits }

// Admit waits for a free place among the running operations; transports with
// their own connections call it around each query and mutation. The error is an
// UNAVAILABLE fault.
func (h *Handler) Admit(ctx context.Context) (release func(), err error) {
	return h.admission.admit(ctx)
}

// ServeHTTP hands the request to the transport that understands it.
func (h *Handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	defer h.rescue(w, r)
	securityHeaders(w.Header())
	allowOrigin(w, r, h.origins)
	r, leave, ok := h.enter(w, r)
	if !ok {
		return
	}
	defer leave()
	for _, t := range h.streams {
		if t.Supports(r) {
			t.Serve(w, r, h)
			return
		}
	}
	switch {
	case r.Header.Get("Upgrade") != "":
		h.Refuse(w, r, http.StatusBadRequest, fault.Errorf(fault.BadUserInput, "This protocol is not spoken here.").
			Hint("Connect by WebSocket with the subprotocol graphql-transport-ws."))
	case r.Method == http.MethodPost:
		h.post(w, r)
	case r.Method == http.MethodGet && h.isVisitor(r):
		http.Redirect(w, r, h.explorer, http.StatusSeeOther)
	case r.Method == http.MethodGet:
		h.get(w, r)
	case r.Method == http.MethodOptions:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, POST, OPTIONS")
		h.Refuse(w, r, http.StatusMethodNotAllowed, fault.Errorf(fault.BadUserInput, "Use POST, or GET for queries."))
	}
}

// isVisitor recognises a person who typed the address into a browser.
func (h *Handler) isVisitor(r *http.Request) bool {
	return h.explorer != "" && r.URL.RawQuery == "" && strings.Contains(r.Header.Get("Accept"), "text/html")
}

// rescue answers when something panicked outside the executor.
func (h *Handler) rescue(w http.ResponseWriter, r *http.Request) {
	value := recover()
	if value == nil {
		return
	}
	if value == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
		panic(value)
	}
	response := h.exec.DispatchError(r.Context(), gqlerror.List{gqlerror.Wrap(recovered(r.Context(), value))})
	write(w, h.log, negotiate(r), http.StatusInternalServerError, response)
}

// Refuse answers a request that is not run.
func (h *Handler) Refuse(w http.ResponseWriter, r *http.Request, status int, f *fault.Fault) {
	response := h.exec.DispatchError(r.Context(), gqlerror.List{gqlerror.Wrap(f)})
	write(w, h.log, negotiate(r), status, response)
}

// Answer writes a response that is not a stream.
func (h *Handler) Answer(w http.ResponseWriter, status int, response *graphql.Response) {
	write(w, h.log, mediaJSON, status, response)
}

// ErrorsOf is err in the form that DispatchError takes.
func ErrorsOf(err error) gqlerror.List { return gqlerror.List{gqlerror.Wrap(err)} }
