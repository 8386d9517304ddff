package graph

import (
	"context"
	"net"
	"net/http"
	"strings"
	"time"
)

// securityHeaders are right for every answer of the API: it is data, never a
// page, and nobody frames, sniffs or stores it.
func securityHeaders(h http.Header) {
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'")
}

// NewServer is an http.Server that one client cannot hold open by being slow.
// There is no write time limit: streams write for days, and each transport
// bounds its own writes.
func NewServer(addr string, handler http.Handler) *http.Server {
	return &http.Server{
		Addr:              addr,
		Handler:           handler,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       60 * time.Second,
		MaxHeaderBytes:    32 << 10,
		ConnContext:       func(ctx context.Context, c net.Conn) context.Context { return context.WithValue(ctx, connKey, c) },
	}
}

// ConnOf is the connection of a request that came to a NewServer, to set its
// buffers; nil elsewhere.
func ConnOf(ctx context.Context) net.Conn {
	c, _ := ctx.Value(connKey).(net.Conn)
	return c
}

// SDLHandler serves the schema as text, for code generators and people.
func SDLHandler(sdl string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		securityHeaders(w.Header())
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "Use GET.", http.StatusMethodNotAllowed)
			return
		}
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.Header().Set("Cache-Control", "no-cache")
		http.ServeContent(w, r, "", time.Time{}, strings.NewReader(sdl))
	})
}
