package graph

import (
	"context"
	"net/http"

	"github.com/augmentedos/graph/internal/auth"
	"github.com/augmentedos/graph/internal/fault"
)

// Authenticate is who shows a token; its error is an Unauthenticated fault.
type Authenticate func(token string) (auth.Identity, error)

// enter names the caller in the request's context. False when it answered that
// the caller is not known.
// What the request starts ends with leave, and when its token expires.
func (h *Handler) enter(w http.ResponseWriter, r *http.Request) (known *http.Request, leave func(), ok bool) {
	if h.authenticate == nil || r.Method == http.MethodOptions || r.Method == http.MethodGet && h.isVisitor(r) {
		return r, func() {}, true
	}
	header := r.Header.Get("Authorization")
	if header == "" && r.Header.Get("Upgrade") != "" {
		// Browsers cannot set headers on sockets. Whoever opens one without is
		// nobody until connection_init.
		return r.WithContext(auth.With(r.Context(), auth.Identity{})), func() {}, true
	}
	who, err := h.authenticate(auth.Bearer(header))
	if err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer realm="graph"`)
		h.Refuse(w, r, http.StatusUnauthorized, asFault(err))
		return r, nil, false
	}
	ctx := auth.With(r.Context(), who)
	if who.Expires.IsZero() {
		return r.WithContext(ctx), func() {}, true
	}
	ctx, cancel := context.WithDeadline(ctx, who.Expires)
	return r.WithContext(ctx), cancel, true
}

// Socket is the same for connection_init, whose payload has the header as a key.
// A socket that was opened with the header needs none. nil stays nil.
func (a Authenticate) Socket() func(ctx context.Context, payload map[string]any) (context.Context, error) {
	if a == nil {
		return nil
	}
	return a.initialise
}

func (a Authenticate) initialise(ctx context.Context, payload map[string]any) (context.Context, error) {
	for _, key := range []string{"authorization", "Authorization"} {
		if header, ok := payload[key].(string); ok {
			who, err := a(auth.Bearer(header))
			return auth.With(ctx, who), err
		}
	}
	if auth.From(ctx).Name == "" {
		_, err := a("")
		return ctx, err
	}
	return ctx, nil
}

// nobody is a caller who has not said who they are yet; they may run nothing.
func nobody(who auth.Identity) *fault.Fault {
	if who.Name != "" {
		return nil
	}
	return fault.Errorf(fault.Unauthenticated, "This server asks callers who they are.").
		Hint("Send the header Authorization: Bearer <token>; on a socket send {\"authorization\": \"Bearer <token>\"} with connection_init.")
}
